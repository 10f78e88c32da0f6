"""The loop of a server turns: said to systemd's watchdog, and to the log when it was late.

systemd starts a unit of `Type=notify` with the address of a socket in NOTIFY_SOCKET, and ends it
when it hears nothing for `WatchdogSec` (docs/administrator.md). It beats in a task of its own, so
that records that are slow, or away, do not look like a loop that stands still. Used by
`serve.py`.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

import structlog

from moderation.faults import told_safely

LATE = 1.0
"""Seconds a beat may be late before the log is told: somebody held the loop, or the machine."""

_log = structlog.get_logger()


class Watchdog:
    """Beats every `every` seconds of `clock` (monotonic); `address` is empty without systemd."""

    def __init__(self, clock: Callable[[], float], address: str, every: float = 1.0) -> None:
        self._clock = clock
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self._every = every

    async def run(self) -> None:
        """Say that the door is open, beat until cancelled, say that it is being closed."""
        self._tell(b"READY=1")
        try:
            while True:
                due = self._clock() + self._every
                await asyncio.sleep(self._every)
                self._beat(self._clock() - due)
        finally:
            self._tell(b"STOPPING=1")

    def _beat(self, late: float) -> None:
        if late > LATE:
            _log.warning("loop_stalled", seconds=round(late, 1))
        self._tell(b"WATCHDOG=1")

    def _tell(self, what: bytes) -> None:
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
                line.setblocking(False)
                line.sendto(what, self._address)
        except OSError as error:
            _log.warning("systemd_not_told", **told_safely(error))
