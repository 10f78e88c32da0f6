"""Documents over HTTP, a case or what one student wrote: what is asked of whom, and each told."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from moderation.records import tables as t
from moderation.records.rooms import EndRoom, end_rooms
from moderation.roles import SENSITIVE
from tests.web.site import PASSWORD, Site
from web import case_file
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
        if method == "POST" and ("/export" in path or path == "/api/requests")
    }
    assert len(writes) == 6
    assert {path for path, action in writes.items() if action not in SENSITIVE} == set()


async def test_two_officers_take_a_case_out_over_http(site: Site) -> None:
    """Each is told on their pages when it is their turn: Sue agrees, Lee has it once, as JSON."""
    code, lee, sue = await site.incident(), await site.as_staff("lee"), await site.as_staff("sue")
    export = await asked(site, code)
    page = await site.get("/staff/identities", sue)
    assert "Somebody wants to take out a case or what a student wrote" in await page.text()
    assert "Somebody wants to take out" not in await (await site.get("/staff/queue", lee)).text()
    (waiting,) = (await (await site.get("/api/exports", sue)).json())["exports"]
    assert (waiting["incident"], waiting["why"], waiting["steps"]) == (code, WHY, ["agree", "end"])
    early = await site.post(f"/api/exports/{export}/hand", {}, lee)
    assert (early.status, (await early.json())["code"]) == (409, "changed")
    assert "you can have it now" not in await (await site.get("/staff/queue", lee)).text()
    assert (await site.post(f"/api/exports/{export}/agree", {}, sue)).status == 200
    assert f"case {code}: you can have it now" in await (await site.get("/staff/queue", lee)).text()
    answer = await site.post(f"/api/exports/{export}/hand", {}, lee)
    assert "you can have it now" not in await (await site.get("/staff/queue", lee)).text()
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


async def test_a_document_that_could_not_be_made_is_still_to_be_had(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was handed to nobody: nothing says that it was, and the next try has it."""
    code, lee = await site.incident(), await site.as_staff("lee")
    export = await asked(site, code)
    await site.post(f"/api/exports/{export}/agree", {}, await site.as_staff("sue"))
    with monkeypatch.context() as broken:
        broken.delattr(case_file, "_lines")
        assert (await site.post(f"/api/exports/{export}/hand", {}, lee)).status == 500
    of_case = await (await site.get(f"/api/incidents/{code}/exports", lee)).json()
    assert [one["state"] for one in of_case["exports"]] == ["agreed"]
    answer = await site.post(f"/api/exports/{export}/hand", {}, lee)
    assert "; handed out " in (await answer.json())["document"]


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
    assert "Somebody wants to take out" in await (await site.get("/staff/queue", lou)).text()
    own = await site.post(f"/api/exports/{export}/agree", {}, lee)
    assert (own.status, (await own.json())["code"]) == (409, "own_change")
    assert (await site.post(f"/api/exports/{export}/agree", {}, lou)).status == 200


async def _words(site: Site, lee: dict[str, str], *, erase: bool = False) -> tuple[str, str]:
    """A closed case of Otter, whose words Lee asks for, or to erase; answers both codes."""
    code = await site.incident()
    await site.post(f"/api/incidents/{code}/acknowledge", {}, lee)
    answers = {"seen": "x", "done": "x", "told": "x", "why": "x", "follow_up": None}
    body = {"outcome": "spoken_to", **answers}
    closed = await site.post(f"/api/incidents/{code}/resolve", body, lee)
    assert closed.status == 200, await closed.text()
    answer = await site.post(
        "/api/requests", {"whose": f"{code} Otter", "why": WHY, "erase": erase}, lee
    )
    assert answer.status == 200, await answer.text()
    return code, (await answer.json())["code"]


