"""What students' connections need of the rest of the server; made by `house/` for `session.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chat.rooms.rooms import Rooms
from chat.settings import School
from chat.students.afterwards import Afterwards
from chat.students.lobby import Lobby
from moderation.people.sessions import Sessions
from moderation.records.store import Store

if TYPE_CHECKING:
    from chat.students.session import StudentSession

HELLO_WITHIN = 5.0
"""Seconds a connection may stay silent before it says who it is."""


@dataclass(frozen=True, slots=True)
class StudentNeeds:
    """What every student's connection shares; `here` has the open pages, by pseudonym."""

    sessions: Sessions
    rooms: Rooms
    lobby: Lobby
    store: Store
    afterwards: Afterwards
    school: School
    clock: Callable[[], float]
    chat_open: Callable[[], bool]
    longest_wait: float
    reachable: Callable[[], bool]
    here: dict[str, StudentSession]
    max_connections: int
    hello_within: float = HELLO_WITHIN
    help_minutes: Callable[[], int | None] = lambda: None
