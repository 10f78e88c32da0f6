"""In which order one seat's messages may be kept; pure.

A page may have several messages under way. What it said behind one that could not be kept must not
be kept before that one is said again, whether or not its writer has heard yet. A seat of `room.py`
has one of these. It begins anew with every connection, on which a page says again what it still
wants said; what of the last connection is still under way stays in it.
"""

from __future__ import annotations

from itertools import takewhile

MOST = 32
"""Messages of one seat that may be refused and not said again; its page has lost its place then."""


class Order:
    """What a seat said here and is not known to be kept, in the order it was said first."""

    __slots__ = ("_unsure",)

    def __init__(self) -> None:
        self._unsure: dict[str, bool] = {}  # whether it is under way, by cid

    def __contains__(self, cid: str) -> bool:
        """Whether that message is under way, or was refused and not said again."""
        return cid in self._unsure

    def before(self, cid: str) -> tuple[str, ...]:
        """What was said before that message and is not known to be kept."""
        return tuple(takewhile(cid.__ne__, self._unsure)) if self._unsure else ()

    def misses(self, before: tuple[str, ...]) -> bool:
        """Whether one of these was refused and not said again."""
        return not all(self._unsure[cid] for cid in before)

    def full(self) -> bool:
        """Whether more was refused than a page has a use for."""
        return list(self._unsure.values()).count(False) > MOST

    def under_way(self, cid: str) -> None:
        """That message is being kept."""
        self._unsure[cid] = True

    def refused(self, cid: str) -> None:
        """That message was not kept, and may be said again."""
        self._unsure[cid] = False

    def done(self, cid: str) -> None:
        """That message is kept, or will never be: nothing waits for it."""
        self._unsure.pop(cid, None)

    def begin_anew(self) -> None:
        """A new connection: its page says again what it wants said of what was refused.

        What something under way stands behind keeps its place.
        """
        while self._unsure and not next(reversed(self._unsure.values())):
            self._unsure.popitem()
