from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, func, select

from moderation.records import database
from moderation.records import store as store_module
from moderation.records import tables as t
from moderation.records.store import NotKept, Store, StoreUnavailable
from tests.moderation.records.operations import Refused, everybody, keep, submit_all
from tests.moderation.records.sample import ONLY_SQLITE, add_students

_ROWS = st.lists(
    st.tuples(
        st.booleans(),
        st.one_of(
            st.uuids().map(lambda u: f"ok{u.hex[:18]}"),
            st.uuids().map(lambda u: f"refuse{u.hex[:12]}"),
            st.uuids().map(lambda u: f"fail{u.hex[:12]}"),
        ),
    ),
    max_size=12,
    unique_by=lambda row: row[1],
)


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(batches=st.lists(_ROWS, min_size=1, max_size=3))
async def test_every_row_is_answered_exactly_once(
    batches: list[list[tuple[bool, str]]],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Each submitted row gets one answer: kept, refused or failed; order within an op holds."""
    file = tmp_path_factory.mktemp("batches") / "records.db"
    store = await Store.open(f"sqlite:///{file}")
    try:
        for batch in batches:
            seen = await store.read(everybody)
            fresh = [(op, row) for op, row in batch if row not in seen]
            answers = await submit_all(store, fresh)
            assert sorted(row for row, _ in answers) == sorted(row for _, row in fresh)
            for row, answer in answers:
                if row.startswith("ok"):
                    assert answer == row
                else:
                    expected = Refused if row.startswith("refuse") else NotKept
                    assert isinstance(answer, expected)
            kept = (await store.read(everybody))[len(seen) :]
            for which in (False, True):
                mine = [row for op, row in fresh if op is which and row.startswith("ok")]
                assert [row for row in kept if row in mine] == mine
    finally:
        await store.close()


async def test_rows_of_one_tick_share_one_call_and_one_commit(store: Store) -> None:
    """Rows submitted together reach their operation in one call, in the order submitted."""
    calls: list[list[str]] = []

    def note(conn: Connection, rows: Sequence[str]) -> list[str | Exception]:
        calls.append(list(rows))
        return keep(conn, rows)

    await asyncio.gather(*(store.write(note, f"s{n}") for n in range(20)))
    assert calls == [[f"s{n}" for n in range(20)]]


@ONLY_SQLITE
async def test_an_answer_comes_only_after_the_commit(store: Store, store_url: str) -> None:
    """When a row is answered, another connection to the database sees it already."""
    seen: list[int] = []
    finished = asyncio.Event()
    other = database.readers(database.file_of(store_url))

    def done(_answer: object) -> None:
        with other.connect() as conn:
            seen.append(conn.scalar(select(func.count()).select_from(t.students)) or 0)
        finished.set()

    store.submit(keep, "ann", done)
    await finished.wait()
    other.dispose()
    assert seen == [1]


async def test_write_raises_what_the_operation_answered(store: Store) -> None:
    """An exception answered for a row is raised to whoever wrote that row."""
    good = store.write(keep, "ann")
    with pytest.raises(Refused):
        await store.write(keep, "refuse")
    assert await good == "ann"


async def test_a_failure_tells_only_its_kind(store: Store) -> None:
    """What a row held stands in no exception, for it may be a child's words."""
    await store.write(add_students, "secret-words")
    with pytest.raises(NotKept) as caught:
        await store.write(add_students, "secret-words")
    assert "secret" not in repr(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


async def test_a_failing_listener_does_not_silence_the_next(store: Store) -> None:
    """An error in one row's listener is reported, and the other rows still get their answers."""
    reported: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, what: reported.append(what))

    def fail(_answer: object) -> None:
        raise RuntimeError("a listener's own fault")

    store.submit(keep, "ann", fail)
    assert await store.write(keep, "bob") == "bob"
    assert len(reported) == 1


async def test_too_many_waiting_rows_are_refused_at_once(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond the bound a row is answered unavailable, and those before it are kept."""
    monkeypatch.setattr(store_module, "MAX_WAITING", 3)
    answers = await submit_all(store, [(False, f"s{n}") for n in range(5)])
    refused = [row for row, answer in answers if isinstance(answer, StoreUnavailable)]
    assert refused == ["s3", "s4"]
    assert await store.read(everybody) == ["s0", "s1", "s2"]


async def test_a_look_sees_everything_that_was_answered(store: Store) -> None:
    """What was kept is found by a look that is asked after the answer, alone or beside others."""
    for n in range(3):
        await store.write(keep, f"s{n}")
        found = await asyncio.gather(*(store.look(everybody) for _ in range(n + 1)))
        assert found == [[f"s{m}" for m in range(n + 1)]] * (n + 1)


async def test_a_look_that_fails_is_a_failure_of_its_own(store: Store) -> None:
    """Those asked in the same turn are answered, and whoever gave up is not in the way."""

    def wrong(_conn: Connection) -> None:
        raise ZeroDivisionError

    await store.write(keep, "ann")
    given_up = asyncio.ensure_future(store.look(everybody))
    asking = asyncio.gather(
        store.look(everybody), store.look(wrong), store.look(everybody), return_exceptions=True
    )
    await asyncio.sleep(0)
    given_up.cancel()
    one, failed, other = await asking
    assert one == other == ["ann"]
    assert isinstance(failed, ZeroDivisionError)


async def test_a_look_is_answered_before_the_store_closes(store_url: str) -> None:
    """Whoever asked in the moment before hears what there is; after it nobody does."""
    store = await Store.open(store_url)
    await store.write(keep, "ann")
    asked = asyncio.ensure_future(store.look(everybody))
    await asyncio.sleep(0)
    await store.close()
    assert await asked == ["ann"]
    with pytest.raises(StoreUnavailable):
        await store.look(everybody)


async def test_closing_finishes_what_was_submitted(store_url: str) -> None:
    """Rows handed in before the close are kept; later ones are answered unavailable."""
    store = await Store.open(store_url)
    writes = [asyncio.ensure_future(store.write(keep, f"s{n}")) for n in range(5)]
    await asyncio.sleep(0)
    await store.close()
    assert await asyncio.gather(*writes) == [f"s{n}" for n in range(5)]
    with pytest.raises(StoreUnavailable):
        await store.write(keep, "late")
    with pytest.raises(StoreUnavailable):
        await store.read(everybody)
    again = await Store.open(store_url)
    assert await again.read(everybody) == [f"s{n}" for n in range(5)]
    await again.close()
