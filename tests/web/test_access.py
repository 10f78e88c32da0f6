from __future__ import annotations

import re

import pytest

from tests.web.site import STAFF, Site
from web.access import ROUTES, home, is_staff_page, who_may

CALLERS = ("nobody", *STAFF)
ROLE = {"nobody": None, **STAFF}
PAGES = [path for method, path in ROUTES if method == "GET" and path not in {"/ws", "/metrics"}]
WRITES = [path for method, path in ROUTES if method == "POST"]


def _filled(path: str) -> str:
    return path.replace("{code}", "ABC-2345").replace("{name}", "tokens.css")


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
    assert who_may("GET", "/staff/everything") == frozenset()
    assert who_may("POST", "/staff/queue") == frozenset()


@pytest.mark.parametrize("login", CALLERS)
async def test_role_by_route_for_reads(site: Site, login: str) -> None:
    """Each role gets exactly the reads the table gives it; nobody is sent to sign in or refused."""
    await site.incident()
    headers = {} if login == "nobody" else await site.as_staff(login)
    for path in PAGES:
        answer = await site.get(_filled(path), headers)
        allowed = who_may("GET", path)
        if "anyone" in allowed or ROLE[login] in allowed:
            expected = {200, 303}
            assert "sign-in" not in answer.headers.get("Location", ""), path
        else:
            expected = {303, 401} if login == "nobody" else {403}
        assert answer.status in expected, path


@pytest.mark.parametrize("login", CALLERS)
async def test_role_by_route_for_writes(site: Site, login: str) -> None:
    """Each role gets past the guard exactly where the table lets it; the rest is refused."""
    await site.incident()
    headers = {} if login == "nobody" else await site.as_staff(login)
    for path in WRITES:
        allowed = who_may("POST", path)
        answer = await site.post(_filled(path), b"{", headers)
        if "anyone" in allowed or ROLE[login] in allowed:
            assert answer.status in {204, 400}, path
        else:
            assert answer.status == (401 if login == "nobody" else 403), path
        headers = headers and await site.as_staff(login)  # one of the writes signs out


async def test_a_moderator_sees_how_an_incident_stands_but_not_the_case(site: Site) -> None:
    """State for the card in the console; no words, no page and no act."""
    code = await site.incident()
    moderator = await site.as_staff("mo")
    listed = await (await site.get("/api/incidents", moderator)).json()
    assert [one["state"] for one in listed["incidents"]] == ["open"]
    assert "alive" not in str(listed)
    assert (await site.get(f"/api/incidents/{code}", moderator)).status == 403
    assert (await site.post(f"/api/incidents/{code}/acknowledge", {}, moderator)).status == 403


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "/staff/queue?x=1",
        "/staff/queue/../..",
        "/staff/incidents/abc-2345",
        "/staff/incidents/ABC-2345/",
        "https://evil.example/staff/queue",
        "/staff/incidents/ABC-2345\n",
        "",
    ],
)
def test_only_pages_of_staff_are_places_to_go_on_to(path: str) -> None:
    """What came in an address leads nowhere but to a page that exists."""
    assert not is_staff_page(path)
    assert home("lead", path) == "/staff/queue"


def test_everybody_starts_where_they_work() -> None:
    """A page that was asked for wins when its role may see it; otherwise the own page."""
    assert home("moderator") == "/staff/queue"
    assert home("on_call") == "/staff/incidents"
    assert home("on_call", "/staff/incidents/ABC-2345") == "/staff/incidents/ABC-2345"
    assert home("moderator", "/staff/incidents/ABC-2345") == "/staff/queue"
    assert home("on_call", "/staff/queue") == "/staff/incidents"


def test_no_address_holds_a_secret_or_a_person() -> None:
    """The only thing an address may name is an incident's code or a file."""
    holes = {hole for _, path in ROUTES for hole in re.findall(r"\{(\w+)\}", path)}
    assert holes == {"code", "name"}
