from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine, select

from moderation.records import tables as t
from moderation.records.audit import Entry, append, head, verify
from moderation.records.store import Store

_WORDS = st.text("abcdefghij\u00e9\"',[]", min_size=1, max_size=20)
_ENTRIES = st.builds(Entry, at=st.integers(0, 2**45), who=_WORDS, act=_WORDS, about=_WORDS)


@contextmanager
def chained(entries: Sequence[Entry], per_call: int = 3) -> Iterator[Connection]:
    """A fresh table in memory holding those entries."""
    engine = create_engine("sqlite://")
    with engine.connect() as conn:
        t.audit.create(conn)
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


@settings(deadline=None, max_examples=60)
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
