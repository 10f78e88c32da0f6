"""What was done after a copy was made, and is not undone when that copy is put back."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import Connection, Insert, select, update

from moderation.records import backup, bars, database, people, recusals, rooms, sessions
from moderation.records import desk_tables as d
from moderation.records import paging_tables as p
from moderation.records import tables as t
from moderation.records.incidents import NewIncident, raise_incidents
from moderation.records.leaving import Leave, leave
from moderation.records.store import Store
from tests.moderation.records.sample import SCHOOL, add_staff, add_students, open_room
from tests.moderation.records.test_backup import NOW, room_of
from tests.moderation.records.test_purge_cases import a_case, do, forget


async def a_preserved_case(url: str, copy: Path) -> None:
    """A case that was preserved after that copy was made."""
    store = await Store.open(url)
    await a_case(store)
    backup.back_up(url, copy)
    preserved = update(t.incidents).values(preserved_at=5, preserved_by="lea")
    await store.write(do(lambda conn: conn.execute(preserved)), "")
    await store.close()


async def who_preserved(url: str) -> list[tuple[str | None, int | None]]:
    """By whom and when the cases were preserved that are left after many years."""
    store = await Store.open(url)
    await forget(store, 30_000)
    query = select(t.incidents.c.preserved_by, t.incidents.c.preserved_at)
    kept = await store.read(lambda conn: conn.execute(query).all())
    await store.close()
    return [(by, at) for by, at in kept]


async def test_what_was_preserved_after_a_copy_was_made_stays_so(
    sqlite_url: str, tmp_path: Path
) -> None:
    """A court's case is not purged because yesterday's copy did not know of the court."""
    copy = tmp_path / "copy.db"
    await a_preserved_case(sqlite_url, copy)
    assert backup.restore(sqlite_url, copy, NOW).carried
    assert await who_preserved(sqlite_url) == [("lea", 5)]


async def test_what_was_taken_away_after_a_copy_was_made_does_not_come_back(
    sqlite_url: str, tmp_path: Path
) -> None:
    """A closed account stays closed, an ended card ended, a bar a bar; and two stay apart."""
    copy = tmp_path / "copy.db"
    store = await Store.open(sqlite_url)
    mo, bo = [await add_staff(store, login, "moderator") for login in ("mo", "bo")]
    for student in ("ann", "bob"):
        await store.write(add_students, student)
        await store.write(do(lambda conn, s=student: conn.execute(card_of(s))), "")
    backup.back_up(sqlite_url, copy)
    await store.write(people.disable, people.Disable("mo", 5))
    ended = update(t.cards).where(t.cards.c.student == "ann").values(revoked_at=6)
    await store.write(do(lambda conn: conn.execute(ended)), "")
    await store.write(do(lambda conn: bars.bar(conn, "bob", 7)), "")
    await store.write(add_students, "cat")
    for one, other in (("ann", "bob"), ("ann", "cat")):
        await store.write(rooms.block, rooms.Block(one, other, 8))
    await store.close()
    backup.restore(sqlite_url, copy, NOW)
    again = await Store.open(sqlite_url)

    def found(conn: Connection) -> list[object]:
        queries = [
            select(t.staff.c.id, t.staff.c.disabled_at).order_by(t.staff.c.login),
            select(t.cards.c.student, t.cards.c.revoked_at).order_by(t.cards.c.student),
            select(t.students.c.id, t.students.c.barred_until).order_by(t.students.c.id),
            select(t.blocks.c.one, t.blocks.c.other),
        ]
        return [[tuple(row) for row in conn.execute(query)] for query in queries]

    assert await again.read(found) == [
        [(bo, None), (mo, 5)],
        [("ann", 6), ("bob", None)],
        [("ann", None), ("bob", 7)],
        [("ann", "bob")],
    ]
    await again.close()


async def test_M17_who_stepped_aside_after_a_copy_was_made_is_not_called_again(
    sqlite_url: str, tmp_path: Path
) -> None:
    """They may know the student, or be whom the student speaks of: neither case nor desk is theirs.

    What the copy does not know is left out.
    """
    copy = tmp_path / "copy.db"
    store = await Store.open(sqlite_url)
    lead, room = await add_staff(store, "lea", "safeguarding_lead"), await open_room(store)
    await store.write(raise_incidents, NewIncident("ABC-2345", SCHOOL, room, 0, "suicide", 2))
    backup.back_up(sqlite_url, copy)
    await store.write(raise_incidents, NewIncident("DEF-2345", SCHOOL, room, 1, "suicide", 2))
    for row in (
        p.recusals.insert().values(incident="ABC-2345", staff=lead, at=3),
        p.recusals.insert().values(incident="DEF-2345", staff=lead, at=3),
        d.room_recusals.insert().values(room=room, staff=lead, at=3),
    ):
        await store.write(do(lambda conn, r=row: conn.execute(r)), "")
    await store.close()
    backup.restore(sqlite_url, copy, NOW)
    again = await Store.open(sqlite_url)
    found = await again.read(lambda conn: conn.execute(select(p.recusals)).all())
    assert [tuple(row) for row in found] == [("ABC-2345", lead, 3)]
    assert await again.read(recusals.recused_from, room) == {lead}
    await again.close()


async def test_what_was_over_when_a_copy_was_put_back_is_not_open_again(
    sqlite_url: str, tmp_path: Path
) -> None:
    """Who was barred sits with nobody, a stolen card opens no page, no document leaves twice.

    Nor one that was refused. What was erased is in the copy, and is to be erased again.
    """
    copy = tmp_path / "copy.db"
    store = await Store.open(sqlite_url)
    lead = await add_staff(store, "lea", "safeguarding_lead")
    over, goes_on, still = [await open_room(store) for _ in range(3)]
    await store.write(sessions.open_sessions, sessions.NewSession(b"t" * 32, "student", "ann", 1))
    exports = {"case": None, "words": False, "erased": True, "refused": False, "spared": True}
    for code, erase in exports.items():
        await store.write(do(lambda conn, c=code, e=erase: conn.execute(agreed(c, lead, e))), "")
    backup.back_up(sqlite_url, copy)
    await store.write(raise_incidents, NewIncident("ABC-2345", SCHOOL, goes_on, 1, "suicide", 2))
    for room in (over, goes_on):
        await store.write(leave, Leave(room, 0, 5, "moderator"))
    await store.write(sessions.end_sessions, sessions.EndSession(b"t" * 32, 6))
    ended = t.exports.c.code.in_(("refused", "spared"))
    for done in (
        update(t.exports).where(~ended).values(state="handed", handed_at=7),
        update(t.exports).where(ended).values(state="ended"),
    ):
        await store.write(do(lambda conn, d=done: conn.execute(d)), "")
    await store.close()
    backup.restore(sqlite_url, copy, NOW)
    again = await Store.open(sqlite_url)

    assert (await room_of(again, over)).ended_why == "moderator"
    left = await room_of(again, goes_on)
    assert (left.ended_at, left.left) == (None, {0: "moderator"})
    assert (await room_of(again, still)).left == {}
    assert await again.read(sessions.ended, 0) == [(b"t" * 32, "ann")]
    states = select(t.exports.c.code, t.exports.c.state).order_by(t.exports.c.code)
    found = await again.read(lambda conn: conn.execute(states).all())
    assert [tuple(row) for row in found] == [
        ("case", "handed"),
        ("erased", "agreed"),
        ("refused", "ended"),
        ("spared", "ended"),
        ("words", "handed"),
    ]
    await again.close()


def agreed(code: str, lead: str, erase: bool | None) -> Insert:  # noqa: FBT001 - a column
    """An export that somebody agreed to."""
    about = {"incident": "ABC-2345"} if erase is None else {"student": "ann", "erase": erase}
    row = {"code": code, "school": SCHOOL, "state": "agreed", "sealed_why": b"", "with_peer": False}
    times = {"requested_by": lead, "requested_at": 1, "expires_at": 9}
    return t.exports.insert().values({**row, **times, **about})


async def test_what_a_database_of_an_earlier_version_knew_is_carried_over(
    sqlite_url: str, tmp_path: Path
) -> None:
    """A copy is put back before the newer program has served: bars and preserved cases stay."""
    copy = tmp_path / "copy.db"
    await a_preserved_case(sqlite_url, copy)
    with contextlib.closing(sqlite3.connect(database.file_of(sqlite_url))) as earlier:
        for gone in ("ALTER TABLE seats DROP COLUMN left_at", "DROP TABLE exports"):
            earlier.execute(gone)
        earlier.execute("ALTER TABLE cards DROP COLUMN why")
    assert backup.restore(sqlite_url, copy, NOW).carried
    assert await who_preserved(sqlite_url) == [("lea", 5)]


def card_of(student: str) -> Insert:
    """A card of that student."""
    row = {"lookup": student.encode(), "student": student, "issued_at": 1}
    return t.cards.insert().values(row)


async def test_killed_at_any_step_a_restore_is_done_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After it the old records open, or the copy, or none; and nothing that was preserved is lost.

    The old ones were left by a server that crashed: what was kept last stands in their log alone.
    """
    first = tmp_path / "first"
    first.mkdir()
    url, copy = f"sqlite:///{first / 'records.db'}", tmp_path / "copy.db"
    store = await Store.open(url)
    await a_case(store)
    backup.back_up(url, copy)
    preserved = update(t.incidents).values(preserved_at=5, preserved_by="lea")
    await store.write(do(lambda conn: conn.execute(preserved)), "")
    crashed = tmp_path / "crashed"
    shutil.copytree(first, crashed)
    await store.close()
    assert (crashed / "records.db-wal").stat().st_size > 0
    for last in itertools.count(1):
        data = tmp_path / str(last)
        shutil.copytree(crashed, data)
        url = f"sqlite:///{data / 'records.db'}"
        done = restored(url, copy, last, monkeypatch)
        if (data / "records.db").exists():
            assert await who_preserved(url) == [("lea", 5)]
        assert backup.restore(url, copy, NOW + 1).carried
        assert await who_preserved(url) == [("lea", 5)]
        if done:
            break
    assert last > 5


