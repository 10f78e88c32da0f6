"""The life of a change to the rules: who may take it a step further, and when.

Pure. Proposed by one person, approved by another, recorded in shadow, then in force; ended by
anybody who may propose or approve. Used by `moderation/rules_page.py`, which carries it out.
"""

from __future__ import annotations

import enum
from typing import Literal

from moderation.roles import Action, may

Step = Literal["second", "live", "end"]
STEPS: tuple[Step, ...] = ("second", "live", "end")


class State(enum.StrEnum):
    """Where a change stands."""

    PROPOSED = "proposed"
    SHADOW = "shadow"
    """Approved: its matches are recorded and disturb nobody."""
    LIVE = "live"
    ENDED = "ended"


_NEXT: dict[tuple[State, Step], State] = {
    (State.PROPOSED, "second"): State.SHADOW,
    (State.SHADOW, "live"): State.LIVE,
    (State.PROPOSED, "end"): State.ENDED,
    (State.SHADOW, "end"): State.ENDED,
    (State.LIVE, "end"): State.ENDED,
}


def stepped(state: State, step: Step, proposer: str, who: str, role: str) -> State | str:
    """The state after a step by `who`, or the code of the refusal."""
    if not (may(role, Action.SECOND) or may(role, Action.PROPOSE_RULES)):
        return "forbidden"
    if step != "end":
        if not may(role, Action.SECOND):
            return "forbidden"
        if who == proposer:
            return "own_change"
    return _NEXT.get((state, step), "changed")


def open_steps(state: State, proposer: str, who: str, role: str) -> list[Step]:
    """The steps that somebody can take now."""
    steps = ((step, stepped(state, step, proposer, who, role)) for step in STEPS)
    return [step for step, found in steps if isinstance(found, State)]
