"""What staff say in a students' room: its row, and how students hear it; pure but for its new id.

Made by `guests.py`, committed and sent by `journal.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

from chat.frames import to_student
from chat.rooms.effects import Effect, Send
from chat.rooms.open_room import OpenRoom
from chat.rooms.room import Room
from moderation import voices
from moderation.ids import new_id
from moderation.records.audit import Entry
from moderation.records.messages import Spoken
from moderation.terms import Attention, Delivery
from moderation.voices import Voice


@dataclass(frozen=True, slots=True)
class Speech:
    """What a member of staff says in a room; `to` is the one seat it is for, None for everybody.

    `cid` is the page's own random id: saying it again under the same id changes nothing.
    """

    room: str
    cid: str
    staff: str
    voice: Voice
    text: str
    to: int | None = None


def spoken(speech: Speech, text: str, live: OpenRoom, at: int) -> Spoken:
    """The row of these words, sealed, with its entry in the audit log; `at` in microseconds."""
    mid = new_id()
    return Spoken(
        mid=mid,
        room=live.room.id,
        seat=voices.seat_of(speech.voice, speech.to),
        cid=speech.cid,
        sealed=live.key.seal(text, mid),
        sealed_shown=None,
        state="released" if speech.to is None else "told",
        said_at=at,
        attention=int(Attention.NONE),
        delivery=int(Delivery.DELIVER),
        findings=None,
        version="staff",
        entry=Entry(at // 1000, speech.staff, "speak", mid),
    )


def said(room: Room, mid: str, seat: int, seq: int | None, text: str) -> list[Effect]:
    """Words of staff are committed: with their place, or to one student alone."""
    to = voices.addressed(seat)
    if to is not None:
        return [Send(to, told(mid, seat, text))]
    room.head = max(room.head, seq or 0)
    message = to_student.Message(seq or 0, mid, voices.voice_of(seat) or "moderator", text)
    return [Send(each, message) for each in range(len(room.seats))]


def told(mid: str, seat: int, text: str) -> to_student.Told:
    """Words of staff, kept in that seat, as the one student they are for receives them."""
    return to_student.Told(mid, voices.voice_of(seat) or "moderator", text)
