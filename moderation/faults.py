"""How a failure is told to a log without telling anybody's words. For every shell that logs one.

An exception's own message can quote what a student typed, a name or a token, so it is never
logged: its type and the places in our source say enough to find the fault.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import traceback
from pathlib import PurePath
from typing import TextIO

import structlog

_log = structlog.get_logger()

_DEPTH = 5  # the innermost places; more would only repeat the event loop's


def _quiet_logger() -> logging.Logger:
    # Known to no registry, so no logging configuration can turn its DEBUG on.
    logger = logging.Logger("websockets.server", logging.WARNING)  # noqa: LOG001
    logger.parent = logging.getLogger("websockets")
    return logger


QUIET = _quiet_logger()
"""For websockets, which prints every payload at DEBUG."""


def told_safely(error: BaseException | None) -> dict[str, str]:
    """Fields for a log line: the error's type and where it rose, innermost first."""
    if error is None:
        return {"error": "none", "where": ""}
    places = traceback.extract_tb(error.__traceback__)[-_DEPTH:]
    where = " < ".join(
        f"{PurePath(place.filename).name}:{place.lineno}" for place in reversed(places)
    )
    return {"error": type(error).__name__, "where": where}


def tell_uncaught_safely(loop: asyncio.AbstractEventLoop) -> None:
    """Have `loop` log what nobody caught as everything else, and not with all it knows.

    Its own way writes the exception's message and the arguments of the callback, which may be what
    a student typed.
    """
    loop.set_exception_handler(
        lambda _, context: _log.error("uncaught", **told_safely(context.get("exception")))
    )


class LogFile:
    """Where log lines go. One that cannot be written is lost, and whoever logged it goes on.

    A full disk, or a reader that is gone, is when there is most to log: were it raised from there,
    the line about a page that could not be kept would end the loop that pages.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, words: str) -> int:
        """Write, or lose it; answers as a file does."""
        with contextlib.suppress(OSError, ValueError):
            self._file.write(words)
        return len(words)

    def flush(self) -> None:
        """Have it written, or lose it."""
        with contextlib.suppress(OSError, ValueError):
            self._file.flush()
