"""A student leaves a room, the other one may stay, and the room ends; pure.

Nobody hears of it before the shell has reported it committed (`left`, `ended`). Whether the room
goes on for the other one is decided in that commit (`moderation/records/leaving.py`). Used by
`journal.py`, `rooms.py` and `absence.py`.
"""

from __future__ import annotations

from chat.errors import error
from chat.frames import to_student
from chat.rooms.effects import Effect, End, Leave, Send, Unhold
from chat.rooms.room import Room

_WHY: dict[str, to_student.EndWhy] = {"moderator": "moderator", "away": "expired"}


def how_it_ended(why: str) -> to_student.Ended:
    """What a page is told about the end of its room: any reason not listed is somebody leaving."""
    return to_student.Ended(_WHY.get(why, "left"))


# --- one leaves, and the other may stay ------------------------------------------------------


def leave(room: Room, seat: int, why: str) -> list[Effect]:
    """A student leaves; until that is committed the other one goes on as before."""
    mine = room.seats[seat]
    if room.over or mine.leaving:
        return []
    mine.leaving = True
    return [Leave(seat, why)]


def not_left(room: Room, seat: int) -> list[Effect]:
    """That they leave could not be committed: they are still there."""
    room.seats[seat].leaving = False
    return [Send(seat, error("unavailable"))]


def left(room: Room, seat: int, why: str) -> list[Effect]:
    """It is committed that one has left, and the other stays: a person is called for them."""
    mine = room.seats[seat]
    if room.over or mine.left is not None:
        return []
    mine.left, mine.leaving = why, True
    return [
        *(Unhold(mid) for mid in room.empty_line(seat)),
        Send(seat, how_it_ended(why)),
        *(Send(each, to_student.Notice("peer_gone")) for each in room.here()),
        *room.go_on(),
    ]


# --- the end ---------------------------------------------------------------------------------


def end(room: Room, why: str, seat: int | None = None) -> list[Effect]:
    """Somebody leaves, or the room is closed: nothing more can be said from here on."""
    if room.over:
        return []
    room.over = why
    return [End(why, seat)]


def ended(room: Room, why: str, by: int | None) -> list[Effect]:
    """The end is committed: tell the pages of all who are still there."""
    here = room.here()
    alone = by is None or len(here) < 2  # noqa: PLR2004 - a room of two
    return [
        Send(seat, how_it_ended(why) if alone or seat == by else to_student.PeerLeft())
        for seat in here
    ]
