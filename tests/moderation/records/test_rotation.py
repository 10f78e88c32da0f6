from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from random import Random
from typing import Any

import asyncpg
import pytest
from sqlalchemy import Connection, Engine, LargeBinary, event, select, update

from moderation.records import desk_tables as d
from moderation.records import server
from moderation.records import tables as t
from moderation.records.audit import verify
from moderation.records.database import AlreadyOpen
from moderation.records.rotation import Change, reseal
from moderation.records.sealed_with import FIELDS, ROTATED, is_key, since
from moderation.records.store import Store
from moderation.records.vault import Tampered, Vault, successor
from tests.moderation.records import schools
from tests.moderation.records.sample import SCHOOL
from tests.moderation.records.strangers import fill, our_tables
from tests.moderation.records.test_purge_cases import do

KEY = bytes(range(32))
OLD = Vault(KEY)
NEVER = {"identities.sealed", "halves.sealed", "messages.sealed", "messages.sealed_shown"}
"""Sealed for custodians, or under the key of a room: the master key does not open them."""
HURRY = "300"
"""Milliseconds after which the server gives up a transaction that does nothing."""
APART = {"rooms.wrapped_key", "items.sealed_reason"}


def test_every_sealed_column_is_sealed_anew() -> None:
    """A column that is added tomorrow is not forgotten when the key is changed."""
    sealed = {
        f"{table.name}.{column.name}"
        for table in our_tables()
        for column in table.columns
        if isinstance(column.type, LargeBinary) and column.name.startswith(("sealed", "wrapped"))
    }
    assert sealed - NEVER - APART == {
        f"{one.sealed.table.name}.{one.sealed.name}" for one in FIELDS
    }


def seal_all(conn: Connection) -> None:
    """Seal every field there is under the old key."""
    for one in FIELDS:
        for key in conn.scalars(select(one.key)).all():
            about = one.about.format(key)
            sealed = OLD.seal_field(f"words about {about}", about)
            row = one.sealed.table.update().where(one.key == key)
            conn.execute(row.values({one.sealed.name: sealed}))
    for room in conn.scalars(select(t.rooms.c.id)).all():
        wrapped = OLD.new_room()[1]
        conn.execute(update(t.rooms).where(t.rooms.c.id == room).values(wrapped_key=wrapped))
    conn.execute(update(t.items).values(sealed_reason=None))
    act = conn.execute(select(d.item_acts.c.item, d.item_acts.c.sealed).limit(1)).one()
    conn.execute(update(t.items).where(t.items.c.id == act.item).values(sealed_reason=act.sealed))


def opened_by(conn: Connection, vault: Vault) -> list[str]:
    """Every text that is sealed, and what a message under each room's key comes to."""
    found = []
    for one in FIELDS:
        for key, sealed in conn.execute(one.there):
            found.append(str(vault.open_field(sealed, one.about.format(key))))
    keys = select(t.rooms.c.wrapped_key).where(t.rooms.c.wrapped_key.is_not(None))
    for wrapped in conn.scalars(keys):
        vault.room(wrapped)
    reasons = select(d.item_acts.c.id, t.items.c.sealed_reason).join(
        d.item_acts, d.item_acts.c.sealed == t.items.c.sealed_reason
    )
    found += [str(vault.open_field(sealed, act)) for act, sealed in conn.execute(reasons)]
    return found


def fill_all(conn: Connection) -> None:
    """A few rows in every table."""
    fill(conn, SCHOOL, Random(4))


async def prepared(url: str) -> str:
    """That database with everything in it sealed; answers its address."""
    if url.startswith("sqlite"):
        store = await Store.open(url)
        await store.write(do(fill_all), "")
        await store.write(do(seal_all), "")
        await store.close()
        return url
    await asyncio.to_thread(schools.at, url, fill_all)
    await asyncio.to_thread(schools.at, url, seal_all, schools.ALL)
    return url


def to(new: Vault, at: int = 5) -> Change:
    """A change from the old key to that one, whose file is none of this test's."""
    return Change(SCHOOL, OLD, new, at, lambda: None)


async def read(url: str, vault: Vault) -> list[str]:
    """Everything that is sealed there."""
    store = await Store.open(url)
    try:
        assert await store.read(verify) is None
        return sorted(await store.read(opened_by, vault))
    finally:
        await store.close()