def restored(url: str, copy: Path, last: int, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Put the copy back, as if killed before the step of that number; whether there is none."""
    count = itertools.count(1)
    rename, unlink, fsync = Path.rename, Path.unlink, os.fsync

    def step() -> None:
        if next(count) == last:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", lambda old, new: (step(), rename(old, new))[1])
        patched.setattr(
            Path, "unlink", lambda file, missing_ok=False: (step(), unlink(file, missing_ok))[1]
        )
        patched.setattr(os, "fsync", lambda file: (step(), fsync(file))[1])
        try:
            backup.restore(url, copy, NOW)
        except KeyboardInterrupt:
            return False
    return True


async def test_what_an_earlier_restore_put_aside_is_not_taken_for_what_is_lost(
    sqlite_url: str, tmp_path: Path
) -> None:
    """It is older than the copy: what was done between the two stays, and what was lost is said."""
    old, new = tmp_path / "old.db", tmp_path / "new.db"
    store = await Store.open(sqlite_url)
    await store.write(add_students, "ann")
    await store.write(do(lambda conn: bars.bar(conn, "ann", 5)), "")
    await store.close()
    backup.back_up(sqlite_url, old)
    assert backup.restore(sqlite_url, old, NOW).aside is not None
    store = await Store.open(sqlite_url)
    await store.write(do(lambda conn: bars.bar(conn, "ann", 9)), "")
    await store.close()
    backup.back_up(sqlite_url, new)
    database.file_of(sqlite_url).unlink()
    assert not backup.restore(sqlite_url, new, NOW + 1).carried
    store = await Store.open(sqlite_url)
    assert await store.read(bars.until, "ann") == 9
    await store.close()


async def test_where_nothing_can_be_read_it_is_not_known_what_was_preserved(
    sqlite_url: str, tmp_path: Path
) -> None:
    """Then somebody must know it: the answer says so."""
    copy = tmp_path / "copy.db"
    await a_preserved_case(sqlite_url, copy)
    database.file_of(sqlite_url).write_bytes(b"damaged")
    assert not backup.restore(sqlite_url, copy, NOW).carried
    assert await who_preserved(sqlite_url) == []
