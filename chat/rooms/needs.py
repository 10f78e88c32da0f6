"""What rooms are made from, and how one is made again from the records.

Made by `house/`; used by `rooms.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from chat.rooms.open_room import OpenRoom
from chat.rooms.replay import waiting
from chat.rooms.room import Room, Seat
from chat.settings import Chat, Pager
from moderation import voices
from moderation.conversation import JudgesTurns
from moderation.records import rooms, transcript
from moderation.records.called_adults import called
from moderation.records.store import Store
from moderation.records.vault import Vault
from moderation.second_opinion import Asked

CONTEXT = 40
"""Earlier messages that judging reads again when a room is loaded."""


@dataclass(frozen=True, slots=True)
class RoomNeeds:
    """What rooms are made from: where they are kept, who judges, and who must hear of what."""

    store: Store
    vault: Vault
    judge: JudgesTurns
    clock: Callable[[], float]
    chance: Random
    chat: Chat
    pager: Pager
    school: str
    reachable: Callable[[], bool]
    item_changed: Callable[[str], None]
    incident_raised: Callable[[], None]
    judged: Callable[[Asked], None] | None = None


async def load(needs: RoomNeeds, room: str) -> OpenRoom | None:
    """The room as the records have it, or None when it is over or there is none."""
    store = needs.store
    stored = await store.read(rooms.room, room)
    if stored is None or stored.ended_at is not None or stored.wrapped_key is None:
        return None
    seats = [Seat(*seat) for seat in stored.seats]
    for seat, until in zip(seats, await store.read(rooms.muted, room), strict=True):
        seat.muted_until = (until or 0) / 1000
    core = Room(room, stored.epoch, stored.topic, seats, stored.head)
    key = needs.vault.room(stored.wrapped_key)
    live = OpenRoom(core, key, needs.chat, needs.clock())
    for row in await store.read(transcript.recent, room, CONTEXT):
        live.spent(row.seat, row.said_at)
        if voices.voice_of(row.seat) is None:
            needs.judge.judge_turn(key.open(row.sealed, row.mid), live.talk, row.seat)
    for row in await store.read(transcript.held, room):
        core.wait(waiting(row, key))
    if needs.reachable():
        for one in await store.read(called, room, needs.school):
            core.calls.before(one.seat, adult=one.adult, answered=one.answered)
    return live
