"""Reveals: asked for, agreed to, opened, each step in the audit log."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from moderation.identities.reveal import State
from moderation.identities.reveals import Began, Reveals
from moderation.identities.sealed import (
    HALF_BYTES,
    Half,
    Identity,
    Sealed,
    open_half,
    open_identity,
)
from moderation.records import audit
from moderation.records import identity_tables as i
from moderation.records import tables as t
from moderation.records.reveals import Handed
from moderation.records.store import Store
from tests.moderation.custody import ANN, LIMIT, WHY, School, acts, school, staff
from tests.servers import Postgres


async def passed(elm: School, code: str) -> bytes | None:
    """The half that lies there for whoever asked."""
    ((found,),) = await elm.world.rows(select(i.reveals.c.passed).where(i.reveals.c.code == code))
    return found


async def test_P10_two_people_of_two_ranks_open_an_identity(elm: School) -> None:
    """Asked for, agreed to, opened by whoever asked; each step stands in the audit log."""
    code = await elm.ask(await elm.incident("Ann Lee", "Ben Moss"))
    assert await elm.approve(code) is State.APPROVED
    assert await elm.open(code) == ANN
    assert await acts(elm) == [
        ("Lee", "reveal_ask"),
        ("Sue", "reveal_half"),
        ("Sue", "reveal_approve"),
        ("Lee", "reveal_open"),
    ]
    about = await elm.world.rows(select(t.audit.c.about).where(t.audit.c.act == "reveal_open"))
    assert about == [(f"{code} life",)]
    assert await elm.world.store.read(audit.verify) is None
    (row,) = await elm.reveals.log(staff(elm, "Sam"))
    assert (row.state, row.requester, row.answerer, row.why) == ("opened", "Lee", "Sue", WHY)


async def test_P10_one_half_is_all_that_anybody_is_handed(elm: School) -> None:
    """The senior leader gets B and no identity, the lead A after the word; neither opens alone."""
    code = await elm.ask(await elm.incident("Ann Lee", "Ben Moss"))
    assert await elm.reveals.open(code, staff(elm, "Lee")) == "changed"
    handed = await elm.reveals.half(code, staff(elm, "Sue"))
    assert isinstance(handed, Handed)
    assert (set(handed.halves), handed.identity) == ({"b"}, b"")
    assert await elm.approve(code) is State.APPROVED
    got = await elm.reveals.open(code, staff(elm, "Lee"))
    assert isinstance(got, Handed)
    assert set(got.halves) == {"a", code}
    second = open_half(handed.halves["b"], Half.B, got.pseudonym, elm.custodians["Sue"].private)
    for name in ("Sue", "Sam", "Lou"):
        with pytest.raises(Sealed):
            open_half(got.halves["a"], Half.A, got.pseudonym, elm.custodians[name].private)
    with pytest.raises(Sealed):
        open_identity(got.identity, got.pseudonym, second, second)


async def test_P10_an_answer_that_was_lost_wakes_nobody_again(elm: School) -> None:
    """In time whoever asked is handed it again, and each time is in the log; nobody else is."""
    code = await elm.ask(await elm.incident("Ann Lee", "Ben Moss"))
    await elm.approve(code)
    assert await elm.open(code) == ANN
    first = elm.world.clock.ms
    elm.world.clock.wait(LIMIT - 1)
    await elm.reveals.tick()
    assert await elm.open(code) == ANN
    assert await elm.reveals.open(code, staff(elm, "Lou")) == "forbidden"
    assert (await acts(elm))[-2:] == [("Lee", "reveal_open")] * 2
    (row,) = await elm.reveals.log(staff(elm, "Lee"))
    assert (row.opened_at, row.steps) == (first, ("open",))
    elm.world.clock.wait(1)
    assert await elm.open(code) == "over"


async def test_P10_nothing_that_opens_it_stays_behind(elm: School) -> None:
    """Half B, sealed for the requester, is gone once its time is over, opened or not."""
    incident = await elm.incident("Ann Lee", "Ben Moss")
    code = await elm.ask(incident)
    await elm.approve(code)
    assert len(await passed(elm, code) or b"") == HALF_BYTES
    assert await elm.open(code) == ANN
    elm.world.clock.wait(LIMIT)
    await elm.reveals.tick()
    assert await passed(elm, code) is None
    assert (await elm.reveals.log(staff(elm, "Lee")))[0].state == "opened"
    late = await elm.ask(incident)
    await elm.approve(late)
    elm.world.clock.wait(LIMIT)
    assert await elm.open(late) == "over"
    await elm.reveals.tick()
    assert await passed(elm, late) is None
    assert await elm.open(late) == "changed"


async def test_P10_a_refusal_is_recorded_with_its_reason(elm: School) -> None:
    """It ends the request; whoever asked reads why, and the log keeps it."""
    code = await elm.ask(await elm.incident("Ann Lee", "Ben Moss"))
    refused = await elm.reveals.refuse(code, staff(elm, "Sam"), "her mother is with her now")
    assert refused is State.REFUSED
    assert await elm.approve(code) == "changed"
    (row,) = await elm.reveals.log(staff(elm, "Lee"))
    assert (row.answerer, row.answer) == ("Sam", "her mother is with her now")
    assert (await acts(elm))[-1] == ("Sam", "reveal_refuse")


async def test_P10_fifteen_minutes_without_an_answer_are_recorded(elm: School) -> None:
    """After that nobody can agree; the log says that it timed out, and one may ask again."""
    incident = await elm.incident("Ann Lee", "Ben Moss")
    code = await elm.ask(incident)
    assert await elm.reveals.ask(incident, staff(elm, "Lou"), WHY) == "changed"
    elm.world.clock.wait(LIMIT - 1)
    await elm.reveals.tick()
    assert (await elm.reveals.log(staff(elm, "Lee")))[0].state == "asked"
    elm.world.clock.wait(1)
    assert await elm.approve(code) == "over"
    await elm.reveals.tick()
    assert (await elm.reveals.log(staff(elm, "Lee")))[0].state == "timed_out"
    assert (await acts(elm))[-1] == ("house", "reveal_timed_out")
    assert isinstance(await elm.reveals.ask(incident, staff(elm, "Lou"), WHY), Began)


async def test_P10_who_may_know_the_student_is_not_asked(elm: School) -> None:
    """A lead who stepped aside from the case cannot ask, and reads no word of who does."""
    incident = await elm.incident("Ann Lee", "Ben Moss")
    await elm.world.incidents.recuse(incident, staff(elm, "Lee"))
    assert await elm.reveals.ask(incident, staff(elm, "Lee"), WHY) == "forbidden"
    assert isinstance(await elm.reveals.ask(incident, staff(elm, "Lou"), WHY), Began)
    (row,) = await elm.reveals.log(staff(elm, "Lee"))
    assert (row.why, row.steps) == (None, ())


async def test_P10_two_leads_at_two_nodes_ask_once(tmp_path: Path, postgres: Postgres) -> None:
    """Of two who ask about one incident at the same moment one is told that it is asked already."""
    url = await postgres.database("school")
    async with school(tmp_path, url) as elm:
        beside = await Store.open(url)
        other = Reveals(replace(elm.world.records, store=beside))
        for _ in range(6):
            incident = await elm.incident("Ann Lee", "Ben Moss")
            answers = await asyncio.gather(
                elm.reveals.ask(incident, staff(elm, "Lee"), WHY),
                other.ask(incident, staff(elm, "Lou"), WHY),
            )
            assert sorted(isinstance(one, Began) for one in answers) == [False, True]
            assert "changed" in answers
        await beside.close()


async def test_P10_what_was_never_sealed_is_told_as_such(elm: School) -> None:
    """Cards without an identity, no key, no incident: each is said before anybody waits."""
    room = await elm.world.room()
    unknown = await elm.world.say(room)
    assert await elm.reveals.ask(unknown, staff(elm, "Lee"), WHY) == "not_sealed"
    incident = await elm.incident("Ann Lee", "Ben Moss")
    newcomer = await elm.world.adult("New", "safeguarding_lead")
    assert await elm.reveals.ask(incident, newcomer, WHY) == "no_key"  # type: ignore[arg-type]
    await elm.hire("Nia", "safeguarding_lead")
    assert await elm.reveals.ask(incident, staff(elm, "Nia"), WHY) == "not_sealed"
    await elm.hire("Ned", "senior_leader")
    code = await elm.ask(incident)
    assert await elm.approve(code, "Ned") == "not_sealed"
    assert await elm.reveals.ask("AAA-2222", staff(elm, "Lee"), WHY) == "not_found"


async def test_P10_practice_goes_the_whole_way_and_is_nobody(elm: School) -> None:
    """A canary is asked for, agreed to and opened as a pupil is; no pupil can be practised on."""
    await elm.enrol("Ann Lee")
    began = await elm.reveals.practise(staff(elm, "Lou"))
    assert isinstance(began, Began)
    assert await elm.approve(began.code, "Sam") is State.APPROVED
    found = await elm.open(began.code, "Lou")
    assert isinstance(found, Identity)
    assert "nobody" in found.name


async def test_whoever_reads_the_log_without_a_key_reads_no_words(elm: School) -> None:
    """An auditor sees who asked when, of which class, and what came of it."""
    code = await elm.ask(await elm.incident("Ann Lee", "Ben Moss"))
    await elm.reveals.refuse(code, staff(elm, "Sam"), "her mother is with her")
    auditor = await elm.world.adult("Una", "auditor")
    (row,) = await elm.reveals.log(auditor)  # type: ignore[arg-type]
    assert (row.why, row.answer, row.steps) == (None, "", ())
    assert (row.reason, row.requester, row.state) == ("danger to life", "Lee", "refused")
