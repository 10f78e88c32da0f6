"""The other nodes of this school: what they are told, and who is at them.

`Neighbours` is the interface, `live/nodes.py` keeps it over Redis; a single node has none. Nothing
told here is the only copy of anything: a listener that missed it finds it in the records. Words of
students are told only as they are kept, sealed. Used by `rooms/elsewhere.py` and `node.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Protocol

import msgspec

from moderation.records.transcript import StoredMessage


class Event(msgspec.Struct, frozen=True, gc=False, tag_field="t"):
    """Something that happened at one node."""


class Said(Event, frozen=True, gc=False, tag="said"):
    """A message was kept, sealed under its room's key."""

    row: StoredMessage


class Changed(Event, frozen=True, gc=False, tag="changed"):
    """Something else about a room is new: look into the records."""

    room: str


class Over(Event, frozen=True, gc=False, tag="over"):
    """A room is over; `by` is the seat of whoever ended it, if one of the two did."""

    room: str
    why: str
    by: int | None


class Passing(Event, frozen=True, gc=False, tag="passing"):
    """A frame without words, for the page in that seat."""

    room: str
    seat: int
    frame: bytes


class Matched(Event, frozen=True, gc=False, tag="matched"):
    """A room may have been opened for this student."""

    student: str


class Arrived(Event, frozen=True, gc=False, tag="arrived"):
    """This student's page is here now; any other must go."""

    student: str


class Barred(Event, frozen=True, gc=False, tag="barred"):
    """This student may not come in until then (Unix milliseconds)."""

    student: str
    until: int


class Item(Event, frozen=True, gc=False, tag="item"):
    """An item of the queue is new or changed hands."""

    item: str


class Incident(Event, frozen=True, gc=False, tag="incident"):
    """Something about an incident is new: what adults did, or how its pages fare."""

    code: str


class There(Event, frozen=True, gc=False, tag="there"):
    """An adult is in the room of an incident: their page has said so just now."""

    code: str
    staff: str
    room: str


class Gone(Event, frozen=True, gc=False, tag="gone"):
    """An adult is in the room of an incident no more."""

    code: str
    staff: str


AnyEvent = (
    Said | Changed | Over | Passing | Matched | Arrived | Barred | Item | Incident | There | Gone
)


class Neighbours(Protocol):
    """The other nodes of a school."""

    @property
    def well(self) -> bool:
        """Whether what is told is heard; while not, the records must be asked again and again."""

    @property
    def moderators(self) -> Mapping[str, str]:
        """Names of the moderators at every node, this one too, by id; as of the last `here`."""

    def tell(self, event: AnyEvent) -> None:
        """Tell every other node, with everything else of this moment, soon."""

    @property
    def rooms_elsewhere(self) -> int:
        """How many rooms are open at other nodes and not at this one; as of the last `here`."""

    async def here(
        self, students: Collection[str], moderators: Mapping[str, str], rooms: Collection[str]
    ) -> None:
        """Say who and what is at this node; learn who is at the desk and what is open anywhere.

        Meant for every tick.
        """

    async def present(self, students: Iterable[str]) -> set[str] | None:
        """Those of the students who have a page at some node; None when nobody can say."""
