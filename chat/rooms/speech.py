"""What staff say in a students' room, and the row it is kept as; pure but for its new id.

Made by `guests.py`, committed and sent by `journal.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

from chat.rooms.open_room import OpenRoom
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
