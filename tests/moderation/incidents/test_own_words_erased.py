"""What one student wrote is erased, on both databases: what goes, what stays, and who decides."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select

from moderation.ids import new_id
from moderation.incidents.export import Act, State
from moderation.incidents.incident import Actor
from moderation.incidents.own_words import DELETED
from moderation.records import desk_tables as d
from moderation.records import erasure, transcript
from moderation.records import tables as t
from moderation.records.exports import ExportAct
from moderation.records.refused import Refused
from tests.moderation.incidents.elm import as_it_is
from tests.moderation.incidents.writer import Writer
from tests.moderation.noting import CANARY


async def test_what_one_student_wrote_is_overwritten_and_the_others_words_stay(
    otter: Writer,
) -> None:
    """Every place keeps its number; what was noticed goes, and what was decided about it."""
    room = await otter.quiet()
    await otter.told("mine", 0)
    await otter.told("theirs", 1)
    await otter.told("mine too", 0)
    await otter.told("mine, held", 0, "withheld")
    (first, *_) = await otter.world.store.read(transcript.everything, room)
    item = await otter.world.item(room, 60, first.mid)
    await otter.world.change(t.items, done_at=1, outcome="released")
    await otter.world.change(t.messages, findings="[]", attention=2)
    await otter.end(room)
    before = await otter.world.store.read(transcript.everything, room)
    await otter.erased()
    after = await otter.world.store.read(transcript.everything, room)
    assert await otter.said(room) == [(0, DELETED), (1, "theirs"), (0, DELETED), (0, DELETED)]
    assert [line.seq for line in after] == [line.seq for line in before]
    assert [(line.findings, line.attention) for line in after] == [
        (None, 0),
        ("[]", 2),
        (None, 0),
        (None, 0),
    ]
    assert item not in {each for (each,) in await otter.world.rows(select(t.items.c.id))}
    query = select(t.audit.c.act).where(t.audit.c.act.like("erasure%")).order_by(t.audit.c.n)
    assert [act for (act,) in await otter.world.rows(query)] == [
        "erasure_ask",
        "erasure_agree",
        "erasure_hand",
    ]


async def test_the_words_are_nowhere_on_disk_afterwards(otter: Writer) -> None:
    """Not even sealed: what was there before is in no row."""
    room = await otter.quiet()
    await otter.told("mine", 0)
    (line,) = await otter.world.store.read(transcript.everything, room)
    await otter.end(room)
    await otter.erased()
    sealed = await otter.world.rows(select(t.messages.c.sealed))
    assert line.sealed not in {bytes(each) for (each,) in sealed}


async def test_a_chat_of_a_closed_case_stays_until_its_time(otter: Writer) -> None:
    """Its words and what was noticed are the case's."""
    await otter.end(otter.room)
    await otter.erased()
    assert await otter.said(otter.room) == [(0, CANARY)]


@pytest.mark.parametrize("held", ["open case", "preserved", "waits", "open chat", "the other's"])
async def test_nothing_is_erased_that_is_held(otter: Writer, held: str) -> None:
    """Neither agreed to nor carried out; whoever asks alone is told nothing of it."""
    room = await otter.quiet()
    await otter.told("mine", 0)
    lee, sue = otter.staff["Lee"], otter.staff["Sue"]
    agreed = None
    if held != "open chat":
        await otter.end(room)
        agreed = await otter.to_erase()
        assert await otter.exports.agree(agreed, sue) is State.AGREED
    if held == "preserved":
        await otter.world.change(t.incidents, preserved_at=1)
    if held == "waits":
        await otter.world.item(room, 60)
    if held in {"open case", "the other's"}:
        await otter.world.change(t.incidents, state="open", seat=int(held == "the other's"))
    code = await otter.to_erase()
    assert await otter.exports.agree(code, sue) == "held"
    if agreed is not None:
        assert await otter.exports.erase(agreed, lee) == "held"
    assert (0, "mine") in await otter.said(room)


async def test_what_was_said_since_is_not_left_over(otter: Writer) -> None:
    """A request is carried out whole, over whatever there is then, and once."""
    room = await otter.quiet()
    await otter.told("before", 0)
    await otter.end(room)
    code = await otter.to_erase()
    await otter.exports.agree(code, otter.staff["Sue"])
    later = await otter.quiet()
    await otter.told("after", 0)
    await otter.end(later)
    tries = [otter.exports.erase(code, otter.staff["Lee"]) for _ in range(2)]
    assert sorted(await asyncio.gather(*tries)) == ["changed", State.HANDED]
    assert await otter.said(room) == [(0, DELETED)]
    assert await otter.said(later) == [(0, DELETED)]


async def test_a_message_without_a_mark_stops_all_of_it(otter: Writer) -> None:
    """Said between making the marks and writing them: nothing is half done."""
    room = await otter.quiet()
    await otter.told("mine", 0)
    await otter.end(room)
    code = await otter.to_erase()
    await otter.exports.agree(code, otter.staff["Sue"])
    actor = Actor(otter.staff["Lee"].id, "school", "safeguarding_lead")
    act = ExportAct(Act.HAND, code, actor, otter.world.clock.ms)
    with pytest.raises(Refused, match="changed"):
        await otter.world.store.write(erasure.erase, erasure.Erase(act, ()))
    assert await otter.said(room) == [(0, "mine")]
    assert await otter.exports.erase(code, otter.staff["Lee"]) is State.HANDED


async def test_bars_that_are_over_go_and_one_in_force_stays(otter: Writer) -> None:
    """It keeps others safe, and ends by itself."""
    await otter.end(otter.room)
    now = otter.world.clock.ms
    for until in (now - 1, now + 1_000):
        row = {"id": new_id(), "student": otter.student, "at": 1, "until": until}
        await otter.world.insert(d.bars, row)
    await otter.erased()
    assert await otter.world.rows(select(d.bars.c.until)) == [(now + 1_000,)]


async def test_one_is_not_taken_for_the_other(otter: Writer) -> None:
    """What was agreed to be shown is not erased, nor the other way round."""
    await otter.end(otter.room)
    see, delete = await otter.ask(), await otter.to_erase()
    for code in (see, delete):
        await otter.exports.agree(code, otter.staff["Sue"])
    assert await otter.exports.erase(see, otter.staff["Lee"]) == "not_found"
    assert await otter.exports.hand(delete, otter.staff["Lee"], as_it_is) == "changed"
    for name in ("Lou", "Sue", "Dana"):
        assert await otter.exports.erase(delete, otter.staff[name]) == "forbidden"
