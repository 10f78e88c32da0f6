"""The command line of Peerline.

    python run_server.py serve --config peerline.toml

What a verb does stands in `commands/`; `house/` builds what runs.
"""

from __future__ import annotations

import argparse
import asyncio
import errno
import logging
import os
import sys
from collections.abc import Callable
from typing import TextIO, cast

import structlog

from chat.settings import BadSettings
from chat.settings_file import load
from commands import cards, demo, keys, records, serve, staff, watch
from commands.verbs import Verbs
from moderation.faults import LogFile, tell_uncaught_safely
from moderation.records.backup import NotABackup
from moderation.records.database import AlreadyOpen, BadAddress, Damaged, Lost
from moderation.records.migrations import Behind, FromTheFuture
from moderation.records.people import LoginTaken, NoSuchStaff
from moderation.records.store import StoreUnavailable
from moderation.records.vault import BadKey
from moderation.roles import Action, Role, may

EXPECTED = (
    BadSettings, AlreadyOpen, BadAddress, BadKey, Behind, Damaged, FromTheFuture, Lost,
    NotABackup, LoginTaken, NoSuchStaff, OSError, ValueError,
)  # fmt: skip
"""What an operator can put right; told in one line."""

VERBS: dict[str, Action] = {
    "serve": Action.RUN_SERVER,
    "check": Action.RUN_SERVER,
    "migrate": Action.RUN_SERVER,
    "backup": Action.RUN_SERVER,
    "restore": Action.RUN_SERVER,
    "keys": Action.RUN_SERVER,
    "audit": Action.RUN_SERVER,
    "cards": Action.MANAGE_PEOPLE,
    "staff": Action.MANAGE_PEOPLE,
}
"""What every verb is. Whoever has the machine acts as an administrator: no verb reads content."""


def main(arguments: list[str] | None = None) -> int:
    """Run one verb; answers the exit status."""
    options = _parser().parse_args(arguments)
    _quiet_logs(logging.WARNING if options.demo else logging.NOTSET)
    if not may(Role.ADMINISTRATOR, VERBS[options.verb]):
        print(f"peerline: {options.verb} is not for an administrator", file=sys.stderr)
        return 2
    try:
        settings = load(options.config, os.environ)
        if options.demo:
            settings = demo.settings(settings)
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            tell_uncaught_safely(runner.get_loop())
            status: int = runner.run(options.run(options, settings))
    except KeyboardInterrupt:
        return 0
    except StoreUnavailable:
        why = "is the disk full or failing, or PostgreSQL away?"
        print(f"peerline: the records do not answer: {why}", file=sys.stderr)
        return 2
    except EXPECTED as wrong:
        print(f"peerline: {_told(wrong)}", file=sys.stderr)
        return 2
    return status


def _told(wrong: Exception) -> str:
    """In one line what is wrong; for a port that another program has, also the way out."""
    if not isinstance(wrong, OSError) or not wrong.strerror:
        return str(wrong)
    told = f"{wrong.filename}: {wrong.strerror}" if wrong.filename else wrong.strerror
    if wrong.errno != errno.EADDRINUSE:
        return told
    return (
        f"{told}\nAnother program has that port. PEERLINE__SERVER__PORT=9000 before the command"
        " chooses another; a demo takes the one after it too."
    )


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop  # noqa: PLC0415 - optional
    except ImportError:
        return None
    return uvloop.new_event_loop


def _quiet_logs(least: int) -> None:
    """One line of JSON for each event of at least that level, to standard error; never a payload.

    Whoever tries the demo reads the same terminal: only what goes wrong stands between its pages.
    """
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", LogFile(sys.stderr))),
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="run_server.py",
        description="Peerline: anonymous peer-support chat that a school runs itself.",
        epilog="Settings come from the TOML file, then from PEERLINE__SECTION__KEY variables.",
    )
    verbs = Verbs(parser)
    for file in (serve, watch, records, keys, cards, staff):
        file.add(verbs)
    return parser


if __name__ == "__main__":
    sys.exit(main())
