"""Incidents that are over, as lines of a list."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from moderation.incidents.incidents import LATELY_MS
from moderation.incidents.past import past
from moderation.records.past_incidents import Closed
from tests.moderation.night import World, record

LONDON = ZoneInfo("Europe/London")


def _ms(day: str) -> int:
    return int(datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("follow_up", "noted", "look_again"),
    [
        (None, None, None),
        (None, "2027-01-30", None),
        ("2027-01-20", None, "2027-01-20"),
        ("2027-01-20", "2027-01-19", "2027-01-20"),
        ("2027-01-20", "2027-01-20", None),
        ("2027-01-20", "2027-02-01", None),
    ],
)
def test_P16_somebody_must_look_again_until_a_note_says_so(
    follow_up: str | None, noted: str | None, look_again: str | None
) -> None:
    """A note of that day or later; an earlier one, or none, leaves it to be done."""
    noted_at = _ms(noted) if noted else None
    row = Closed("ABC-2345", "suicide", 1, "spoken_to", "Ada", 2, follow_up, noted_at)
    line = past(row, LONDON)
    assert line.look_again == look_again
    assert (line.kind, line.outcome) == (
        "possible suicide risk",
        "An adult has spoken with the student",
    )


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/New_York"])
def test_P16_the_day_to_look_again_is_that_of_the_school(zone: str) -> None:
    """A note of nine in the morning there is one of that day, whatever day it is in London."""
    row = Closed("ABC-2345", "suicide", 1, "spoken_to", "Ada", 2, "2027-01-20", 0)
    noted = datetime(2027, 1, 20, 9, tzinfo=ZoneInfo(zone)).timestamp() * 1000
    assert past(replace(row, noted_at=int(noted)), ZoneInfo(zone)).look_again is None
    evening = datetime(2027, 1, 19, 22, tzinfo=ZoneInfo(zone)).timestamp() * 1000
    assert past(replace(row, noted_at=int(evening)), ZoneInfo(zone)).look_again == "2027-01-20"


async def test_P16_what_is_closed_is_found_again_for_a_while(world: World) -> None:
    """The newest first; after its time no more, unless somebody is still to look again."""
    ada = await world.adult("Ada")
    codes = []
    for follow_up in (None, "2099-01-20"):
        code = await world.say(await world.room())
        await world.incidents.acknowledge(code, ada)
        ended = record("It was alright.")
        ended = type(ended)(ended.seen, ended.done, ended.told, ended.why, follow_up)
        await world.incidents.resolve(code, ada, "spoken_to", ended)
        await world.wait(60)
        codes.append(code)
    open_one = await world.say(await world.room())
    found = await world.incidents.past("school")
    assert [line.code for line in found] == codes[::-1]
    assert open_one not in repr(found)
    assert "alright" not in repr(found)
    assert await world.incidents.past("another") == []
    world.clock.wall += LATELY_MS / 1000
    assert [line.code for line in await world.incidents.past("school")] == codes[1:]
