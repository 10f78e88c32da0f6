"""Reads only a few requests in each turn of the event loop, so that open sockets get their turn.

When a network comes back, all pages of a school connect at the same moment. Read as they come, a
thousand handshakes would be one turn of the loop, and a cry for help would wait behind them. Made
by `front_door.py`; used by `http_connection.py`.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

A_TURN = 8
"""Requests that are read within one turn: with all that follows, some milliseconds of work."""


class Arrivals:
    """A line in which what came first is read first."""

    def __init__(self) -> None:
        self._waiting: deque[Callable[[], None]] = deque()
        self._left = A_TURN
        self._turning = False

    def come(self, read: Callable[[], None]) -> bool:
        """Call `read` now, or once it is its turn; answers whether it was called."""
        if not self._turning:
            self._turning = True
            asyncio.get_running_loop().call_soon(self._turn)
        if self._left:
            self._left -= 1
            read()
            return True
        self._waiting.append(read)
        return False

    def _turn(self) -> None:
        self._left = A_TURN
        self._turning = bool(self._waiting)
        if self._turning:
            asyncio.get_running_loop().call_soon(self._turn)
        while self._waiting and self._left:
            self._left -= 1
            self._waiting.popleft()()
