"""The life of a reveal: who may ask for an identity, agree, open it, and for how long; pure.

Used by `reveals.py` and the operations beneath it. A safeguarding lead asks and says why; a senior
leader agrees or refuses in time; the lead opens it in time, and again until that time is over,
should an answer be lost. Where a school has a key in its safe and allows it, one lead opens alone:
everybody is told and somebody else reviews it. The machine is the table `_NEXT`; what is not in it
is refused.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import msgspec

from moderation.identities.sealed import Half
from moderation.incidents.incident import Actor
from moderation.roles import Action, may

LIMIT_MS = 15 * 60_000
"""How long somebody may take to agree, and then to open it."""
CALLS_MS = (0, 5 * 60_000, 10 * 60_000)
"""When those who can agree are paged, counted from the request."""
REVIEW_MS = 24 * 3_600_000
"""How long the review of an opening by one person may take."""
ALONE = "open alone"
"""What somebody types who opens without a second person."""
SHORTEST = 10
"""Characters that say what the threat is."""
LONGEST = 2_000


class State(enum.StrEnum):
    """Where a reveal stands."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"
    TIMED_OUT = "timed_out"
    OPENED = "opened"


class Act(enum.StrEnum):
    """What can be done to a reveal; `HALF` is being handed one's half of it."""

    HALF = "half"
    APPROVE = "approve"
    REFUSE = "refuse"
    OPEN = "open"
    REVIEW = "review"


REASONS: Mapping[str, str] = {
    "life": "danger to life",
    "harm": "serious harm to the student",
    "others": "serious harm to somebody else",
    "abuse": "a child is being hurt or exploited",
    "law": "a duty under the law",
}
"""The classes of reasons, and the words for each."""
PRACTICE = "practice"
"""The class of a reveal of a canary."""

_NEXT: Mapping[tuple[State, Act], State] = {
    (State.ASKED, Act.HALF): State.ASKED,
    (State.ASKED, Act.APPROVE): State.APPROVED,
    (State.ASKED, Act.REFUSE): State.REFUSED,
    (State.APPROVED, Act.OPEN): State.OPENED,
    (State.OPENED, Act.OPEN): State.OPENED,  # the answer was lost
    (State.OPENED, Act.REVIEW): State.OPENED,
}
_RIGHTS: Mapping[Act, Action] = {
    Act.HALF: Action.OPEN_HALF_B,
    Act.APPROVE: Action.OPEN_HALF_B,
    Act.REFUSE: Action.OPEN_HALF_B,
    Act.OPEN: Action.OPEN_HALF_A,
    Act.REVIEW: Action.REVIEW_REVEAL,
}


class Why(msgspec.Struct, frozen=True):
    """Why an identity is asked for: the class, the threat in words, and who will be told."""

    reason: Annotated[str, msgspec.Meta(max_length=16)]
    threat: Annotated[str, msgspec.Meta(max_length=LONGEST)]
    recipients: Annotated[str, msgspec.Meta(max_length=500)]


@dataclass(frozen=True, slots=True)
class Standing:
    """What the rules need to know of a reveal; times in Unix milliseconds."""

    school: str
    state: State
    requested_by: str
    expires_at: int
    alone: bool
    reviewed: bool
    recused: frozenset[str] = frozenset()


def judge(standing: Standing, act: Act, actor: Actor, now: int) -> State | str:
    """The state after a person's act, or the code of the refusal.

    Whoever asked never agrees to it or reviews it; only whoever asked opens it.
    """
    if actor.school != standing.school:
        return "not_found"
    mine = actor.id == standing.requested_by
    if not may(actor.role, _RIGHTS[act]) or actor.id in standing.recused:
        return "forbidden"
    if mine != (act is Act.OPEN):
        return "own_change" if mine else "forbidden"
    following = _NEXT.get((standing.state, act))
    if following is None or standing.reviewed or (act is Act.REVIEW and not standing.alone):
        return "changed"
    return "over" if act is not Act.REVIEW and now >= standing.expires_at else following


def steps(standing: Standing, actor: Actor, now: int) -> list[Act]:
    """What somebody can do now; being handed a half is part of agreeing."""
    able = [act for act in Act if isinstance(judge(standing, act, actor, now), State)]
    return [act for act in able if act is not Act.HALF]


def unfit(why: Why) -> str | None:
    """The field of a reason that is missing or no reason, or None."""
    if why.reason not in REASONS:
        return "reason"
    if len(why.threat.strip()) < SHORTEST:
        return "threat"
    return None if len(why.recipients.strip()) > 1 else "recipients"


def half_of(role: str) -> Half | None:
    """Which half somebody of that role holds a key for."""
    if may(role, Action.OPEN_HALF_A):
        return Half.A
    return Half.B if may(role, Action.OPEN_HALF_B) else None
