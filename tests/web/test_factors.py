from __future__ import annotations

from collections.abc import AsyncIterator
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import msgspec
import pyotp
import pytest
from aiohttp import ClientResponse

from moderation.people.accounts import Terms
from moderation.people.patience import FREE
from moderation.people.sessions import FRESH
from moderation.roles import SENSITIVE, Action
from tests.moderation.authenticator import Device
from tests.web.site import HOST, ORIGIN, PASSWORD, Site, open_site
from web.access import ROUTES
from web.answers import PAGES
from web.guard import COOKIE


@pytest.fixture
async def strict(tmp_path: Path) -> AsyncIterator[Site]:
    """A site as a real school has it: nobody gets in without a second factor."""
    folder = tmp_path / "strict"
    folder.mkdir()
    async with open_site(folder, terms=Terms()) as opened:
        yield opened


def _cookie(answer: ClientResponse) -> dict[str, str]:
    value = SimpleCookie(answer.headers["Set-Cookie"])[COOKIE].value
    return {"Cookie": f"{COOKIE}={value}"}


async def _half(site: Site, login: str) -> dict[str, str]:
    answer = await site.post("/staff/sign-in", {"login": login, "password": PASSWORD})
    assert await answer.json() == {"next": "/staff/second-step"}
    return _cookie(answer)


async def _with_app(site: Site, login: str) -> tuple[dict[str, str], str, list[str]]:
    """Somebody who has just set up an app: headers, its secret, the recovery codes."""
    half = await _half(site, login)
    made = await (await site.post("/api/factors/code/new", {}, half)).json()
    code = pyotp.TOTP(made["secret"]).at(int(site.clock()))
    asked = {"sealed": made["sealed"], "code": code}
    answer = await site.post("/api/factors/code", asked, half)
    assert answer.status == 200
    site.clock.now += 30
    return _cookie(answer), made["secret"], (await answer.json())["recovery"]


async def _with_passkey(site: Site, login: str) -> tuple[dict[str, str], Device]:
    """Somebody who has just set up a passkey: headers, and the device it is on."""
    device, half = Device(HOST, ORIGIN), await _half(site, login)
    options = await _raw(await site.post("/api/factors/passkey/new", {}, half))
    made = await site.post("/api/factors/passkey", {"credential": device.make(options)}, half)
    assert made.status == 200
    return _cookie(made), device


async def _sign(site: Site, device: Device, session: dict[str, str]) -> dict[str, str]:
    options = await _raw(await site.post("/api/second-step/passkey/ask", {}, session))
    body: dict[str, Any] = {"credential": device.sign(options)}
    return _cookie(await site.post("/api/second-step/passkey", body, session))


_SENSITIVE = {("POST", action) for action in SENSITIVE}


async def _raw(answer: ClientResponse) -> str:
    return await answer.text()


async def test_a_password_alone_reaches_nothing_but_the_second_step(strict: Site) -> None:
    """Every route of staff treats that session as none; only the second step knows who it is."""
    half = await _half(strict, "lee")
    for method, path in ROUTES:
        if not path.startswith(("/staff/queue", "/api/incidents", "/api/people", "/api/me")):
            continue
        path = path.replace("{code}", "ABC-2345")  # noqa: PLW2901 - the same path, filled in
        asked = strict.get(path, half) if method == "GET" else strict.post(path, {}, half)
        assert (await asked).status in {303, 401}, path
    standing = await (await strict.get("/api/second-step", half)).json()
    assert (standing["may_enrol"], standing["code"], standing["passkeys"]) == (True, False, [])


async def test_the_second_step_leads_on_to_where_one_was_going(strict: Site) -> None:
    """The page that was asked for survives both steps, if it is a page of staff."""
    await _with_app(strict, "dana")
    for wanted, expected in (
        ("/staff/incidents/ABC-2345", "/staff/second-step?next=/staff/incidents/ABC-2345"),
        ("//evil.example", "/staff/second-step"),
    ):
        asked = {"login": "dana", "password": PASSWORD, "next": wanted}
        answer = await strict.post("/staff/sign-in", asked)
        assert await answer.json() == {"next": expected}


