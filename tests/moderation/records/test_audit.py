from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine, func, select

from moderation.records import tables as t
from moderation.records.audit import CUT, Entry, append, cut, follows, head, verify
from moderation.records.store import Store

_WORDS = st.text("abcdefghij\u00e9\"',[]", min_size=1, max_size=20)
_ENTRIES = st.builds(Entry, at=st.integers(0, 2**45), who=_WORDS, act=_WORDS, about=_WORDS)


@contextmanager
def chained(entries: Sequence[Entry], per_call: int = 3) -> Iterator[Connection]:
    """A fresh table in memory holding those entries."""
    engine = create_engine("sqlite://")
    with engine.connect() as conn:
        t.audit.create(conn)
        t.checkpoints.create(conn)
        for start in range(0, len(entries), per_call):
            append(conn, entries[start : start + per_call])
        yield conn
    engine.dispose()


async def test_entries_are_numbered_and_the_chain_holds(store: Store) -> None:
    """Entries get the numbers 1, 2, 3 and a whole chain verifies, the empty one too."""
    assert await store.read(verify) is None
    numbers = [await store.write(append, Entry(n, "ann", "look", "item")) for n in range(3)]
    assert numbers == [1, 2, 3]
    assert await store.read(verify) is None
    assert (await store.read(head))[0] == 3


@settings(deadline=None, max_examples=25)
@given(entries=st.lists(_ENTRIES, min_size=1, max_size=8), data=st.data())
def test_K12_any_change_is_found(entries: list[Entry], data: st.DataObject) -> None:
    """Changing any field of any entry is found at that entry."""
    with chained(entries) as conn:
        n = data.draw(st.integers(1, len(entries)))
        column = data.draw(st.sampled_from(["at", "who", "act", "about", "hash"]))
        old = conn.scalar(select(t.audit.c[column]).where(t.audit.c.n == n))
        new = {"at": -1, "hash": bytes(32)}.get(column, f"{old}x")
        conn.execute(t.audit.update().where(t.audit.c.n == n).values({column: new}))
        assert verify(conn) == n


@settings(deadline=None, max_examples=40)
@given(entries=st.lists(_ENTRIES, min_size=2, max_size=8), data=st.data())
def test_K12_a_removed_entry_is_found(entries: list[Entry], data: st.DataObject) -> None:
    """Removing an entry is found where it stood; cutting the tail shows against a noted head."""
    with chained(entries) as conn:
        noted = head(conn)
        n = data.draw(st.integers(1, len(entries)))
        conn.execute(t.audit.delete().where(t.audit.c.n == n))
        if n < len(entries):
            assert verify(conn) == n
        else:
            assert head(conn) != noted


@settings(deadline=None, max_examples=40)
@given(entries=st.lists(_ENTRIES, min_size=2, max_size=8, unique=True), data=st.data())
def test_K12_swapped_entries_are_found(entries: list[Entry], data: st.DataObject) -> None:
    """Two entries that changed places are found at the first of them."""
    first = data.draw(st.integers(1, len(entries) - 1))
    second = data.draw(st.integers(first + 1, len(entries)))
    with chained(entries) as conn:
        for old, new in ((first, -1), (second, first), (-1, second)):
            conn.execute(t.audit.update().where(t.audit.c.n == old).values(n=new))
        assert verify(conn) == first


def test_fields_cannot_flow_into_one_another() -> None:
    """Entries whose fields run together to the same words have different hashes."""
    hashes = set()
    for entry in (Entry(1, "ab", "c", "d"), Entry(1, "a", "bc", "d"), Entry(1, "a", "b", "cd")):
        with chained([entry]) as conn:
            hashes.add(head(conn)[1])
    assert len(hashes) == 3


def _cut_at(conn: Connection, n: int, now: int = 2**46) -> int:
    """Cut off every entry before the one with that number."""
    at = conn.scalar(select(t.audit.c.at).where(t.audit.c.n == n))
    assert at is not None
    return cut(conn, at, now)


_AGEING = st.lists(_ENTRIES, min_size=2, max_size=9).map(
    lambda entries: [replace(entry, at=n * 10) for n, entry in enumerate(entries)]
)


@settings(deadline=None, max_examples=25)
@given(entries=_AGEING, data=st.data())
def test_K12_the_rest_verifies_however_often_the_front_was_cut(
    entries: list[Entry], data: st.DataObject
) -> None:
    """After any cuts the chain holds and goes on, for an auditor who knew its end too."""
    with chained(entries) as conn:
        for now in range(1_000, 1_000 + 10 * data.draw(st.integers(1, 3)), 10):
            first = conn.scalar(select(func.min(t.audit.c.n))) or 1
            last, known = head(conn)
            kept = data.draw(st.integers(first, last))
            assert _cut_at(conn, kept, now) == kept - first
            assert verify(conn) is None
            assert follows(conn, last, known, 9)[0]
            assert follows(conn, 0, b"", 99) == (True, *head(conn))
            append(conn, [Entry(now + 1, "ann", "look", "item")])
        assert verify(conn) is None


@settings(deadline=None, max_examples=25)
@given(entries=_AGEING, data=st.data())
def test_K12_after_a_cut_any_change_is_still_found(
    entries: list[Entry], data: st.DataObject
) -> None:
    """Entries that stayed, the checkpoint, or a cut nobody wrote down: each is found."""
    with chained(entries) as conn:
        _cut_at(conn, data.draw(st.integers(2, len(entries))))
        numbers = list(conn.scalars(select(t.audit.c.n)))
        start = numbers[0] - 1
        assert verify(conn) is None
        harm = data.draw(st.sampled_from(["entry", "hash", "front", "forged"]))
        n = data.draw(st.sampled_from(numbers[:-1] or numbers))
        if harm == "entry":
            conn.execute(t.audit.update().where(t.audit.c.n == n).values(at=-1))
            assert verify(conn) == n
        elif harm == "hash":
            conn.execute(t.checkpoints.update().values(hash=bytes(32)))
            assert verify(conn) == start
        elif harm == "front":
            conn.execute(t.audit.delete().where(t.audit.c.n <= n))
            assert verify(conn) in (numbers[0], start)
        else:
            digest = conn.scalar(select(t.audit.c.hash).where(t.audit.c.n == n))
            conn.execute(t.checkpoints.insert(), {"n": n, "hash": digest})
            conn.execute(t.audit.delete().where(t.audit.c.n <= n))
            assert verify(conn) == n


async def test_a_log_that_is_all_old_keeps_the_word_that_it_was_cut(store: Store) -> None:
    """Of a log in which nothing is young there stays the entry that says what it followed."""
    for n in range(3):
        await store.write(append, Entry(n, "ann", "look", "item"))

    def old(conn: Connection, rows: Sequence[int]) -> list[int]:
        return [cut(conn, row, row) for row in rows]

    assert await store.write(old, 10) == 3
    acts = await store.read(lambda conn: conn.scalars(select(t.audit.c.act)).all())
    assert list(acts) == [CUT]
    assert await store.read(verify) is None
    assert (await store.read(head))[0] == 4
    assert await store.write(old, 10) == 0
