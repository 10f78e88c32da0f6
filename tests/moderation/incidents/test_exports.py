"""Exports of a case on both databases: asked for, agreed to, handed out once, each step logged."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select

from moderation.incidents.export import AGREED_MS, ASKED_MS, State
from moderation.incidents.exports import Asked, CaseFile
from moderation.people.sessions import StaffMember
from moderation.records import audit
from moderation.records import tables as t
from moderation.records.purge import Purge, Times, purge
from tests.moderation.incidents.elm import Elm, as_it_is
from tests.moderation.night import record
from tests.moderation.noting import CANARY

WHY = "the court asked for it"


async def ask(elm: Elm, name: str = "Lee", *, with_peer: bool = False) -> str:
    """A request of that lead; answers its code."""
    asked = await elm.exports.ask(elm.case, elm.staff[name], WHY, with_peer=with_peer)
    assert isinstance(asked, Asked), asked
    return asked.code


async def acts(elm: Elm) -> list[tuple[str, str, str]]:
    """What the audit log says about exports, in order."""
    query = select(t.audit.c.who, t.audit.c.act, t.audit.c.about)
    query = query.where(t.audit.c.act.like("export%")).order_by(t.audit.c.n)
    names = {one.id: name for name, one in elm.staff.items()}
    return [(names[who], act, about) for who, act, about in await elm.world.rows(query)]


async def states(elm: Elm) -> list[str]:
    """How every export stands, by the time it was asked for."""
    query = select(t.exports.c.state).order_by(t.exports.c.requested_at)
    return [state for (state,) in await elm.world.rows(query)]


@pytest.mark.parametrize("second", ["Sue", "Lou"])
async def test_two_officers_take_a_case_out(elm: Elm, second: str) -> None:
    """One asks, a senior leader or another lead agrees, who asked has it; the log has no words."""
    await elm.world.incidents.acknowledge(elm.case, elm.staff["Dana"])
    await elm.world.incidents.resolve(elm.case, elm.staff["Dana"], "spoken_to", record())
    code = await ask(elm)
    (waiting,) = await elm.exports.waiting(elm.staff[second])
    assert (waiting.why, waiting.requester, waiting.incident) == (WHY, "Lee", elm.case)
    assert await elm.exports.agree(code, elm.staff[second]) is State.AGREED
    file = await elm.exports.hand(code, elm.staff["Lee"], as_it_is)
    assert isinstance(file, CaseFile)
    assert [str(said.text) for said in file.case.conversation] == [CANARY]
    assert file.case.record == record()
    assert [(one.who, one.act) for one in file.acts] == [
        ("Dana", "incident_acknowledge"),
        ("Dana", "incident_resolve"),
    ]
    assert (file.export.state, file.export.answerer) == ("handed", second)
    about = f"{code} {elm.case}"
    assert await acts(elm) == [
        ("Lee", "export_ask", about),
        (second, "export_agree", about),
        ("Lee", "export_hand", about),
    ]
    assert await elm.world.store.read(audit.verify) is None


async def test_one_agreement_hands_out_once(elm: Elm) -> None:
    """Were it asked for again at once or at the same time, whoever asked has it one time only."""
    code = await ask(elm)
    await elm.exports.agree(code, elm.staff["Sue"])
    tries = [elm.exports.hand(code, elm.staff["Lee"], as_it_is) for _ in range(3)]
    answers = await asyncio.gather(*tries)
    assert [isinstance(one, CaseFile) for one in answers].count(True) == 1
    assert await elm.exports.hand(code, elm.staff["Lee"], as_it_is) == "changed"
    assert [act for _, act, _ in await acts(elm)].count("export_hand") == 1


async def test_nothing_is_handed_out_without_a_second_person(elm: Elm) -> None:
    """Not before somebody else agreed, and to nobody but whoever asked."""
    code = await ask(elm)
    assert await elm.exports.hand(code, elm.staff["Lee"], as_it_is) == "changed"
    assert await elm.exports.agree(code, elm.staff["Lee"]) == "own_change"
    assert await elm.exports.agree(code, elm.staff["Dana"]) == "forbidden"
    await elm.exports.agree(code, elm.staff["Sue"])
    for name in ("Lou", "Sue", "Dana"):
        assert await elm.exports.hand(code, elm.staff[name], as_it_is) == "forbidden"
    assert await states(elm) == ["agreed"]


async def test_an_agreement_lasts_a_day_and_a_request_three(elm: Elm) -> None:
    """What nobody did in time is over, and may be asked for anew."""
    first = await ask(elm)
    asked = await elm.exports.ask(elm.case, elm.staff["Lou"], WHY, with_peer=False)
    assert asked == "changed"
    elm.world.clock.wait(ASKED_MS / 1000)
    assert await elm.exports.agree(first, elm.staff["Sue"]) == "over"
    assert await elm.exports.waiting(elm.staff["Sue"]) == []
    again = await ask(elm)
    await elm.exports.agree(again, elm.staff["Sue"])
    elm.world.clock.wait(AGREED_MS / 1000)
    assert await elm.exports.hand(again, elm.staff["Lee"], as_it_is) == "over"


async def test_either_ends_it(elm: Elm) -> None:
    """The second does not agree; whoever asked takes it back, were it agreed to already."""
    assert await elm.exports.end(await ask(elm), elm.staff["Sue"]) is State.ENDED
    elm.world.clock.wait(1)
    code = await ask(elm)
    await elm.exports.agree(code, elm.staff["Lou"])
    assert await elm.exports.end(code, elm.staff["Lee"]) is State.ENDED
    assert await elm.exports.hand(code, elm.staff["Lee"], as_it_is) == "changed"
    shown = await elm.exports.of_incident(elm.case, elm.staff["Lou"])
    assert [(one.state, one.answerer, one.is_open) for one in shown] == [
        ("ended", "Lee", False),
        ("ended", "Sue", False),
    ]


async def test_who_stepped_aside_neither_reads_why_nor_has_it(elm: Elm) -> None:
    """They may know the student: the case is closed to them, on paper too."""
    code = await ask(elm)
    await elm.exports.agree(code, elm.staff["Sue"])
    await elm.world.incidents.recuse(elm.case, elm.staff["Lee"])
    await elm.world.incidents.recuse(elm.case, elm.staff["Lou"])
    assert await elm.exports.hand(code, elm.staff["Lee"], as_it_is) == "forbidden"
    asked = await elm.exports.ask(elm.case, elm.staff["Lou"], WHY, with_peer=False)
    assert asked == "forbidden"
    (shown,) = await elm.exports.of_incident(elm.case, elm.staff["Lou"])
    assert shown.why is None


async def test_there_is_no_export_of_what_is_not_there(elm: Elm) -> None:
    """A code that nobody has, a drill, and a case whose time was over meanwhile."""
    lee = elm.staff["Lee"]
    assert await elm.exports.ask("ZZZ-9999", lee, WHY, with_peer=False) == "not_found"
    assert await elm.exports.hand("ZZZ-9999", lee, as_it_is) == "not_found"
    code = await ask(elm)
    await elm.exports.agree(code, elm.staff["Sue"])
    await elm.world.incidents.acknowledge(elm.case, elm.staff["Dana"])
    await elm.world.incidents.resolve(elm.case, elm.staff["Dana"], "no_danger", record())
    elm.world.clock.wait(9_000 * 86_400)
    assert await elm.exports.hand(code, lee, as_it_is) == "over"
    await elm.world.change(t.exports, expires_at=elm.world.clock.ms + 1)
    await elm.world.store.write(purge, Purge("school", elm.world.clock.ms, Times()))
    assert await elm.world.rows(select(t.incidents.c.code)) == []
    assert await elm.exports.hand(code, lee, as_it_is) == "not_found"
    assert await states(elm) == []


async def test_a_drill_is_nothing_to_take_out(elm: Elm) -> None:
    """Nobody wrote it."""
    await elm.world.change(t.incidents, drill=True)
    asked = await elm.exports.ask(elm.case, elm.staff["Lee"], WHY, with_peer=False)
    assert asked == "changed"


async def test_another_school_has_no_part_in_it(elm: Elm) -> None:
    """Its leads are told that there is no such thing, and shown nothing."""
    code = await ask(elm)
    there = StaffMember("x" * 22, "other", "lou", "Lou", elm.staff["Lou"].role)
    assert await elm.exports.ask(elm.case, there, WHY, with_peer=False) == "not_found"
    assert await elm.exports.agree(code, there) == "not_found"
    assert await elm.exports.hand(code, there, as_it_is) == "not_found"
    assert await elm.exports.of_incident(elm.case, there) == []
    assert await elm.exports.waiting(there) == []


async def test_why_lies_sealed(elm: Elm) -> None:
    """Whoever has the database alone does not read why a case was wanted."""
    await ask(elm)
    ((sealed,),) = await elm.world.rows(select(t.exports.c.sealed_why))
    assert WHY.encode() not in sealed
    await elm.world.change(t.exports, sealed_why=b"damaged")
    (shown,) = await elm.exports.of_incident(elm.case, elm.staff["Lou"])
    assert shown.why == "These words cannot be opened any more."
