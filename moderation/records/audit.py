"""The audit log: every look and every act, each entry chained to the one before.

`append` is an operation for `Store.write` and may be called inside another operation, so that an
act and its entry are one transaction; the others are queries for `Store.read`. An entry's hash is
SHA-256 over a zero byte, the hash before and the entry as canonical JSON, so a changed, removed or
inserted entry breaks the chain. A cut tail leaves a shorter chain that is whole: it shows only
against a `head` that was written down elsewhere.

Its front can be cut off when it is old enough. What stays then follows a checkpoint: number and
hash of the last entry that went. The log says in an entry of its own which checkpoint that is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, select

from moderation.records import locks
from moderation.records import tables as t

CONSOLE = "console"
"""Who stands in the log for whoever has the machine."""
DUTY = "duty"
"""Who stands in it where an incident lapsed, or was told anew by what was said."""
DRILLS = "drills"
"""Who stands in it where a drill began, or ended, by itself."""
HOUSE = "house"
"""Who stands in it where the time for a reveal was over."""
PURGER = "purge"
"""Who stands in it for what was purged because its time was over."""
CUT = "purged_log"
"""The act of the entry that names the newest checkpoint."""
MOST = 10_000
"""Entries that are cut off at once."""

_START = bytes(32)


@dataclass(frozen=True, slots=True)
class Entry:
    """Who did what to what, at a time in Unix milliseconds; ids and words of the glossary only."""

    at: int
    who: str
    act: str
    about: str


_LAST = select(t.audit.c.n, t.audit.c.hash).order_by(t.audit.c.n.desc()).limit(1)
_ALL = select(
    t.audit.c.n, t.audit.c.at, t.audit.c.who, t.audit.c.act, t.audit.c.about, t.audit.c.hash
).order_by(t.audit.c.n)


_CHECKPOINT = (
    select(t.checkpoints.c.n, t.checkpoints.c.hash).order_by(t.checkpoints.c.n.desc()).limit(1)
)
_YOUNG = (
    select(t.audit.c.n).where(t.audit.c.at >= bindparam("before")).order_by(t.audit.c.n).limit(1)
)
_CUTS = select(t.audit.c.about).where(t.audit.c.act == CUT).order_by(t.audit.c.n.desc()).limit(1)


def append(conn: Connection, rows: Sequence[Entry]) -> list[int]:
    """Add entries to the chain; answers the number of each."""
    locks.audit(conn)
    last, before = head(conn)
    numbers = range(last + 1, last + 1 + len(rows))
    chained = []
    for n, row in zip(numbers, rows, strict=True):
        before = _link(before, n, row)
        values = {"n": n, "at": row.at, "who": row.who, "act": row.act, "about": row.about}
        chained.append({**values, "hash": before})
    conn.execute(t.audit.insert(), chained)
    return list(numbers)


def head(conn: Connection) -> tuple[int, bytes]:
    """Number and hash of the last entry: what to write down elsewhere; (0, zeros) when empty."""
    last = conn.execute(_LAST).first()
    return (0, _START) if last is None else (last.n, last.hash)


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """An entry as it is read: people by their names, everything else as it was written."""

    n: int
    at: int
    who: str
    act: str
    about: str


_person, _subject = t.staff.alias(), t.staff.alias()
_SHOWN = (
    select(
        t.audit.c.n,
        t.audit.c.at,
        func.coalesce(_person.c.name, t.audit.c.who).label("who"),
        t.audit.c.act,
        func.coalesce(_subject.c.name, t.audit.c.about).label("about"),
    )
    .outerjoin_from(t.audit, _person, _person.c.id == t.audit.c.who)
    .outerjoin(_subject, _subject.c.id == t.audit.c.about)
    .order_by(t.audit.c.n.desc())
)


def newest(conn: Connection, before: int | None, most: int) -> list[ShownEntry]:
    """At most so many entries, newest first; those before entry `before`, where that is given."""
    asked = _SHOWN.limit(most)
    if before is not None:
        asked = asked.where(t.audit.c.n < before)
    return [ShownEntry(*row) for row in conn.execute(asked)]


def since(conn: Connection, at: int) -> list[ShownEntry]:
    """Every entry from that moment on (Unix milliseconds), newest first."""
    return [ShownEntry(*row) for row in conn.execute(_SHOWN.where(t.audit.c.at >= at))]


def about(conn: Connection, what: str) -> list[ShownEntry]:
    """Every entry about that, oldest first; walks over the whole log."""
    asked = _SHOWN.where(t.audit.c.about == what).order_by(None).order_by(t.audit.c.n)
    return [ShownEntry(*row) for row in conn.execute(asked)]


def cut(conn: Connection, before: int, now: int) -> int:
    """Remove entries from the front that are older than `before`; answers how many, `MOST` at most.

    What stays still verifies. Nothing behind the first entry that is younger is removed.
    """
    locks.audit(conn)
    start, _ = _start(conn)
    young = conn.scalar(_YOUNG, {"before": before})
    last = min(head(conn)[0] if young is None else young - 1, start + MOST)
    if last <= start:
        return 0
    digest = conn.scalar(select(t.audit.c.hash).where(t.audit.c.n == last))
    assert digest is not None
    conn.execute(t.checkpoints.insert(), {"n": last, "hash": digest})
    append(conn, [Entry(now, PURGER, CUT, _named(last, digest))])
    conn.execute(t.audit.delete().where(t.audit.c.n <= last))
    return last - start


def verify(conn: Connection) -> int | None:
    """The number of the first entry that does not follow from those before, or None.

    The checkpoint that the first one follows must be the one the log itself names.
    """
    start, before = _start(conn)
    if start and conn.scalar(_CUTS) != _named(start, before):
        return start
    for expected, row in enumerate(conn.execute(_ALL), start + 1):
        before = _link(before, expected, Entry(row.at, row.who, row.act, row.about))
        if row.n != expected or row.hash != before:
            return expected
    return None


def follows(conn: Connection, n: int, known: bytes, most: int) -> tuple[bool, int, bytes]:
    """Whether the chain still holds entry `n` with the hash that was `known`, and goes on from it.

    Answers that, and number and hash of the last entry that was followed, at most `most` further
    on. (0, b"") means the beginning. Changes no lock, so that it can be asked while reading.
    """
    start, first = _start(conn)
    n, before = (n, known) if n else (start, first)
    kept = conn.scalar(select(t.audit.c.hash).where(t.audit.c.n == n))
    if kept != before and (n, before) != (start, first):
        return False, n, known
    for row in conn.execute(_ALL.where(t.audit.c.n > n).limit(most)):
        link = _link(before, n + 1, Entry(row.at, row.who, row.act, row.about))
        if (row.n, row.hash) != (n + 1, link):
            return False, n, before
        n, before = row.n, row.hash
    return True, n, before


def _start(conn: Connection) -> tuple[int, bytes]:
    """Number and hash of the last entry that was cut off; (0, zeros) where none was."""
    found = conn.execute(_CHECKPOINT).first()
    return (0, _START) if found is None else (found.n, found.hash)


def _named(n: int, digest: bytes) -> str:
    return f"{n} {digest[:10].hex()}"


def _link(before: bytes, n: int, row: Entry) -> bytes:
    entry = json.dumps([n, row.at, row.who, row.act, row.about], separators=(",", ":"))
    return hashlib.sha256(b"\x00" + before + entry.encode()).digest()
