"""`cards`: codes for students, without an identity behind them or enrolled with one."""

from __future__ import annotations

import argparse

import house
from chat.settings import Settings
from commands import enrol
from commands.verbs import Verbs, acts_of, at_least_one

TOGETHER = 1000
"""Cards kept at once: the records take only so many at a time, and what was kept is printed."""


def add(verbs: Verbs) -> None:
    """Add the verb and all its acts."""
    acts = acts_of(verbs.add("cards", issue, "make card codes for students"))
    issuing = verbs.act(acts, "issue", "print new codes, one a line; nobody's identity")
    issuing.add_argument("--count", type=at_least_one, default=1, metavar="N", help="how many (1)")
    issuing.add_argument("--band", default="all", metavar="NAME", help="age band; never mixed")
    enrol.add_acts(verbs, acts)


async def issue(options: argparse.Namespace, settings: Settings) -> int:
    """Print fresh card codes, one a line; they are kept nowhere."""
    async with house.open_ground(settings, beside=True) as ground:
        await ground.people.on_console("issue_cards", f"{options.count} {options.band}")
        for done in range(0, options.count, TOGETHER):
            some = min(TOGETHER, options.count - done)
            print(*await ground.people.issue_cards(some, options.band), sep="\n", flush=True)
    return 0
