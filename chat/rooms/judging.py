"""What a page says for the first time is judged, and may be kept, refused or given back.

Used by `rooms.py`, once the message is known to be new and not too soon.
"""

from __future__ import annotations

from chat.frames import from_student
from chat.rooms import marking
from chat.rooms.effects import Effect
from chat.rooms.needs import RoomNeeds
from chat.rooms.open_room import OpenRoom
from moderation.ids import new_id


def judged(needs: RoomNeeds, live: OpenRoom, seat: int, said: from_student.Say) -> list[Effect]:
    """Whoever is muted says nothing, but for a cry for help: that is never stopped."""
    mine, cid, text = live.room.seats[seat], said.cid, said.text
    decision = marking.decided(mine, cid, text) if mine.marked else None
    if decision is None:
        decision = needs.judge.judge_turn(text, live.talk, seat)
    left = mine.muted_until - live.heard_at
    if left > 0 and not decision.asks_for_help:
        return live.room.turn_down(seat, cid, "muted", left)
    # With nobody there, nothing is hidden from anybody.
    if said.ask and len(live.room.seats) > 1:
        marked = marking.mark(mine, cid, text, decision)
        if marked is not None:
            return live.room.mark(seat, marked)
    return live.room.say(seat, cid, new_id(), text, decision)
