"""What every part of a running server is built from."""

from __future__ import annotations

from dataclasses import dataclass

from chat.settings import Settings
from moderation.people.people import People
from moderation.records.of_school import SchoolRecords


@dataclass(frozen=True, slots=True)
class Ground:
    """The settings, the records of the school with the time, and who may come in."""

    settings: Settings
    records: SchoolRecords
    people: People
