"""Turns a stored message back into what a page receives, or into what the room knew of it.

Used wherever a room is read: by a page that comes back (`replay.py`), at a start (`loading.py`),
after another node (`elsewhere.py`), for a message that is said again (`repeats.py`).
"""

from __future__ import annotations

from chat.frames import to_student
from chat.rooms.effects import STATE_WHEN_SHOWN, Waiting
from moderation import voices
from moderation.records.transcript import StoredMessage
from moderation.records.vault import RoomKey
from moderation.terms import Delivery


def message(row: StoredMessage, seat: int, key: RoomKey) -> to_student.Message:
    """A shown message as the page in that seat receives it."""
    mine = row.seat == seat
    voice = voices.voice_of(row.seat)
    return to_student.Message(
        seq=row.seq or 0,
        mid=row.mid,
        who=voice or ("me" if mine else "peer"),
        text=key.words(row.sealed_shown or row.sealed, row.mid),
        cid=row.cid if mine else None,
        state=row.state,
    )


def unshown(row: StoredMessage, key: RoomKey, now: float) -> to_student.Status:
    """A message that is not shown as its writer's page receives it, at `now` (seconds)."""
    words = key.words(row.sealed, row.mid)
    waited = max(0, round(now - row.said_at / 1e6)) if row.state == "held" else None
    return to_student.Status(row.cid, row.mid, row.state, text=words, waited=waited)


def ack(row: StoredMessage, key: RoomKey) -> to_student.Ack:
    """What its writer was answered, with what the peer sees where that differs."""
    shown = row.sealed_shown if row.state in ("masked", "redacted") else None
    text = None if shown is None else key.words(shown, row.mid)
    return to_student.Ack(row.cid, row.mid, row.state, row.seq, text)


def waiting(row: StoredMessage, key: RoomKey) -> Waiting:
    """A held message as the room knew it when it was said."""
    shown = key.words(row.sealed_shown or row.sealed, row.mid)
    delivery = Delivery(row.delivery)
    state = STATE_WHEN_SHOWN[delivery]
    return Waiting(row.cid, row.mid, row.seat, shown, state, delivery is not Delivery.HOLD)
