"""Gives a page that comes back what it has missed, or says honestly that it cannot.

What is sent to the seat meanwhile waits until the history has been read (subscribe first, then
read, then drain), so nothing falls between the two. Used by `rooms.py`.
"""

from __future__ import annotations

from chat.frames import from_student, to_student
from chat.rooms.open_room import OpenRoom, Page
from chat.rooms.room import Room
from chat.rooms.speech import told
from chat.rooms.stored import message, unshown
from moderation.records import transcript
from moderation.records.store import Store, StoreUnavailable

LIMIT = 400
"""Most messages a page is given back; before them it draws a gap."""

_AT_ONCE = 40


async def replay(
    live: OpenRoom,
    seat: int,
    page: Page,
    resume: from_student.Resume | None,
    store: Store,
    *,
    now: float,
) -> int:
    """Send the room, every shown message after the page's place, and its own unshown ones.

    Answers up to which place the page has seen the room, which may not have come so far. A page
    whose history cannot be read is told to start again. `now` is in seconds since 1970.
    """
    later = live.hold_back(seat)
    page.send(live.room.matched(seat))
    after = 0
    try:
        after = await _history(live, seat, page, resume, store, now=now)
    except StoreUnavailable:
        page.refuse("slow_reader")
    finally:
        live.send_held_back(seat, later, after)
    return after


async def _history(
    live: OpenRoom,
    seat: int,
    page: Page,
    resume: from_student.Resume | None,
    store: Store,
    *,
    now: float,
) -> int:
    """Send what was missed; answers up to which place the page has seen the room."""
    room = live.room
    after = _place(room, page, resume)
    if after > room.head:
        page.refuse("seq_ahead")
        return after
    # What waits now may be shown by the next read, before the room hears of it; with its words, for
    # those are told to no page again. Anything else beyond the room's head waits until it is shown.
    moves = bool(room.seats[seat].line) or room.committing()
    unsettled, told_alone = await store.read(transcript.own, room.id, seat)
    sent = set[str]()
    while (moves or after < room.head) and (
        rows := await store.read(transcript.shown_after, room.id, after, _AT_ONCE)
    ):
        for row in rows:
            page.send(message(row, seat, live.key))
            sent.add(row.mid)
        after = rows[-1].seq or after
    page.send(to_student.Resumed(after))
    for row in unsettled:
        if row.mid not in sent:
            page.send(unshown(row, live.key, now))
    for row in told_alone:
        page.send(told(row.mid, row.seat, live.key.words(row.sealed, row.mid)))
    return after


def _place(room: Room, page: Page, resume: from_student.Resume | None) -> int:
    """Where the page has got in this room; it is told where what it shows is of no use."""
    after = 0
    if resume is not None and resume.room == room.id:
        if resume.epoch == room.epoch:
            after = resume.seq
        else:
            page.send(to_student.Reset(room.id, room.epoch, 0, "epoch"))
    if room.head - after > LIMIT:
        after = room.head - LIMIT
        page.send(to_student.Reset(room.id, room.epoch, after, "too_far"))
    return after
