"""What a moderator did about a room is committed: its students and the other nodes hear of it.

Used by the desk (`desk/acts.py`, `desk/session.py`). Nothing is decided here: the records have it.
"""

from __future__ import annotations

from chat.frames import to_student
from chat.rooms.rooms import Rooms
from chat.rooms.stored import waiting
from moderation.records import transcript
from moderation.records.messages import Settle


def decided(rooms: Rooms, settle: Settle, seq: int | None, hidden: str | None = None) -> None:
    """It is committed what became of a held message, and `seq` if it is shown.

    `hidden` is what the peer sees instead, where the moderator hid part of it.
    """
    live = rooms.here(settle.room)
    known = live is not None and live.room.held(settle.mid) is not None  # or another node held it
    if live is not None and seq is not None and (seq > live.room.head + 1 or not known):
        rooms.elsewhere.catch_up(live)
    elif live is not None:
        rooms.perform(live, live.room.settled(settle.mid, settle.state, seq, hidden))
    rooms.elsewhere.changed(settle.room)


async def held_again(rooms: Rooms, room: str, mid: str) -> None:
    """It is committed that a moderator took back to have withheld a message."""
    live = rooms.here(room)
    if live is not None:
        row = await rooms.elsewhere.ask(live, transcript.by_mid, mid, room)
        if row is not None and row.state == "held" and live.room.held(mid) is None:
            rooms.perform(live, live.room.hold_again(waiting(row, live.key)))
    rooms.elsewhere.changed(room)


def muted(rooms: Rooms, room: str, seat: int, until: float) -> None:
    """It is committed until when (seconds) a moderator lets that seat say nothing."""
    live = rooms.here(room)
    if live is not None:
        rooms.perform_here(live, live.room.mute(seat, until))
    rooms.elsewhere.changed(room)


def closed(rooms: Rooms, room: str, why: str) -> None:
    """It is committed that a moderator closed a room."""
    live = rooms.here(room)
    if live is not None:
        rooms.ended_elsewhere(live, why, None)
    rooms.elsewhere.over(room, why, None)


def parted(rooms: Rooms, room: str, student: str) -> None:
    """It is committed that a moderator had a student leave, and the room goes on for the other."""
    live = rooms.here(room)
    if live is not None:
        rooms.left(live, live.seat_of(student), "moderator")
    rooms.elsewhere.changed(room)


def in_doubt(rooms: Rooms, room: str | None) -> None:
    """What a moderator did about a room, if it was about one, may be kept: the answer was lost."""
    if room is None:
        return
    live = rooms.here(room)
    if live is not None:
        rooms.elsewhere.doubt(live)
    rooms.elsewhere.changed(room)


def call_taken_up(rooms: Rooms, room: str, seat: int) -> None:
    """It is committed that a call for a person is not finished after all: its student hears it."""
    live = rooms.here(room)
    if live is not None:
        rooms.perform(live, live.room.calls.asked(seat))
    else:
        rooms.elsewhere.pass_on(room, seat, to_student.Notice("help_asked"))
