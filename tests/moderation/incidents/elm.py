"""A school called Elm, for tests of what leaves it: four of the staff, and a case of a student."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from moderation.incidents.exports import CaseFile, Exports, WordsFile
from moderation.people.sessions import StaffMember
from tests.moderation.night import World, night

_ROLES = {
    "Lee": "safeguarding_lead",
    "Lou": "safeguarding_lead",
    "Sue": "senior_leader",
    "Dana": "counsellor",
}


@dataclass
class Elm:
    """The case is of Quiet Otter, in seat 0 of the room; a test moves the clock."""

    world: World
    exports: Exports
    staff: dict[str, StaffMember]
    room: str
    case: str


def as_it_is(file: CaseFile | WordsFile) -> CaseFile | WordsFile:
    """What a document would be made of, for `Exports.hand`."""
    return file


@asynccontextmanager
async def elm(tmp_path: Path, url: str) -> AsyncIterator[Elm]:
    """That school over the database at that address, or over a file where there is none."""
    async with night(tmp_path, url) as world:
        staff = {
            name: cast("StaffMember", await world.adult(name, role))
            for name, role in _ROLES.items()
        }
        room = await world.room()
        yield Elm(world, Exports(world.records), staff, room, await world.say(room))
