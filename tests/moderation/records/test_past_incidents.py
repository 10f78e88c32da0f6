from __future__ import annotations

from sqlalchemy import Connection, update

from moderation.records import tables as t
from moderation.records.incidents import raise_incidents
from moderation.records.past_incidents import MOST, closed
from moderation.records.store import Store
from tests.moderation.records.sample import SCHOOL, new_incident
from tests.moderation.records.test_purge_cases import do


async def test_P16_a_day_to_look_again_is_listed_however_much_was_closed_since(
    store: Store,
) -> None:
    """Who promised is held to it, also where more was closed since than the list has room for."""
    for n in range(MOST + 1):
        await store.write(raise_incidents, new_incident(None, f"C-{n}"))

    def close(conn: Connection) -> None:
        for n in range(MOST + 1):
            ended = {"state": "resolved", "resolved_at": n + 1, "outcome": "spoken_to"}
            conn.execute(update(t.incidents).where(t.incidents.c.code == f"C-{n}").values(ended))
        record = {"incident": "C-0", "sealed": b"record", "follow_up": "1970-01-09"}
        conn.execute(t.outcomes.insert(), record)

    await store.write(do(close), "")
    found = await store.read(closed, SCHOOL, 0, "1970-01-01")
    assert len(found) == MOST
    assert "C-0" in [one.code for one in found]
