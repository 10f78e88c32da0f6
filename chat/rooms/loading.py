"""A room made again from the records: after a restart, or where another node had it.

Used by `rooms.py`. Everything that surrounds a room comes back too: who was held, muted or called
for, how much each seat may still say, and what judging remembers.
"""

from __future__ import annotations

from chat.rooms.calls import Calls
from chat.rooms.needs import RoomNeeds
from chat.rooms.open_room import OpenRoom
from chat.rooms.room import Room
from chat.rooms.seat import Seat
from chat.rooms.stored import waiting
from moderation import voices
from moderation.records import rooms, transcript
from moderation.records.called_adults import called

CONTEXT = 40
"""Earlier messages that judging reads again."""


async def load(needs: RoomNeeds, room: str) -> OpenRoom | None:
    """The room as the records have it, or None when it is over or there is none."""
    store = needs.store
    stored = await store.read(rooms.room, room)
    if stored is None or stored.ended_at is not None or stored.wrapped_key is None:
        return None
    seats = [Seat(*seat) for seat in stored.seats]
    for number, why in stored.left.items():
        seats[number].left, seats[number].leaving = why, True
    for seat, until in zip(seats, await store.read(rooms.muted, room), strict=True):
        seat.muted_until = (until or 0) / 1000
    core = Room(room, stored.epoch, stored.topic, seats, stored.head)
    key = needs.vault.room(stored.wrapped_key)
    live = OpenRoom(core, key, needs.chat, needs.clock())
    for row in await store.read(transcript.recent, room, CONTEXT):
        live.spent(row.seat, row.said_at)
        if voices.voice_of(row.seat) is None:
            needs.judge.judge_turn(key.words(row.sealed, row.mid), live.talk, row.seat)
    for row in await store.read(transcript.held, room):
        if core.seats[row.seat].left is None:
            core.wait(waiting(row, key))
    core.calls = await expected(needs, core)
    return live


async def expected(needs: RoomNeeds, room: Room) -> Calls:
    """Whom the students of a room were told to expect, as the records have it."""
    calls = Calls(len(room.seats))
    for one in await needs.store.read(called, room.id, needs.school):
        if needs.reachable() or one.answered:
            calls.before(one.seat, adult=one.adult, answered=one.answered)
        elif one.adult:
            calls.adult(one.seat, reachable=False)
        else:
            calls.in_vain(one.seat)
    return calls
