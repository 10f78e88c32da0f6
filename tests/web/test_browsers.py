from __future__ import annotations

from http.cookies import SimpleCookie

import pytest
from aiohttp import ClientResponse

from chat.live.redis import connect
from chat.live.tries import RedisTries
from moderation.ids import new_id
from moderation.people.patience import FREE
from moderation.records.refused import Refused
from tests.servers import Redis
from tests.web.site import PASSWORD, Site
from web import signin

_NEW = "with a browser that was not used before"


async def _sign_in(site: Site, known: str = "") -> ClientResponse:
    site.client.session.cookie_jar.clear()
    headers = {"Cookie": f"__Host-known={known}"} if known else {}
    return await site.post("/staff/sign-in", {"login": "mo", "password": PASSWORD}, headers)


def _cookies(answer: ClientResponse) -> dict[str, str]:
    set_ = SimpleCookie[str]()
    for line in answer.headers.getall("Set-Cookie"):
        set_.load(line)
    return {name: morsel.value for name, morsel in set_.items()}


async def _try(site: Site, login: str, password: str, known: str = "") -> int:
    """The status of the answer to a try in that name."""
    site.client.session.cookie_jar.clear()
    headers = {"Cookie": f"__Host-known={known}"} if known else {}
    asked = {"login": login, "password": password}
    return (await site.post("/staff/sign-in", asked, headers)).status


async def _page(site: Site, cookies: dict[str, str], path: str = "/staff/account") -> str:
    site.client.session.cookie_jar.clear()
    sent = "; ".join(f"{name}={value}" for name, value in cookies.items())
    return await (await site.get(path, {"Cookie": sent})).text()


async def test_a_known_browser_says_that_a_new_one_was_used(site: Site) -> None:
    """The first stays silent about itself; once another came it asks, and the other does not."""
    first = _cookies(await _sign_in(site))
    assert 'id="browser"' not in await _page(site, first)
    site.clock.now += 60
    second = _cookies(await _sign_in(site))
    assert 'id="browser"' in await _page(site, first)
    assert _NEW in await _page(site, first, "/staff/rota")
    assert 'id="browser"' not in await _page(site, second)
    assert _NEW not in await _page(site, second, "/staff/rota")


async def test_only_a_browser_known_before_answers_for_a_new_one(site: Site) -> None:
    """Whoever has just come in with a password cannot wave it away."""
    first = _cookies(await _sign_in(site))
    site.clock.now += 60
    second = _cookies(await _sign_in(site))
    asked = {"at": int(site.clock.now * 1000)}
    for cookies, still in ((second, True), (first, False)):
        site.client.session.cookie_jar.clear()
        sent = "; ".join(f"{name}={value}" for name, value in cookies.items())
        answer = await site.post("/api/account/browser", asked, {"Cookie": sent})
        assert answer.status == 200
        assert ('id="browser"' in await _page(site, first)) is still


async def test_a_browser_stays_known_when_somebody_signs_out(site: Site) -> None:
    """The cookie outlives the session, no script can read it, and signing in again tells nobody."""
    answer = await _sign_in(site)
    (line,) = [one for one in answer.headers.getall("Set-Cookie") if "__Host-known" in one]
    assert all(word in line for word in ("HttpOnly", "Secure", "SameSite=Strict", "Max-Age="))
    known = _cookies(answer)
    sent = "; ".join(f"{name}={value}" for name, value in known.items())
    out = await site.post("/staff/sign-out", headers={"Cookie": sent})
    assert "cookies" not in out.headers["Clear-Site-Data"]
    assert not any("__Host-known" in one for one in out.headers.getall("Set-Cookie"))
    site.clock.now += 60
    again = _cookies(await _sign_in(site, known["__Host-known"]))
    assert again["__Host-known"] == known["__Host-known"]


@pytest.mark.parametrize("nodes", ["one", "several"])
async def test_a_stranger_keeps_nobody_out_of_a_browser_they_are_known_in(
    site: Site, redis: Redis, nodes: str
) -> None:
    """An hour of tries at every free second, and one more: the owner gets in at their first."""
    if nodes == "several":
        shared = RedisTries(connect(redis.address), new_id(), str.encode, site.clock)
        site.people.brakes.elsewhere = shared
    known = _cookies(await _sign_in(site))["__Host-known"]
    looked, ends = 0, site.clock.now + 3_600
    while site.clock.now < ends:
        try:
            assert await site.people.sign_in_staff("mo", "a wrong guess") is None
            looked += 1
        except Refused as no:
            site.clock.now += no.retry_after or 0.0
    assert looked < 130
    assert await site.people.sign_in_staff("mo", "a wrong guess") is None
    assert await _try(site, "mo", PASSWORD) == 429
    assert await _try(site, "mo", PASSWORD, known) == 200
    assert await _try(site, "mo", PASSWORD) == 429, "strangers are as slow as before"


async def test_tries_of_strangers_at_the_same_address_keep_nobody_out(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who uses up the tries of a school's address keeps out those who are not known there."""
    known = _cookies(await _sign_in(site))["__Host-known"]
    monkeypatch.setattr(site.app[signin.STAFF_TRIES]._here, "_allowed", 1)
    assert [await _try(site, "nobody", "wrong") for _ in range(2)] == [403, 429]
    assert await _try(site, "mo", PASSWORD) == 429
    assert await _try(site, "mo", PASSWORD, known) == 200


@pytest.mark.parametrize("login", ["mo", "nobody"])
@pytest.mark.parametrize("known", ["another's", "made up", "many"])
async def test_a_browser_known_to_somebody_else_gains_nothing(
    site: Site, login: str, known: str
) -> None:
    """Nobody guesses more often with another's mark, and the answers are those of a stranger."""
    asked = {"login": "dana", "password": PASSWORD}
    marks = {
        "another's": _cookies(await site.post("/staff/sign-in", asked))["__Host-known"],
        "made up": f"{int(site.clock.now * 1000)}.{32 * '0'}",
        "many": "~".join(f"{n}.{32 * 'a'}" for n in range(12)),
    }[known]
    for each in ("", marks):
        statuses = [await _try(site, login, "wrong one", each) for _ in range(FREE + 1)]
        assert statuses == ([403] * FREE + [429] if not each else [429] * (FREE + 1))


async def test_guessing_from_a_known_browser_is_as_slow(site: Site) -> None:
    """Whoever took somebody's browser has its tries alone, and costs the owner none elsewhere."""
    taken = _cookies(await _sign_in(site))["__Host-known"]
    site.clock.now += 60
    other = _cookies(await _sign_in(site))["__Host-known"]
    statuses = [await _try(site, "mo", "wrong one", taken) for _ in range(FREE + 2)]
    assert statuses == [403] * FREE + [429] * 2
    assert await _try(site, "mo", PASSWORD, other) == 200
    assert await _try(site, " MO ", PASSWORD, taken) == 429
    site.clock.now += 1
    assert await _try(site, "mo", PASSWORD, taken) == 200
