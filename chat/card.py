"""What a moderator sees of an item: its line in the queue, and the card with its surroundings.

Words and handles only; who a student is stands nowhere here. Used by `desk.py`.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from chat import wire
from moderation import voices
from moderation.records import messages, rooms
from moderation.records.items import StoredItem
from moderation.records.messages import StoredMessage
from moderation.records.rooms import StoredRoom
from moderation.records.store import Store
from moderation.records.vault import Vault
from moderation.terms import Attention, Finding
from moderation.text import read

AROUND = 10
"""Messages shown before and after the one an item is about (RELIABILITY: at most ten)."""

_findings = msgspec.json.Decoder(tuple[Finding, ...])

Names = Callable[[str], str]


def item_of(row: StoredItem, names: Names) -> wire.Item:
    """An item as it stands in the queue: no words in it."""
    return wire.Item(
        id=row.id,
        kind=row.kind,  # type: ignore[arg-type]
        category=row.category,
        attention="page" if row.attention == Attention.PAGE else "queue",
        held=row.held,
        since=row.since,
        topic=row.topic or "",
        claimed_by=names(row.claimed_by) if row.claimed_by else None,
        incident=row.incident,
    )


def pressing(item: wire.Item) -> tuple[bool, bool, int]:
    """Sorts items by risk, then by how long a student waits for a word, then by age."""
    return (item.attention != "page", not (item.held or item.kind == "help"), item.since)


async def card_of(row: StoredItem, store: Store, vault: Vault, names: Names) -> wire.Opened:
    """An item opened: the message, why it is here, and what was said around it."""
    room = await store.read(rooms.room, row.room) if row.room else None
    lines, text, version = [], "", ""
    if room is not None and room.wrapped_key is not None:
        key = vault.room(room.wrapped_key)
        about = await store.read(messages.by_mid, row.mid) if row.mid else None
        at = about.said_at if about else None
        near = await store.read(messages.surroundings, room.id, at, AROUND, AROUND)
        lines = [_line(room, message, key.open(message.sealed, message.mid)) for message in near]
        if about is not None:
            text, version = key.open(about.sealed, about.mid), about.version
    return wire.Opened(item_of(row, names), tuple(lines), row.mid, read(text).folded, version)


def _line(room: StoredRoom, message: StoredMessage, text: str) -> wire.Line:
    found = _findings.decode(message.findings) if message.findings else ()
    return wire.Line(
        mid=message.mid,
        who=voices.name_of(message.seat, [handle for _, handle in room.seats]),
        text=text,
        at=message.said_at // 1000,
        state=message.state,
        why=tuple(wire.Why(f.category, f.rule, f.detector, f.start, f.end) for f in found),
    )
