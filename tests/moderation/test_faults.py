from __future__ import annotations

import asyncio
import contextlib
import io
import logging
import logging.config
from pathlib import Path
from typing import TextIO, cast

import pytest
import structlog
import structlog.testing

from moderation.faults import QUIET, LogFile, tell_uncaught_safely, told_safely


def test_a_fault_is_told_by_type_and_place_without_its_words() -> None:
    """An exception's message and its arguments stay out of the log."""
    with pytest.raises(ValueError, match="invalid literal") as found:
        int("words of a student")
    told = told_safely(found.value)
    assert told["error"] == "ValueError"
    assert told["where"].startswith(Path(__file__).name + ":")
    assert "words" not in repr(told)


def test_no_fault_is_told_as_none() -> None:
    """A log line has the same fields whether or not there was an exception."""
    assert told_safely(None) == {"error": "none", "where": ""}


async def test_what_nobody_caught_is_told_without_its_words() -> None:
    """Neither the message of the exception nor what its callback was called with is logged."""
    loop = asyncio.get_running_loop()
    tell_uncaught_safely(loop)
    told = asyncio.Event()

    def fails(words: str) -> None:
        loop.call_soon(told.set)
        raise ValueError(words)

    with structlog.testing.capture_logs() as logs:
        loop.call_soon(fails, "words of a student")
        await told.wait()
    (line,) = logs
    assert (line["event"], line["error"]) == ("uncaught", "ValueError")
    assert "words of" not in repr(line)


def test_no_logging_configuration_makes_websockets_print_payloads() -> None:
    """Loggers can be set to DEBUG by name; this one cannot."""
    named = logging.getLogger("websockets.server")
    before = named.level
    named.setLevel(logging.DEBUG)
    try:
        assert not QUIET.isEnabledFor(logging.DEBUG)
        assert QUIET.isEnabledFor(logging.WARNING)
    finally:
        named.setLevel(before)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is full")
def test_F16_a_line_that_cannot_be_written_ends_nobody() -> None:
    """With the log on a full disk, or closed, whoever logs goes on; later lines are written."""
    full = Path("/dev/full").open("w")  # noqa: SIM115 - closing it fails as well
    _log_to(full).error("duty_not_kept", error="StoreUnavailable")
    with pytest.raises(OSError, match="No space"):
        print("the disk really is full", file=full, flush=True)
    with contextlib.suppress(OSError):
        full.close()
    _log_to(full).error("duty_failed")
    there = io.StringIO()
    _log_to(there).error("page")
    assert there.getvalue() == "event='page'\n"


def _log_to(file: TextIO) -> structlog.typing.BindableLogger:
    made = structlog.PrintLogger(cast("TextIO", LogFile(file)))
    return structlog.wrap_logger(made, processors=[structlog.processors.KeyValueRenderer()])
