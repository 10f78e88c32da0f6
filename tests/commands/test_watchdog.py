"""A loop that stands still is told to the log, and systemd hears nothing of it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from commands.watchdog import Watchdog


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[socket.socket]:
    """The other end of NOTIFY_SOCKET."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(tmp_path / "notify"))
        line.setblocking(False)
        yield line


async def beats(clock: Iterator[float], address: str, heard: int = 1) -> list[dict[str, object]]:
    """Let it beat so often; answers what was logged."""
    watchdog = Watchdog(lambda: next(clock), address, every=0.0)
    with capture_logs() as logs:
        running = asyncio.ensure_future(watchdog.run())
        for _ in range(heard + 1):
            await asyncio.sleep(0)
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
    return list(logs)


async def test_F18_systemd_hears_beginning_beats_and_end(
    tmp_path: Path, systemd: socket.socket
) -> None:
    """The door is open, the loop turns, the door is closed: each is one datagram."""
    assert await beats(iter([0.0] * 9), str(tmp_path / "notify")) == []
    told = [systemd.recv(64) for _ in range(3)]
    assert told == [b"READY=1", b"WATCHDOG=1", b"STOPPING=1"]


async def test_F18_a_beat_that_was_late_is_logged() -> None:
    """How long somebody held the loop is in the log, without systemd too."""
    (told,) = await beats(iter([0.0, 2.25, 3.0, 3.0, 3.0, 3.0]), "")
    assert (told["event"], told["seconds"]) == ("loop_stalled", 2.2)
    assert await beats(iter([0.0, 0.5, 1.0, 1.5]), "") == []


async def test_F18_systemd_that_does_not_listen_is_no_end(tmp_path: Path) -> None:
    """Nobody at the other end is a line in the log."""
    logs = await beats(iter([0.0] * 9), str(tmp_path / "nobody"))
    assert {told["event"] for told in logs} == {"systemd_not_told"}
