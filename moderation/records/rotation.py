"""Everything sealed anew under another master key, in one transaction: all of it, or nothing.

Used by `house/rotation.py` while nothing else serves the school. Whatever kills it, the records
are sealed by the key before or by its successor, and never by both. Nothing is written, not even
the new key's file, before it is known that the key before is still theirs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Column, Connection, bindparam, func, select, text

from moderation.records import audit, database, locks, sealed_with, server
from moderation.records import desk_tables as d
from moderation.records import tables as t
from moderation.records.audit import Entry
from moderation.records.database import AlreadyOpen, BadAddress
from moderation.records.sealed_with import FIELDS, ROTATED
from moderation.records.vault import BadKey, Tampered, Vault

PATIENCE = 3_600.0
"""Seconds it may take over PostgreSQL."""
TRIES, PAUSE = 10, 0.3
"""How often, and how many seconds apart, it is asked whether nodes have gone."""
LOOKS, BETWEEN = 4, 0.5
"""The same for whether none comes back: one that lost its connections does within a second."""


@dataclass(frozen=True, slots=True)
class Change:
    """A school's change of keys, at a time in Unix milliseconds.

    `ready` puts the new key where it outlives whatever ends the change; it may be called twice.
    """

    school: str
    old: Vault
    new: Vault
    now: int
    ready: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Resealed:
    """How many values were sealed anew; `left` opened with neither key, and stay as they are."""

    rooms: int = 0
    fields: int = 0
    left: int = 0


_KEYS = select(t.rooms.c.id, t.rooms.c.wrapped_key).where(t.rooms.c.wrapped_key.is_not(None))
_REASONS = select(t.items.c.id, t.items.c.sealed_reason).where(t.items.c.sealed_reason.is_not(None))
_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE usename = CURRENT_USER"
    " AND datname = current_database() AND pid <> pg_backend_pid()"
)

_AFRESH = select(func.pg_stat_clear_snapshot())
_WAIT = select(func.pg_sleep(BETWEEN))
_NO_HURRY = text("SET LOCAL idle_in_transaction_session_timeout = 0")
"""Between two statements a large school's values are sealed, which takes longer than nodes may."""


async def reseal(url: str, change: Change) -> Resealed:
    """Seal anew what the old one sealed.

    Raises:
        AlreadyOpen: Somebody is using the records.
        BadAddress: The PostgreSQL server went away; what it kept is whole.
        BadKey: The old one did not seal them; nothing was changed.
    """
    act = partial(_reseal, change=change)
    if database.is_file(url):
        return await asyncio.to_thread(_in_file, url, act)
    for _ in range(TRIES - 1):
        try:
            return await _at_server(url, act)
        except (AlreadyOpen, server.Undone):
            await asyncio.sleep(PAUSE)
    return await _at_server(url, act)


def _in_file(url: str, act: partial[Resealed]) -> Resealed:
    file = database.file_of(url)
    lock = database.DirectoryLock(file.absolute().parent)
    engine = database.writer(file)
    try:
        with engine.connect() as conn, conn.begin():
            done = act(conn)
        with engine.connect() as conn:
            database.checkpoint(conn, "TRUNCATE")  # nor may the log keep what the old key opens
    finally:
        engine.dispose()
        lock.close()
    return done


async def _at_server(url: str, act: partial[Resealed]) -> Resealed:
    engine = server.writer(url)
    try:
        return await server.transaction(engine, PATIENCE, _alone, act)
    except server.Gone as gone:
        raise BadAddress(f"database: {gone}; the next start finds which key is in force") from None
    finally:
        await engine.dispose()


def _alone(conn: Connection, act: partial[Resealed]) -> Resealed:
    """Do it unless others are connected; whoever comes later waits (`sealed_with.settled`)."""
    conn.execute(_NO_HURRY)
    locks.take(conn, locks.ROTATING)
    for _ in range(LOOKS):
        conn.execute(_AFRESH)
        if others := conn.scalar(_OTHERS):
            raise AlreadyOpen(
                f"{others} connections are open as this school: stop its nodes and its auditor"
                " first"
            )
        conn.execute(_WAIT)
    return act(conn)


def _reseal(conn: Connection, change: Change) -> Resealed:
    old, new = change.old, change.new
    if not sealed_with.is_key(conn, change.school, old):
        raise BadKey("somebody else gave these records a new key meanwhile: get that one first")
    change.ready()
    rooms = {room: _if_whole(new.wrap_anew, wrapped, old) for room, wrapped in conn.execute(_KEYS)}
    _set(conn, t.rooms.c.id, t.rooms.c.wrapped_key, rooms)
    sealed, acts = [*rooms.values()], dict[bytes, bytes | None]()
    for one in FIELDS:
        rows = conn.execute(one.there).all()
        fresh = [_if_whole(new.seal_anew, value, old, one.about.format(key)) for key, value in rows]
        _set(conn, one.key, one.sealed, dict(zip((row[0] for row in rows), fresh, strict=True)))
        sealed += fresh
        if one.sealed is d.item_acts.c.sealed:
            acts = dict(zip((row[1] for row in rows), fresh, strict=True))
    reasons = {item: acts.get(value) for item, value in conn.execute(_REASONS)}
    _set(conn, t.items.c.id, t.items.c.sealed_reason, reasons)
    audit.append(conn, [Entry(change.now, audit.CONSOLE, ROTATED, "records")])
    return Resealed(len(rooms), len(sealed) - len(rooms), sealed.count(None))


def _if_whole(seal: Callable[..., bytes], *of: object) -> bytes | None:
    """The value sealed anew; None for one that was damaged, which stays as it is."""
    try:
        return seal(*of)
    except Tampered:
        return None


def _set(
    conn: Connection, key: Column[str], sealed: Column[Any], values: Mapping[str, bytes | None]
) -> None:
    change = sealed.table.update().where(key == bindparam("of"))
    rows = [{"of": of, "fresh": value} for of, value in values.items() if value is not None]
    if rows:
        conn.execute(change.values({sealed.name: bindparam("fresh")}), rows)
