"""What all sockets of one front door share, so that one of them alone costs little memory.

One hearing and one write per socket and turn of the loop, and one timer that walks a wheel of
slots instead of a timer or task for each. Used by chat/socket/connection.py; made by
chat/socket/front_door.py.
"""

from __future__ import annotations

import asyncio
from math import ceil
from typing import TYPE_CHECKING, Protocol

import structlog

from moderation.faults import told_safely

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chat.socket.strangers import Strangers

MOST_HEARD = 512  # messages read before they are handed up, so that a flood fills no memory
NOWHERE = -1  # the slot of a line that waits for nothing
_log = structlog.get_logger()

_TICKS = 4  # how finely the shortest deadline is kept; a deadline is never early


class Line(Protocol):
    """What the switchboard asks of a connection."""

    def hear(self, message: bytes) -> None:
        """Hand up a message that came in this turn of the loop."""

    def flush(self) -> None:
        """Write out what was said in this turn of the loop."""

    def due(self) -> None:
        """Act: the time this line asked for has come."""

    def close(self, code: int, reason: str = "") -> None:
        """Begin the closing handshake."""

    def abort(self) -> None:
        """End at once."""

    @property
    def known(self) -> bool:
        """Whether somebody at its other end has signed in."""


class Switchboard:
    """The shared half of every open socket.

    Args:
        strangers: where lines stand until somebody has signed in over them.
        shortest: the shortest deadline a line will ask for, in seconds; deadlines are kept to a
            quarter of it.
        longest: the longest deadline a line will ask for, in seconds.
    """

    __slots__ = (
        "_at",
        "_count",
        "_empty",
        "_heard",
        "_loop",
        "_slots",
        "_strangers",
        "_talking",
        "_tick",
        "_timer",
        "time",
    )

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        strangers: Strangers,
        *,
        shortest: float,
        longest: float,
    ) -> None:
        self._loop = loop
        self._strangers = strangers
        self.time = loop.time
        self._tick = shortest / _TICKS
        self._slots: list[set[Line]] = [set() for _ in range(ceil(longest / self._tick) + 2)]
        self._at = 0
        self._count = 0
        self._empty = asyncio.Event()
        self._empty.set()
        self._heard: list[tuple[Line, bytes]] = []
        self._talking: list[Line] = []
        self._timer: asyncio.TimerHandle | None = None

    @property
    def open_lines(self) -> int:
        """How many lines there are."""
        return self._count

    def start(self) -> None:
        """Begin to keep time."""
        self._timer = self._loop.call_later(self._tick, self._turn)

    def stop(self) -> None:
        """Keep no more time; nothing of this board is left in the loop."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def remind(self, line: Line, seconds: float, slot: int) -> int:
        """Call `line.due()` in that many seconds instead of at `slot`; returns the new slot."""
        if slot == NOWHERE:
            self._count += 1
            self._empty.clear()
            self._strangers.asked(line)
        else:
            self._slots[slot].discard(line)
        # One slot further than asked: the present slot's time is already partly over.
        slot = (self._at + ceil(seconds / self._tick) + 1) % len(self._slots)
        self._slots[slot].add(line)
        return slot

    def forget(self, line: Line, slot: int) -> None:
        """The line is gone."""
        self._slots[slot].discard(line)
        self._strangers.gone(line)
        self._count -= 1
        if not self._count:
            self._empty.set()

    def hear_soon(self, line: Line, message: bytes) -> None:
        """Call `line.hear(message)` when everything that has come in this turn has been read.

        Reading, then judging, then writing, each for many at once, is a little quicker than all of
        it for one after another: less of the code must come back into the processor's caches.
        """
        if not self._heard:
            self._loop.call_soon(self.hear_all)
        self._heard.append((line, message))
        if len(self._heard) >= MOST_HEARD:
            self.hear_all()

    def hear_all(self) -> None:
        """Do now what `hear_soon` was asked for."""
        heard, self._heard = self._heard, []
        for line, message in heard:
            line.hear(message)

    def flush_soon(self, line: Line) -> None:
        """Call `line.flush()` once this turn of the loop is over."""
        if not self._talking:
            self._loop.call_soon(self._flush)
        self._talking.append(line)

    async def hang_up(self, code: int, within: float) -> None:
        """Close every line with that code, and abort those still there after `within` seconds."""
        for line in self._lines():
            line.close(code)
        try:
            async with asyncio.timeout(within):
                await self._empty.wait()
        except TimeoutError:
            for line in self._lines():
                line.abort()
            await self._empty.wait()

    def _lines(self) -> Iterator[Line]:
        return iter([line for slot in self._slots for line in slot])

    def _flush(self) -> None:
        talking, self._talking = self._talking, []
        for line in talking:
            try:
                line.flush()
            except Exception as error:  # noqa: BLE001 - one line's fault must not silence another
                _log.error("line_not_written", **told_safely(error))
                line.abort()

    def _turn(self) -> None:
        self.start()
        self._at = (self._at + 1) % len(self._slots)
        due, self._slots[self._at] = self._slots[self._at], set()
        for line in due:
            line.due()
