from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from aiohttp import ClientResponse
from structlog.testing import capture_logs

from moderation.people.accounts import Terms
from moderation.people.oidc import Client
from tests.web.school_issuer import CHEATS, CLIENT, SECRET, SchoolIssuer, open_issuer
from tests.web.site import ORIGIN, PLAIN, Clock, Site, open_site
from web import sso
from web.guard import COOKIE


@dataclass
class School:
    """A site with a sign-in of the school's own."""

    site: Site
    issuer: SchoolIssuer

    async def leave(self, path: str = "/staff/sso") -> tuple[str, dict[str, str]]:
        """Leave for the issuer: where to, and the cookie the browser carries."""
        answer = await self.site.get(path)
        assert answer.status == 303
        return answer.headers["Location"], _carried(answer)

    async def link(self, login: str, subject: str) -> ClientResponse:
        """A member of staff links their account with that subject."""
        headers = await self.site.as_staff(login)
        answer = await self.site.post("/api/account/link", {}, headers)
        query = self.issuer.sign_in((await answer.json())["address"], subject)
        return await self.site.get(f"/staff/sso/back?{query}", _carried(answer))

    async def come_in(self, subject: str, path: str = "/staff/sso") -> ClientResponse:
        """Leave, sign in there, and come back."""
        where, carried = await self.leave(path)
        return await self.site.get(
            f"/staff/sso/back?{self.issuer.sign_in(where, subject)}", carried
        )


def _carried(answer: ClientResponse) -> dict[str, str]:
    raw = next(one for one in answer.headers.getall("Set-Cookie") if one.startswith(sso.COOKIE))
    morsel = SimpleCookie(raw)[sso.COOKIE]
    assert (morsel["secure"], morsel["httponly"], morsel["samesite"]) == (True, True, "Lax")
    return {"Cookie": f"{sso.COOKIE}={morsel.value}"}


def _session(answer: ClientResponse) -> dict[str, str]:
    for raw in answer.headers.getall("Set-Cookie", []):
        if raw.startswith(f"{COOKIE}="):
            assert SimpleCookie(raw)[COOKIE]["samesite"] == "Strict"
            return {"Cookie": f"{COOKIE}={SimpleCookie(raw)[COOKIE].value}"}
    return {}


