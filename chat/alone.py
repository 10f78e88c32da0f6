"""The node of a school that runs a single server: every call to other nodes does nothing.

Made by `house/`; `node.py` is one of several.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chat.live import Live
from chat.live.memory import MemoryLive

if TYPE_CHECKING:
    from chat.desk.desk import Desk
    from chat.rooms.answering import Answering
    from chat.rooms.joining import Joining
    from chat.students.needs import StudentNeeds


class Alone:
    """A node without neighbours; every method stands for one of `node.Node`."""

    def __init__(self) -> None:
        self.live: Live = MemoryLive()
        self.tries = None

    def join(self, needs: StudentNeeds, desk: Desk, answering: Answering, joining: Joining) -> None:
        """There is nobody to know them."""

    async def start(self) -> None:
        """There is nobody to hear."""

    async def tick(self) -> None:
        """There is nothing to look for."""

    async def close(self) -> None:
        """There is nothing under way."""

    def item_changed(self, item: str) -> None:
        """The desk of this node knows already."""

    def incident_changed(self, code: str) -> None:
        """The desk of this node knows already."""

    def barred(self, student: str, until: int) -> None:
        """The page of this node knows already."""

    def at_other_desks(self) -> dict[str, str]:
        """There are no others."""
        return {}

    def others_watch(self) -> bool:
        """There are no others."""
        return False

    def rooms_elsewhere(self) -> int:
        """There are no others."""
        return 0

    def moderator_gone(self, staff: str) -> None:
        """The desk of this node knows already."""
