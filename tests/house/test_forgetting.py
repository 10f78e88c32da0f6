from __future__ import annotations

from pathlib import Path

import msgspec
from sqlalchemy import Connection, update

import house
from chat.settings import Keep, Settings
from house.forgetting import forget, times_of
from moderation.records import rooms
from moderation.records import tables as t
from moderation.records.purge import Times
from tests.moderation.records.sample import open_room
from tests.moderation.records.test_purge_cases import do, key_of

HOUR = 3_600


def test_every_setting_of_how_long_counts() -> None:
    """Each time that can be set is the one that is purged by, and the defaults are the same."""
    assert times_of(Keep()) == Times()
    other = Keep(
        rooms_hours=1, case_words_days=2, cases_days=33, verdicts_days=7, drills_days=35,
        audit_days=400,
    )  # fmt: skip
    assert times_of(other) == Times(1, 2, 33, 7, 35, 400)


async def test_what_is_due_goes_by_the_settings_and_the_clock(tmp_path: Path) -> None:
    """A server that forgets destroys the keys of rooms that ended so many hours ago."""
    settings = msgspec.structs.replace(Settings(), keep=Keep(rooms_hours=2))
    settings = msgspec.structs.replace(
        settings, server=msgspec.structs.replace(settings.server, data=str(tmp_path))
    )
    now = [1.0]
    async with house.open_ground(settings, clock=lambda: now[0]) as ground:
        store = ground.records.store
        room = await open_room(store)

        def of_this_school(conn: Connection) -> None:
            conn.execute(update(t.rooms).values(wrapped_key=ground.records.vault.new_room()[1]))

        await store.write(do(of_this_school), "")
        await store.write(rooms.end_rooms, rooms.EndRoom(room, 1_000, "left"))
        for at, kept in ((2 * HOUR, True), (2 * HOUR + 2, False)):
            now[0] = at
            assert not await forget(ground)
            assert (await key_of(store, room) is not None) == kept
