"""What a moderator sees of an item: its line in the queue, and the card with its surroundings.

Words and handles only; who a student is stands nowhere here. Used by `desk.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from chat.frames import to_staff
from moderation import voices
from moderation.records import item_acts, rooms, transcript
from moderation.records.item_acts import StoredAct
from moderation.records.items import StoredItem
from moderation.records.rooms import StoredRoom
from moderation.records.store import Store
from moderation.records.transcript import StoredMessage
from moderation.records.vault import RoomKey, Vault
from moderation.terms import Attention, Category, Finding
from moderation.text import read

BEFORE, AFTER = 20, 10
"""Messages shown before and after the one an item is about (decision 0011)."""
EARLIER = 20
"""Messages before those in which something was seen, shown without their words."""

_findings = msgspec.json.Decoder(tuple[Finding, ...])

Names = Callable[[str], str]


def item_of(row: StoredItem, names: Names) -> to_staff.Item:
    """An item as it stands in the queue: no words in it."""
    return to_staff.Item(
        id=row.id,
        kind=row.kind,  # type: ignore[arg-type]
        category=row.category,
        attention="page" if row.attention == Attention.PAGE else "queue",
        held=row.held,
        since=row.since,
        topic=row.topic or "",
        claimed_by=names(row.claimed_by) if row.claimed_by else None,
        incident=row.incident,
        asked_by=names(row.asked_by) if row.asked_by else None,
    )


async def card_of(row: StoredItem, store: Store, vault: Vault, names: Names) -> to_staff.Opened:
    """An item opened: the message, why it is here, and what was said around it."""
    opened = to_staff.Opened(item_of(row, names), (), row.mid, "", "", about=row.seat)
    opened.looked = row.looked_at
    opened.past = tuple(_past(act, vault) for act in await store.read(item_acts.of_item, row.id))
    room = await store.read(rooms.room, row.room) if row.room else None
    if room is None:
        return opened
    opened.handles = tuple(handle for _, handle in room.seats)
    opened.muted = tuple(await store.read(rooms.muted, room.id))
    if room.wrapped_key is not None:
        await _fill(opened, row, room, vault.room(room.wrapped_key), store)
    return opened


async def _fill(
    opened: to_staff.Opened, row: StoredItem, room: StoredRoom, key: RoomKey, store: Store
) -> None:
    """What was said, while the room's key exists."""
    about = await store.read(transcript.by_mid, row.mid) if row.mid else None
    at = about.said_at if about else None
    opened.lines = await lines_of(room, at, key, store, BEFORE, AFTER)
    if about is not None:
        whole = _line(room, about, key.words(about.sealed, about.mid))
        opened.lines = tuple(whole if line.mid == row.mid else line for line in opened.lines)
    if row.kind == "review":
        opened.lines = tuple(_blind(line) if line.mid == row.mid else line for line in opened.lines)
    elif opened.lines:
        first = opened.lines[0].at * 1000
        before = await store.read(transcript.noticed, room.id, first, EARLIER)
        opened.earlier = tuple(_earlier(line, opened.handles) for line in before)
    if about is not None:
        opened.reading = read(key.words(about.sealed, about.mid)).folded
        opened.version = "" if row.kind == "review" else about.version


async def lines_of(  # noqa: PLR0917 - a window on a room: where, around what, how far
    room: StoredRoom, at: int | None, key: RoomKey, store: Store, before: int, after: int
) -> tuple[to_staff.Line, ...]:
    """What was said in a room around a moment (Unix microseconds; None is the end).

    Words that were hidden because they say who somebody is stay hidden.
    """
    near = await store.read(transcript.surroundings, room.id, at, before, after)
    return tuple(_around(room, line, key) for line in near)


def _around(room: StoredRoom, message: StoredMessage, key: RoomKey) -> to_staff.Line:
    line = _line(room, message, key.words(message.sealed, message.mid))
    hidden = message.sealed_shown if message.state == "redacted" else None
    if hidden is None or all(why.category != Category.IDENTITY for why in line.why):
        return line
    why = tuple(to_staff.Why(one.category, one.rule, one.detector, 0, 0) for one in line.why)
    return msgspec.structs.replace(line, text=key.words(hidden, message.mid), why=why)


def _blind(line: to_staff.Line) -> to_staff.Line:
    """A message that is looked at again: nothing tells what became of it, or what was seen."""
    return to_staff.Line(line.mid, line.who, line.text, line.at, "released")


def _past(act: StoredAct, vault: Vault) -> to_staff.Past:
    text = vault.open_field(act.sealed, act.id) if act.sealed else ""
    return to_staff.Past(act.name, act.at, act.act, text)


def _earlier(line: StoredMessage, handles: Sequence[str]) -> to_staff.Earlier:
    found = _findings.decode(line.findings) if line.findings else ()
    categories = tuple(sorted({str(one.category) for one in found}))
    who = voices.name_of(line.seat, handles)
    return to_staff.Earlier(who, line.said_at // 1000, line.state, categories)


def _line(room: StoredRoom, message: StoredMessage, text: str) -> to_staff.Line:
    found = _findings.decode(message.findings) if message.findings else ()
    return to_staff.Line(
        mid=message.mid,
        who=voices.name_of(message.seat, [handle for _, handle in room.seats]),
        text=text,
        at=message.said_at // 1000,
        state=message.state,
        why=tuple(to_staff.Why(f.category, f.rule, f.detector, f.start, f.end) for f in found),
    )