async def test_codes_open_a_new_session(strict: Site) -> None:
    """The cookie changes with the proof, and the one before is worth nothing."""
    _, secret, codes = await _with_app(strict, "dana")
    half = await _half(strict, "dana")
    code = pyotp.TOTP(secret).at(int(strict.clock()))
    body = {"code": code, "next": "/staff/incidents/ABC-2345"}
    answer = await strict.post("/api/second-step/code", body, half)
    assert (await answer.json())["next"] == "/staff/incidents/ABC-2345"
    assert (await strict.get("/api/me", _cookie(answer))).status == 200
    assert (await strict.get("/api/second-step", half)).status == 401
    again = await strict.post("/api/second-step/code", body, await _half(strict, "dana"))
    assert (again.status, (await again.json())["code"]) == (403, "bad_proof")
    paper = {"code": codes[3]}
    assert (await strict.post("/api/second-step/code", paper, await _half(strict, "dana"))).ok


async def test_a_passkey_is_made_and_used_over_http(strict: Site) -> None:
    """Options and answers go as JSON; the site's own host and origin are what is signed for."""
    device = Device(HOST, ORIGIN)
    half = await _half(strict, "mo")
    options = await _raw(await strict.post("/api/factors/passkey/new", {}, half))
    body: dict[str, Any] = {"credential": device.make(options), "name": "Phone"}
    made = await strict.post("/api/factors/passkey", body, half)
    assert (made.status, len((await made.json())["recovery"])) == (200, 10)
    half = await _half(strict, "mo")
    options = await _raw(await strict.post("/api/second-step/passkey/ask", {}, half))
    body = {"credential": device.sign(options)}
    answer = await strict.post("/api/second-step/passkey", body, half)
    assert (await strict.get("/staff/queue", _cookie(answer))).status == 200


@pytest.mark.parametrize("credential", [{}, {"id": 7}, {"id": "x", "response": {}}, {"id": "é"}])
async def test_a_made_up_credential_is_refused(strict: Site, credential: dict[str, Any]) -> None:
    """Whatever shape it has: a refusal, never a fault."""
    half = await _half(strict, "mo")
    await strict.post("/api/factors/passkey/new", {}, half)
    made = await strict.post("/api/factors/passkey", {"credential": credential}, half)
    assert (made.status, (await made.json())["code"]) == (403, "bad_proof")
    await strict.post("/api/second-step/passkey/ask", {}, half)
    shown = await strict.post("/api/second-step/passkey", {"credential": credential}, half)
    assert (shown.status, (await shown.json())["code"]) == (403, "bad_proof")


async def test_what_is_sensitive_needs_a_fresh_proof(strict: Site) -> None:
    """Five minutes after the second factor every sensitive write asks for it again."""
    ada, device = await _with_passkey(strict, "ada")
    strict.clock.now += FRESH / 1000
    writes = {path for (method, path), one in ROUTES.items() if (method, one) in _SENSITIVE}
    assert "/api/people/disable" in writes
    for path in sorted(one for one in writes if one.startswith("/api/people")):
        answer = await strict.post(path, {}, ada)
        assert (answer.status, (await answer.json())["code"]) == (403, "prove_again"), path
    for path in ("/api/factors/code/new", "/api/factors/recovery", "/api/factors/drop"):
        assert (await (await strict.post(path, {}, ada)).json())["code"] == "prove_again"
    assert (await strict.get("/api/people", ada)).status == 200
    ada = await _sign(strict, device, ada)
    asked = {"login": "may", "name": "May", "role": "moderator"}
    assert (await strict.post("/api/people/invite", asked, ada)).status == 200


async def test_lost_phones_are_the_administrators_to_mend(strict: Site) -> None:
    """Factors taken away: signed out at once, and a new one is set up after the password."""
    ada, _ = await _with_passkey(strict, "ada")
    mo, _, _ = await _with_app(strict, "mo")
    people = (await (await strict.get("/api/people", ada)).json())["people"]
    (one,) = [person for person in people if person["login"] == "mo"]
    assert one["code_maker"]
    body = {"staff": one["id"]}
    assert (await strict.post("/api/people/forget-factors", body, ada)).status == 200
    assert (await strict.get("/api/me", mo)).status == 401
    standing = await (await strict.get("/api/second-step", await _half(strict, "mo"))).json()
    assert (standing["may_enrol"], standing["recovery_left"]) == (True, 0)


