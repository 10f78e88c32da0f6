"""A case as a document over HTTP: what is asked of whoever asks, and what each is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from moderation.records import tables as t
from moderation.roles import SENSITIVE
from tests.web.site import PASSWORD, Site
from web.access import ROUTES

WHY = "the court asked for it"


async def asked(site: Site, code: str, *, with_peer: bool = False) -> str:
    """Lee asks for that case; answers the code of the export."""
    body = {"why": WHY, "with_peer": with_peer}
    answer = await site.post(f"/api/incidents/{code}/export", body, await site.as_staff("lee"))
    assert answer.status == 200, await answer.text()
    export: str = (await answer.json())["code"]
    return export


def contents(folder: Path) -> list[bytes]:
    """Of every file there."""
    return [file.read_bytes() for file in folder.rglob("*") if file.is_file()]


def test_every_step_of_an_export_asks_for_the_second_factor_again() -> None:
    """Asking, agreeing, ending and having it are sensitive; reading of them is not a write."""
    writes = {
        path: action
        for (method, path), action in ROUTES.items()
        if method == "POST" and "/export" in path
    }
    assert len(writes) == 4
    assert {path for path, action in writes.items() if action not in SENSITIVE} == set()


async def test_two_officers_take_a_case_out_over_http(site: Site) -> None:
    """Lee asks, Sue is told on her pages and agrees, Lee has it once, as text in JSON."""
    code, lee, sue = await site.incident(), await site.as_staff("lee"), await site.as_staff("sue")
    export = await asked(site, code)
    page = await site.get("/staff/identities", sue)
    assert "Somebody wants a case as a document" in await page.text()
    assert "Somebody wants a case" not in await (await site.get("/staff/queue", lee)).text()
    (waiting,) = (await (await site.get("/api/exports", sue)).json())["exports"]
    assert (waiting["incident"], waiting["why"], waiting["steps"]) == (code, WHY, ["agree", "end"])
    early = await site.post(f"/api/exports/{export}/hand", {}, lee)
    assert (early.status, (await early.json())["code"]) == (409, "changed")
    assert (await site.post(f"/api/exports/{export}/agree", {}, sue)).status == 200
    answer = await site.post(f"/api/exports/{export}/hand", {}, lee)
    assert (answer.status, answer.content_type) == (200, "application/json")
    assert answer.headers["Cache-Control"] == "no-store"
    found = await answer.json()
    assert found["name"] == f"peerline-case-{code}.html"
    assert "want to be alive anymore" in found["document"]
    assert "glad you said that" not in found["document"]
    again = await site.post(f"/api/exports/{export}/hand", {}, lee)
    assert (again.status, (await again.json())["code"]) == (409, "changed")
    of_case = await (await site.get(f"/api/incidents/{code}/exports", lee)).json()
    assert [one["state"] for one in of_case["exports"]] == ["handed"]


async def test_no_word_of_an_export_is_in_the_log_or_on_disk(site: Site, tmp_path: Path) -> None:
    """Steps by code alone; the document, and why it was wanted, lie nowhere in readable form."""
    code = await site.incident()
    export = await asked(site, code, with_peer=True)
    await site.post(f"/api/exports/{export}/agree", {}, await site.as_staff("sue"))
    answer = await site.post(f"/api/exports/{export}/hand", {}, await site.as_staff("lee"))
    assert "glad you said that" in (await answer.json())["document"]
    query = select(t.audit.c.act, t.audit.c.about).where(t.audit.c.act.like("export%"))
    log = await site.store.read(lambda conn: [tuple(row) for row in conn.execute(query)])
    assert set(log) == {(f"export_{step}", f"{export} {code}") for step in ("ask", "agree", "hand")}
    files = contents(tmp_path)
    assert files
    assert not [1 for raw in files for word in (WHY, "glad you said") if word.encode() in raw]


@pytest.mark.parametrize("why", ["", "   short   ", "x" * 2_001])
async def test_an_export_needs_a_reason(site: Site, why: str) -> None:
    """A few words at least, and no book; the field is named."""
    code, lee = await site.incident(), await site.as_staff("lee")
    body = {"why": why, "with_peer": False}
    answer = await site.post(f"/api/incidents/{code}/export", body, lee)
    assert (answer.status, (await answer.json())["path"]) == (400, "why")


async def test_another_lead_may_be_the_second(site: Site) -> None:
    """And is told so on the pages of a lead; who asked is not asked to agree."""
    await site.people.add_staff("lou", "Lou", "safeguarding_lead", PASSWORD)
    code = await site.incident()
    export = await asked(site, code)
    lou, lee = await site.as_staff("lou"), await site.as_staff("lee")
    assert "Somebody wants a case" in await (await site.get("/staff/queue", lou)).text()
    own = await site.post(f"/api/exports/{export}/agree", {}, lee)
    assert (own.status, (await own.json())["code"]) == (409, "own_change")
    assert (await site.post(f"/api/exports/{export}/agree", {}, lou)).status == 200
