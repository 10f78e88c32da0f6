"""Who of the moderators is at the desk, and for how many rooms that is enough; pure.

A moderator counts while they are on shift and one of their pages has been heard from lately. No
clock: every call is told the time, in seconds. Used by `desk.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

MISSED = 15.0
"""Seconds without a sign of life after which a page no longer counts; pages give one every five."""

LEFT_ALONE = 95.0
"""Seconds nobody touched any page of a moderator: their items go back (the page warns before)."""


@dataclass(slots=True)
class _Page:
    staff: str
    heard: float
    touched: float


class Presence:
    """Everybody at the desk of one node; each moderator is enough for `rooms_each` rooms."""

    def __init__(self, rooms_each: int) -> None:
        self._rooms_each = rooms_each
        self._pages: dict[object, _Page] = {}
        self._off: set[str] = set()

    def heard(self, page: object, staff: str, now: float, quiet: float = 0.0) -> None:
        """A page gave a sign of life; nobody has touched it for `quiet` seconds."""
        self._pages[page] = _Page(staff, now, now - quiet)

    def touched(self, page: object, now: float) -> None:
        """Somebody asks for something on a page: nobody has left it alone, if it is at the desk."""
        known = self._pages.get(page)
        if known is not None:
            known.heard = known.touched = now

    def gone(self, page: object) -> None:
        """A page is gone."""
        self._pages.pop(page, None)

    def shift(self, staff: str, *, on: bool) -> None:
        """Somebody goes on shift, or off."""
        (self._off.discard if on else self._off.add)(staff)

    def is_on(self, staff: str) -> bool:
        """Whether they are on shift, at a page or not."""
        return staff not in self._off

    def there(self, now: float) -> frozenset[str]:
        """Who has a page that has given a sign of life, on shift or not."""
        for page in self._pages.values():
            page.heard = min(page.heard, now)  # a clock that was set back keeps nobody here
        return frozenset(p.staff for p in self._pages.values() if now - p.heard < MISSED)

    def on_shift(self, now: float) -> frozenset[str]:
        """Who is on shift, and there."""
        return self.there(now) - self._off

    def silent(self, now: float) -> frozenset[str]:
        """Whose pages have all given no sign of life for too long, though none has said it went."""
        return frozenset({page.staff for page in self._pages.values()}) - self.there(now)

    def places(self, now: float) -> int:
        """How many rooms may be open."""
        return self._rooms_each * len(self.on_shift(now))

    def left_alone(self, now: float) -> frozenset[str]:
        """Whose pages nobody has touched for too long."""
        everybody = {page.staff for page in self._pages.values()}
        touched = {p.staff for p in self._pages.values() if now - p.touched < LEFT_ALONE}
        return frozenset(everybody - touched)
