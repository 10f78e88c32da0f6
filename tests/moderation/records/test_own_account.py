from __future__ import annotations

from sqlalchemy import Connection, select

from moderation.ids import new_id
from moderation.records import own_account, people
from moderation.records import tables as t
from moderation.records.own_account import ConsoleKeys, NewBrowser
from moderation.records.people import NewStaff
from moderation.records.store import Store
from tests.moderation.records.sample import ONLY_SQLITE


async def _hire(store: Store) -> str:
    row = NewStaff(new_id(), "elm", new_id(), "Mo", "moderator", "hash")
    return await store.write(people.add_staff, row)


async def test_keys_are_kept_for_each_account(store: Store) -> None:
    """What one changed is theirs, the newest counts, and a colleague has their own."""
    mo, bea = await _hire(store), await _hire(store)
    for kept in ('{"single":false}', '{"single":true}'):
        await store.write(own_account.keep_keys, ConsoleKeys(mo, kept))
    assert await store.read(own_account.console_keys, mo) == '{"single":true}'
    assert await store.read(own_account.console_keys, bea) is None


async def test_a_new_browser_is_written_down_until_that_one_is_answered_for(store: Store) -> None:
    """An answer for an older sign-in leaves the newer one standing; the log keeps both."""
    mo = await _hire(store)
    for at in (5, 9):
        await store.write(own_account.came_in, NewBrowser(mo, at))
    standing = select(t.staff.c.new_browser_at).where(t.staff.c.id == mo)
    await store.write(own_account.answered, NewBrowser(mo, 5))
    assert await store.read(lambda conn: conn.scalar(standing)) == 9
    await store.write(own_account.answered, NewBrowser(mo, 9))
    assert await store.read(lambda conn: conn.scalar(standing)) is None
    told = select(t.audit.c.at).where(t.audit.c.act == "new_browser", t.audit.c.who == mo)
    assert await store.read(lambda conn: list(conn.scalars(told.order_by(t.audit.c.at)))) == [5, 9]


@ONLY_SQLITE
async def test_a_new_browser_is_looked_up_without_reading_the_audit_log(store: Store) -> None:
    """The log grows for good, so whether this is somebody's first is answered from an index."""

    def plan(conn: Connection) -> list[str]:
        query = own_account._BEFORE.compile(dialect=conn.dialect)
        return [row[3] for row in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", ("mo", 1, 0))]

    (only,) = await store.read(plan)
    assert "ix_audit_new_browser" in only
