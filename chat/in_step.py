"""Brings what one of several nodes remembers in step with the records, whoever changed them.

Used by `node.py`, for whatever this node did not hear of.
"""

from __future__ import annotations

from chat.rooms.answering import Answering
from chat.students.needs import StudentNeeds
from moderation.records import bars as stored_bars
from moderation.records import rooms as stored_rooms


async def rooms(needs: StudentNeeds, answering: Answering) -> None:
    """What was said, who was muted, who left, and what became of calls, in every room here."""
    store = needs.store
    open_here = {live.room.id: live for live in needs.rooms.all_open()}
    heads = await store.read(stored_rooms.heads, list(open_here))
    stopped = await store.read(stored_rooms.stopped, list(open_here))
    gone = await store.read(stored_rooms.left, list(open_here))
    behind = {
        room
        for room, seat, until in stopped
        if open_here[room].room.seats[seat].muted_until != until / 1000
    }
    behind |= {room for room, seat in gone if open_here[room].room.seats[seat].left is None}
    for room, live in open_here.items():
        head, ended = heads.get(room, (0, True))
        moved = ended or head > live.room.head or room in behind
        if moved or any(seat.line for seat in live.room.seats):
            await needs.rooms.elsewhere.refresh(live)
        if live.room.calls.waits:
            await answering.refresh(live)


async def bars(needs: StudentNeeds) -> None:
    """Whoever was barred, or let in again, at another node is told.

    Who hears of it while the records answer knows more than they said.
    """
    now = int(needs.clock() * 1000)
    before = [(who, page, page.barred_until(now)) for who, page in needs.here.items()]
    stands = await needs.store.read(stored_bars.all_until, needs.school.id, now)
    for student, page, known in before:
        until = stands.get(student, 0)
        if needs.here.get(student) is page and page.barred_until(now) == known != until:
            page.barred(until)