async def test_an_app_alone_opens_no_route_to_who_needs_a_passkey(strict: Site) -> None:
    """Made an auditor, whoever has an app is led to a passkey; till then no route is theirs."""
    ada, _ = await _with_passkey(strict, "ada")
    _, secret, _ = await _with_app(strict, "mo")
    people = (await (await strict.get("/api/people", ada)).json())["people"]
    (mo,) = [person for person in people if person["login"] == "mo"]
    role = {"staff": mo["id"], "role": "auditor"}
    assert (await strict.post("/api/people/role", role, ada)).status == 200
    half = await _half(strict, "mo")
    code = {"code": pyotp.TOTP(secret).at(int(strict.clock())), "next": "/staff/numbers"}
    answer = await strict.post("/api/second-step/code", code, half)
    assert (await answer.json())["next"] == "/staff/second-step?next=/staff/numbers"
    coded = _cookie(answer)
    for (method, path), action in ROUTES.items():
        if isinstance(action, Action):
            path = path.replace("{", "").replace("}", "")  # noqa: PLW2901 - the same, filled in
            asked = strict.get(path, coded) if method == "GET" else strict.post(path, {}, coded)
            assert (await asked).status in {303, 401}, path
    standing = await (await strict.get("/api/second-step", coded)).json()
    assert (standing["keyed"], standing["may_enrol"]) == (True, True)


async def test_a_factor_is_dropped_by_its_owner(strict: Site) -> None:
    """The app goes when there is a passkey; the passkey then stays."""
    mo, _, _ = await _with_app(strict, "mo")
    device = Device(HOST, ORIGIN)
    options = await _raw(await strict.post("/api/factors/passkey/new", {}, mo))
    made = await strict.post("/api/factors/passkey", {"credential": device.make(options)}, mo)
    mo = _cookie(made)
    assert (await made.json())["recovery"] == []
    assert (await strict.post("/api/factors/drop", {}, mo)).status == 200
    standing = msgspec.json.decode(await (await strict.get("/api/second-step", mo)).read())
    assert (standing["code"], len(standing["passkeys"])) == (False, 1)
    last = {"passkey": standing["passkeys"][0]["id"]}
    refused = await strict.post("/api/factors/drop", last, mo)
    assert (await refused.json())["code"] == "last_factor"


async def test_only_a_made_up_school_says_that_it_asks_for_no_second_step(
    site: Site, strict: Site
) -> None:
    """The label stands on the sign-in page of the demo and nowhere else."""
    for one in (site, strict):
        assert "made up" not in await (await one.get("/staff/sign-in")).text()
    text = site.app[PAGES]._environment.get_template("sign_in.html").render(demo=True, incident="")
    assert "made up" in text


async def test_whoever_has_a_password_keeps_nobody_out_at_the_second_step(strict: Site) -> None:
    """Wrong codes from elsewhere make everybody wait but those in a browser that knows them."""
    half = await _half(strict, "mo")
    made = await (await strict.post("/api/factors/code/new", {}, half)).json()
    maker = pyotp.TOTP(made["secret"])
    asked = {"sealed": made["sealed"], "code": maker.at(int(strict.clock()))}
    first = await strict.post("/api/factors/code", asked, half)
    (line,) = [one for one in first.headers.getall("Set-Cookie") if "__Host-known" in one]
    mine = line.partition(";")[0]
    strict.clock.now += 30

    async def shown(code: str, known: str = "") -> int:
        strict.client.session.cookie_jar.clear()
        headers = {"Cookie": f"{(await _half(strict, 'mo'))['Cookie']}; {known}"}
        strict.client.session.cookie_jar.clear()
        return (await strict.post("/api/second-step/code", {"code": code}, headers)).status

    right = maker.at(int(strict.clock()))
    statuses = [await shown("000000") for _ in range(FREE + 1)]
    assert statuses == [403] * FREE + [429]
    assert await shown(right) == 429
    assert await shown(right, mine) == 200
