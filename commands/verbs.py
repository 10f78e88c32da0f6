"""What every verb of the command line shares: how it is added, and the options all of them take."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

from chat.settings import Settings
from house.places import origins_of

Run = Callable[[argparse.Namespace, Settings], Awaitable[int]]
"""Does what a verb means; answers the exit status."""

Acts: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001
"""Where the acts of a verb are added; argparse has no public name for it."""


class Verbs:
    """The verbs of a command line, to be added to; each sets `run`."""

    def __init__(self, parser: argparse.ArgumentParser) -> None:
        self._shared = argparse.ArgumentParser(add_help=False)
        self._shared.add_argument("--config", type=Path, metavar="FILE", help="settings as TOML")
        self._shared.add_argument(
            "--demo", action="store_true", help="the made-up school of `make run`"
        )
        self._late = argparse.ArgumentParser(add_help=False)  # the same, behind an act of a verb
        self._late.add_argument(
            "--config",
            type=Path,
            metavar="FILE",
            default=argparse.SUPPRESS,
            help="settings as TOML",
        )
        self._late.add_argument(
            "--demo",
            action="store_true",
            default=argparse.SUPPRESS,
            help="the made-up school of `make run`",
        )
        self._verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")

    def add(self, name: str, run: Run, words: str) -> argparse.ArgumentParser:
        """A verb; `words` say what it does."""
        made = self._verbs.add_parser(
            name, parents=[self._shared], description=sentence(words), help=words
        )
        made.set_defaults(run=run)
        return made

    def act(self, acts: Acts, name: str, words: str) -> argparse.ArgumentParser:
        """One act of a verb that has several, with the settings behind it."""
        return acts.add_parser(name, parents=[self._late], description=sentence(words), help=words)


def acts_of(verb: argparse.ArgumentParser) -> Acts:
    """Where the acts of this verb are added."""
    return verb.add_subparsers(dest="act", required=True, metavar="ACT")


def stop_when_asked() -> asyncio.Event:
    """Set once somebody ends this process from outside."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


def invitation(settings: Settings, token: str) -> str:
    """The link by which somebody makes their account; the secret stands behind the `#`."""
    return f"{origins_of(settings)[0]}/staff/welcome#{token}"


def at_least_one(typed: str) -> int:
    """How many of something are asked for; argparse says what is not right about it."""
    if not typed.isdecimal() or int(typed) < 1:
        raise argparse.ArgumentTypeError("not a whole number from 1 on")
    return int(typed)


def secret(asking: str) -> str:
    """A password or passphrase, from the terminal or a pipe, never from the command line."""
    return getpass.getpass(asking) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")


def sentence(words: str) -> str:
    """What a verb does, as the first line of its help."""
    return f"{words[0].upper()}{words[1:]}."