@pytest.fixture
async def school(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[School]:
    """A school whose staff may sign in by a password alone, unless a test says otherwise."""
    clock = Clock()
    terms = getattr(request, "param", PLAIN)
    async with open_issuer(clock) as issuer:
        client = Client(issuer.url, CLIENT, SECRET)
        async with open_site(tmp_path, terms=terms, sso=client) as site:
            issuer.clock = site.clock
            yield School(site, issuer)


async def test_a_linked_account_is_opened_by_the_schools_sign_in(school: School) -> None:
    """Linked once from the account page; from then on the issuer's word opens a session."""
    linked = await school.link("dana", "s-1")
    assert linked.status == 200
    answer = await school.come_in("s-1", "/staff/sso?next=/staff/incidents/ABC-2345")
    assert answer.status == 200
    assert "url=/staff/incidents/ABC-2345" in await answer.text()
    me = await (await school.site.get("/api/me", _session(answer))).json()
    assert me["name"] == "Dana"


async def test_whoever_is_not_linked_gets_no_account(school: School) -> None:
    """The issuer knows them, we do not: refused, no session, and the log says no name."""
    with capture_logs() as logs:
        answer = await school.come_in("s-unknown")
    assert (answer.status, _session(answer)) == (400, {})
    assert [(line["event"], line["why"]) for line in logs] == [("sso_failed", "unknown")]
    assert "s-unknown" not in str(logs)
    assert len(await school.site.people.accounts.everybody()) == 6


@pytest.mark.parametrize("cheat", CHEATS)
async def test_an_issuer_that_cheats_opens_nothing(school: School, cheat: str) -> None:
    """Wrong issuer, audience, nonce, times, subject, key or signature: refused, every one."""
    assert (await school.link("dana", "s-1")).status == 200
    again = School(school.site, school.issuer)
    school.site.app[sso.PARTS].sso._known = None
    school.site.app[sso.PARTS].sso._keys = None
    school.issuer.cheat = cheat
    if cheat in {"description", "plain keys"}:
        answer = await school.site.get("/staff/sso")
    else:
        answer = await again.come_in("s-1")
    assert answer.status == 400
    assert (await answer.json())["code"] == "sso_failed"
    assert _session(answer) == {}


async def test_the_way_back_belongs_to_the_browser_that_left(school: School) -> None:
    """No cookie, another's cookie, another state, or too late: nobody comes in."""
    await school.link("dana", "s-1")
    where, carried = await school.leave()
    _, others = await school.leave()
    query = school.issuer.sign_in(where, "s-1")
    code = query.partition("&")[0]
    for asked, headers in (
        (query, {}),
        (query, others),
        (query, {"Cookie": f"{sso.COOKIE}=forged"}),
        (f"{code}&state=another", carried),
        (code, carried),
        (f"{query}&iss=https://another.example", carried),
        (query.replace("code=", "error=denied&cod="), carried),
    ):
        answer = await school.site.get(f"/staff/sso/back?{asked}", headers)
        assert (answer.status, _session(answer)) == (400, {}), asked
    assert _session(await school.site.get(f"/staff/sso/back?{query}", carried))
    where, carried = await school.leave()
    query = school.issuer.sign_in(where, "s-1")
    school.site.clock.now += 601
    late = await school.site.get(f"/staff/sso/back?{query}", carried)
    assert (late.status, _session(late)) == (400, {})


async def test_a_code_works_once(school: School) -> None:
    """The same way back, walked again, opens no second session."""
    await school.link("dana", "s-1")
    where, carried = await school.leave()
    path = f"/staff/sso/back?{school.issuer.sign_in(where, 's-1')}"
    assert _session(await school.site.get(path, carried))
    assert (await school.site.get(path, carried)).status == 400


async def test_a_subject_opens_one_account(school: School) -> None:
    """What opens one account cannot be linked with another."""
    assert (await school.link("dana", "s-1")).status == 200
    assert (await school.link("mo", "s-1")).status == 400
    me = await school.site.get("/api/me", _session(await school.come_in("s-1")))
    assert (await me.json())["name"] == "Dana"


async def test_a_closed_account_is_not_opened(school: School) -> None:
    """Whatever the issuer says, closing it here is closing it."""
    await school.link("dana", "s-1")
    await school.site.people.disable_staff("dana")
    assert (await school.come_in("s-1")).status == 400


@pytest.mark.parametrize("school", [Terms()], indirect=True)
async def test_the_issuer_may_vouch_for_a_second_factor(school: School) -> None:
    """Where it says so the session counts; where it does not, ours is asked for."""
    people = school.site.people
    dana = next(one for one in await people.accounts.everybody() if one.login == "dana")
    person = sso.Person(school.issuer.url, "s-1", strong=False)
    await people.link(dana.id, person)
    weak = await school.come_in("s-1")
    assert "url=/staff/second-step" in await weak.text()
    assert (await school.site.get("/api/me", _session(weak))).status == 401
    assert (await school.site.get("/api/second-step", _session(weak))).status == 200
    school.issuer.methods = ("pwd", "mfa")
    strong = await school.come_in("s-1")
    assert (await school.site.get("/api/me", _session(strong))).status == 200
    lee = next(one for one in await people.accounts.everybody() if one.login == "lee")
    await people.link(lee.id, sso.Person(school.issuer.url, "s-2", strong=False))
    lead = _session(await school.come_in("s-2"))  # the issuer's word does not stand for a passkey
    assert (await school.site.get("/api/me", lead)).status == 401
    standing = await (await school.site.get("/api/second-step", lead)).json()
    assert (standing["keyed"], standing["may_enrol"]) == (True, True)


async def test_F30_without_the_issuer_passwords_still_work(school: School) -> None:
    """Gone or silent: the button says so, sessions stay, and the password opens as ever."""
    headers = await school.site.as_staff("dana")
    school.issuer.cheat = "description"
    assert (await school.site.get("/staff/sso")).status == 400
    assert (await school.site.get("/api/me", headers)).status == 200
    assert await school.site.as_staff("mo")


async def test_without_one_there_is_no_such_page(site: Site) -> None:
    """A school that has set none up shows no button and answers 404."""
    assert "/staff/sso" not in await (await site.get("/staff/sign-in")).text()
    for path in ("/staff/sso", "/staff/sso/back?code=x&state=y"):
        assert (await site.get(path)).status == 404
    answer = await site.post("/api/account/link", {}, await site.as_staff("mo"))
    assert answer.status == 404


async def test_what_is_sent_to_the_issuer_says_nothing_about_anybody(school: School) -> None:
    """Only what the protocol needs: no login, no name, no page, and our own way back."""
    where, _ = await school.leave("/staff/sso?next=/staff/incidents/ABC-2345")
    assert "ABC-2345" not in where
    assert f"redirect_uri={ORIGIN.replace(':', '%3A').replace('/', '%2F')}" in where
    assert "scope=openid&" in where