async def test_one_students_words_leave_by_two_ranks_over_http(site: Site) -> None:
    """Lee asks, another lead is refused, Sue is told and agrees, Lee has it once."""
    await site.people.add_staff("lou", "Lou", "safeguarding_lead", PASSWORD)
    lee, sue, lou = [await site.as_staff(login) for login in ("lee", "sue", "lou")]
    _, request = await _words(site, lee)
    assert "Somebody wants to take out" not in await (await site.get("/staff/queue", lou)).text()
    assert (await site.post(f"/api/exports/{request}/agree", {}, lou)).status == 403
    assert "Somebody wants to take out" in await (await site.get("/staff/identities", sue)).text()
    assert (await site.post(f"/api/exports/{request}/agree", {}, sue)).status == 200
    answer = await site.post(f"/api/exports/{request}/hand", {}, lee)
    assert answer.headers["Cache-Control"] == "no-store"
    found = await answer.json()
    assert found["name"] == f"peerline-words-{request}.html"
    assert "everything at home is bad again" in found["document"]
    assert "glad you said that" not in found["document"]
    assert "Heron" not in found["document"]
    again = await site.post(f"/api/exports/{request}/hand", {}, lee)
    assert (again.status, (await again.json())["code"]) == (409, "changed")
    listed = await (await site.get("/api/requests", lee)).json()
    assert [(one["state"], one["incident"]) for one in listed["exports"]] == [("handed", None)]


async def test_a_request_for_words_is_refused_by_field(site: Site) -> None:
    """Nobody who is known by that, no reason; while a case is open, and to everybody else."""
    code, lee = await site.incident(), await site.as_staff("lee")
    for whose, why, status, path in (
        ("Jane Doe", WHY, 404, "whose"),
        ("ab" * 32, WHY, 404, "whose"),
        (f"{code} Otter", "short", 400, "why"),
    ):
        answer = await site.post("/api/requests", {"whose": whose, "why": why, "erase": False}, lee)
        assert (answer.status, (await answer.json()).get("path")) == (status, path), whose
    answer = await site.post(
        "/api/requests", {"whose": f"{code} Otter", "why": WHY, "erase": False}, lee
    )
    agree = f"/api/exports/{(await answer.json())['code']}/agree"
    waits = await site.post(agree, {}, await site.as_staff("sue"))
    assert (waits.status, (await waits.json())["code"]) == (409, "case_open")
    for login in ("dana", "sue"):
        headers = await site.as_staff(login)
        body = {"whose": f"{code} Otter", "why": WHY, "erase": False}
        assert (await site.post("/api/requests", body, headers)).status == 403
        assert (await site.get("/api/requests", headers)).status == 403


async def test_no_word_of_a_student_who_asked_is_in_the_log_or_on_disk(
    site: Site, tmp_path: Path
) -> None:
    """The document, and why it was wanted, lie nowhere in readable form."""
    _, request = await _words(site, await site.as_staff("lee"))
    await site.post(f"/api/exports/{request}/agree", {}, await site.as_staff("sue"))
    answer = await site.post(f"/api/exports/{request}/hand", {}, await site.as_staff("lee"))
    assert "everything at home" in (await answer.json())["document"]
    query = select(t.audit.c.act).where(t.audit.c.act.like("access%")).order_by(t.audit.c.n)
    log = await site.store.read(lambda conn: list(conn.scalars(query)))
    assert log == ["access_ask", "access_agree", "access_hand"]
    files = contents(tmp_path)
    assert files
    assert not [1 for raw in files for word in (WHY, "everything at") if word.encode() in raw]


async def test_one_students_words_are_erased_by_two_ranks_over_http(site: Site) -> None:
    """Not while a chat of theirs is open; afterwards once, and the answer says no more."""
    lee, sue = await site.as_staff("lee"), await site.as_staff("sue")
    _, request = await _words(site, lee, erase=True)
    agree, erase = (f"/api/exports/{request}/{step}" for step in ("agree", "erase"))
    waits = await site.post(agree, {}, sue)
    assert (waits.status, (await waits.json())["code"]) == (409, "held")
    (room,) = await site.store.read(lambda conn: list(conn.scalars(select(t.rooms.c.id))))
    await site.store.write(end_rooms, EndRoom(room, site.now, "left"))
    assert (await site.post(agree, {}, sue)).status == 200
    done = await site.post(erase, {}, lee)
    assert (done.status, await done.json()) == (200, {"state": "handed"})
    again = await site.post(erase, {}, lee)
    assert (again.status, (await again.json())["code"]) == (409, "changed")
