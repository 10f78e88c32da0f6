from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from moderation.records import tables as t
from moderation.roles import Action, Role
from tests.web.site import STAFF, Site
from web.access import ROUTES, Door, home, is_staff_page, needed, opens, pages_of

CALLERS = ("nobody", *STAFF)
APART = {"/ws", "/metrics", "/staff/page/{word}", "/staff/sso", "/staff/sso/back"}
READS = [path for method, path in ROUTES if method == "GET" and path not in APART]
WRITES = [path for method, path in ROUTES if method == "POST"]


def _filled(path: str) -> str:
    return path.replace("{code}", "ABC-2345").replace("{name}", "tokens.css").replace("{id}", "x")


def _allowed(login: str, method: str, path: str) -> bool:
    if login == "nobody":
        return needed(method, path) is Door.ANYONE
    return opens(STAFF[login], method, path)


def test_every_route_stands_in_the_table(site: Site) -> None:
    """A handler that no line of the table names cannot exist, nor a line without a handler."""
    served = {
        (route.method, route.resource.canonical)
        for route in site.app.router.routes()
        if route.resource is not None
    }
    assert served | {("GET", "/ws")} == set(ROUTES)


def test_a_route_that_is_not_in_the_table_is_for_nobody() -> None:
    """Deny by default: an unknown path, or a known one with another method."""
    for method, path in (("GET", "/staff/everything"), ("POST", "/staff/queue")):
        assert needed(method, path) is None
        assert not any(opens(role, method, path) for role in Role)


@pytest.mark.parametrize("login", CALLERS)
async def test_role_by_route_for_reads(site: Site, login: str) -> None:
    """Each role gets exactly the reads the table gives it; each refusal of staff is audited."""
    await site.incident()
    headers = {} if login == "nobody" else await site.as_staff(login)
    refused = []
    for path in READS:
        answer = await site.get(_filled(path), headers)
        if _allowed(login, "GET", path):
            expected = {200, 303} if not path.endswith("/chat") else {409}  # nobody came in
            assert "sign-in" not in answer.headers.get("Location", ""), path
        else:
            expected = {303, 401} if login == "nobody" else {403}
            refused.append((login, needed("GET", path)))
        assert answer.status in expected, path
    assert await _refusals(site) == ([] if login == "nobody" else refused)


async def _refusals(site: Site) -> list[tuple[str, str]]:
    """Who asked for what they may not do, as the audit log has it."""
    query = select(t.staff.c.login, t.audit.c.about).join(t.staff, t.staff.c.id == t.audit.c.who)
    refused = query.where(t.audit.c.act == "refused").order_by(t.audit.c.n)
    return await site.store.read(lambda conn: [(who, what) for who, what in conn.execute(refused)])


@pytest.mark.parametrize("login", CALLERS)
async def test_role_by_route_for_writes(site: Site, login: str) -> None:
    """Each role gets past the guard exactly where the table lets it; the rest is audited too."""
    await site.incident()
    headers = {} if login == "nobody" else await site.as_staff(login)
    refused = []
    for path in WRITES:
        answer = await site.post(_filled(path), b"{", headers)
        if _allowed(login, "POST", path):
            assert answer.status in {204, 400}, path
        else:
            assert answer.status == (401 if login == "nobody" else 403), path
            refused.append((login, needed("POST", path)))
        headers = headers and await site.as_staff(login)  # one of the writes signs out
    assert await _refusals(site) == ([] if login == "nobody" else refused)


async def test_what_a_role_may_not_do_is_refused_clearly_and_audited(site: Site) -> None:
    """The refusal says `forbidden`; who asked and for what stands in the log, no more."""
    code = await site.incident()
    moderator = await site.as_staff("mo")
    answer = await site.post(f"/api/incidents/{code}/acknowledge", {}, moderator)
    assert (answer.status, (await answer.json())["code"]) == (403, "forbidden")
    assert await _refusals(site) == [("mo", Action.TAKE_CASE)]
    page = await site.get("/staff/people", {**moderator, "Accept": "text/html"})
    told = await page.text()
    assert (page.status, 'href="/staff"' in told, "is written down" in told) == (403, True, True)


async def test_a_moderator_sees_how_an_incident_stands_but_not_the_case(site: Site) -> None:
    """State for the card in the console; no words, no page and no act."""
    code = await site.incident()
    moderator = await site.as_staff("mo")
    listed = await (await site.get("/api/incidents", moderator)).json()
    assert [one["state"] for one in listed["incidents"]] == ["open"]
    assert "alive" not in str(listed)
    assert (await site.get(f"/api/incidents/{code}", moderator)).status == 403


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "/staff/queue?x=1",
        "/staff/queue/../..",
        "/staff/incidents/abc-2345",
        "/staff/incidents/ABC-2345/",
        "/staff/queue/ABC-2345",
        "https://evil.example/staff/queue",
        "/staff/incidents/ABC-2345\n",
        "/staff/sign-in",
        "/staff",
        "",
    ],
)
def test_only_pages_of_staff_are_places_to_go_on_to(path: str) -> None:
    """What came in an address leads nowhere but to a page that exists."""
    assert not is_staff_page(path)
    assert home("safeguarding_lead", path) == "/staff/queue"


def test_everybody_starts_where_they_work() -> None:
    """A page that was asked for wins when its role may see it; otherwise the own page."""
    assert home("moderator") == "/staff/queue"
    assert home("counsellor") == "/staff/incidents"
    assert home("counsellor", "/staff/incidents/ABC-2345") == "/staff/incidents/ABC-2345"
    assert home("counsellor", "/staff/queue") == "/staff/queue"
    assert home("moderator", "/staff/incidents/ABC-2345") == "/staff/queue"
    assert home("auditor", "/staff/queue") == "/staff/rota"
    assert home("senior_leader") == "/staff/identities"


@pytest.mark.parametrize("role", STAFF.values())
def test_everybody_has_a_page_of_their_own(role: str) -> None:
    """Whatever the role, signing in leads to a page that it may open."""
    assert opens(role, "GET", home(role))
    assert ("account", "/staff/account", "Account") in pages_of(role)


def test_no_address_holds_a_secret_or_a_person() -> None:
    """An address names an incident's code, a file, a contact, or a word that opens nothing."""
    holes = {hole for _, path in ROUTES for hole in re.findall(r"\{(\w+)\}", path)}
    assert holes == {"code", "name", "id", "word"}
