"""The chat of an incident as its adult's page asks for it."""

from __future__ import annotations

from tests.web.site import Site


async def test_P12_a_page_says_up_to_when_it_has_shown_the_chat(site: Site) -> None:
    """A moment or nothing at all: anything else is refused before anybody counts as there."""
    code = await site.incident()
    headers = await site.as_staff("dana")
    for read_to in ("-1", "x", "1" * 16, "", "1.5", "%D9%A3"):
        answer = await site.get(f"/api/incidents/{code}/chat?read_to={read_to}", headers)
        assert answer.status == 400, read_to
        assert (await answer.json())["path"] == "read_to"
    for query in ("", "?read_to=0", "?read_to=1800000000000"):
        answer = await site.get(f"/api/incidents/{code}/chat{query}", headers)
        assert (answer.status, (await answer.json())["code"]) == (409, "not_in_room")