async def test_every_text_reads_as_before_under_the_new_key_alone(store_url: str) -> None:
    """Addresses, notes, records, reasons, rules, room keys: all of them, and none by the old."""
    url = await prepared(store_url)
    before = await read(url, OLD)
    new = Vault(successor(KEY))
    done = await reseal(url, to(new))
    assert (done.left, done.fields) == (0, len(before) - 1)  # a reason repeats that of an act
    assert await read(url, new) == before
    with pytest.raises(Tampered):
        await read(url, OLD)


async def test_which_key_it_is_shows_on_whatever_is_left(store_url: str) -> None:
    """One sealed value of any kind tells the right key from the one before."""
    url, new = await prepared(store_url), Vault(successor(KEY))
    await reseal(url, to(new))
    store = await Store.open(url)
    assert await store.read(is_key, SCHOOL, new)
    assert not await store.read(is_key, SCHOOL, OLD)
    await store.close()


async def test_what_was_damaged_is_counted_and_left(sqlite_url: str) -> None:
    """A value that opens with no key keeps nobody from a new one."""
    url, new = await prepared(sqlite_url), Vault(successor(KEY))
    store = await Store.open(url)
    damaged = update(t.outcomes).values(sealed=b"damaged")
    await store.write(do(lambda conn: conn.execute(damaged)), "")
    outcomes = await store.read(lambda conn: len(conn.scalars(select(t.outcomes.c.sealed)).all()))
    await store.close()
    done = await reseal(url, to(new))
    assert done.left == outcomes > 0


async def test_nobody_changes_keys_under_a_node(store_url: str) -> None:
    """While anything is connected to the records, nothing is changed."""
    url = await prepared(store_url)
    node = await Store.open(url)
    await node.read(is_key, SCHOOL, OLD)
    with pytest.raises(AlreadyOpen):
        await reseal(url, to(Vault(successor(KEY))))
    assert await node.read(opened_by, OLD)
    await node.close()


async def test_the_log_says_when_the_key_began(store_url: str) -> None:
    """The age of a key counts from its making, or from the first entry there is."""
    url, new = await prepared(store_url), Vault(successor(KEY))
    store = await Store.open(url)
    first = await store.read(since)
    await store.close()
    await reseal(url, to(new, at=2_000_000_000_000))
    store = await Store.open(url)
    assert await store.read(since) == 2_000_000_000_000 != first
    acts = await store.read(lambda conn: conn.scalars(select(t.audit.c.act)).all())
    assert ROTATED in acts
    await store.close()


async def test_a_node_that_has_just_lost_its_connections_is_still_a_node(
    postgres_url: str,
) -> None:
    """It comes back within a second, and would seal under the old key: nothing is changed."""
    url = await prepared(postgres_url)
    node = await Store.open(url)
    await node.read(is_key, SCHOOL, OLD)
    ours = "pid <> pg_backend_pid() AND usename = CURRENT_USER"
    ended = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {ours}"
    await asyncio.to_thread(schools.at, url, lambda conn: conn.exec_driver_sql(ended).all())
    nobody_there = asyncio.Event()

    def sees(*said: Any) -> None:
        if "pg_sleep" in said[2]:  # a look has found nobody, and the next one comes in a moment
            nobody_there.set()

    event.listen(Engine, "before_cursor_execute", sees)
    try:
        changing = asyncio.ensure_future(reseal(url, to(Vault(successor(KEY)))))
        await nobody_there.wait()
        await node.read(is_key, SCHOOL, OLD)
        with pytest.raises(AlreadyOpen):
            await changing
    finally:
        event.remove(Engine, "before_cursor_execute", sees)
    assert await node.read(opened_by, OLD)
    await node.close()


async def test_a_large_school_has_its_time_over_postgresql(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long sealing takes between two statements, the server does not give it up."""
    url, new = await prepared(postgres_url), Vault(successor(KEY))
    with monkeypatch.context() as hurry:
        hurry.setitem(server._SETTINGS, "idle_in_transaction_session_timeout", HURRY)
        done = await reseal(url, replace(to(new), ready=partial(outlast_another, url)))
    assert done.fields > 0
    assert await read(url, new)


def outlast_another(url: str) -> None:
    """Do nothing until the server has given up a transaction that began later, for its idleness."""

    async def idle() -> None:
        given_up = asyncio.Event()
        conn = await asyncpg.connect(
            url, ssl=False, server_settings={"idle_in_transaction_session_timeout": HURRY}
        )
        conn.add_termination_listener(lambda _: given_up.set())
        await conn.execute("BEGIN")
        await given_up.wait()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, idle()).result()
