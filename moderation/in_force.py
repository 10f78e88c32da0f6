"""The rules in force on this node: built aside, swapped in whole while messages are judged.

A shell. New rules are read, checked against their own examples and built in a thread; then one
reference changes hands, so every message is judged by all of the old rules or all of the new. When
anything is wrong with them the old ones stay and whoever asked is told. Made by `house/`;
`commands/serve.py` calls `reload` on SIGHUP; the rules page of staff calls it too.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import structlog

from moderation.deadline import Deadline
from moderation.outcomes import Change, FloorError
from moderation.pipeline import Judge
from moderation.rules import LexiconError
from moderation.terms import Category

_log = structlog.get_logger()

_PLACE = re.compile(r"[\w.-]+\.toml(:\d+)?")


def load_rules(data: Path, changes: Mapping[Category, Change]) -> Judge:
    """The shipped rules, a school's files in `rules/` below `data`, its decision table on top.

    Raises:
        LexiconError: a rule file that must not be used, with path, line and reason.
        FloorError: a change goes below a floor of the decision table.
    """
    return Judge.load(sorted((data / "rules").glob("*.toml")), changes)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of the last load.

    `version` is in force since `at` (seconds); `refused` says why newer rules are not, "" when
    nothing was refused.
    """

    version: str
    at: float
    refused: str = ""


class InForce:
    """Who judges now, and how newer rules come in."""

    def __init__(
        self, deadline: Deadline, build: Callable[[], Judge], clock: Callable[[], float]
    ) -> None:
        """`build` reads and checks the rules as they are on disk; `clock` is in seconds."""
        self._deadline = deadline
        self._build = build
        self._clock = clock
        self._turn = asyncio.Lock()
        self.last = Loaded(deadline.version, clock())

    @property
    def judge(self) -> Judge:
        """The judge of this moment; ask again for every message."""
        return self._deadline.inner

    async def reload(self) -> Loaded:
        """Read the rules again and judge by them from now on, or keep the old and say why.

        Calls that come meanwhile wait for their own turn, so that what was on disk when somebody
        asked is never left out.
        """
        async with self._turn:
            try:
                judge = await asyncio.to_thread(self._build)
            except (LexiconError, FloorError, OSError) as error:
                self._keep_old(str(error))
            except Exception as error:  # noqa: BLE001 - whatever is wrong, the old rules go on
                self._keep_old(type(error).__name__)
            else:
                self._deadline.swap(judge)
                self.last = Loaded(judge.version, self._clock())
                _log.info("rules_loaded", version=judge.version)
            return self.last

    def _keep_old(self, reason: str) -> None:
        """A rule quotes its examples, so of the reason only the place goes into the log."""
        place = _PLACE.search(reason)
        self.last = Loaded(self._deadline.version, self.last.at, reason)
        _log.error(
            "rules_refused",
            place=place[0] if place else "",
            kept=self._deadline.version,
            help="run_server.py check says what is wrong",
        )
