"""The life of an export: who may ask for a document, agree to it, and have it; pure.

It is a case, or all that one student wrote, which may also be erased that way. Used by `exports.py`
and the operations beneath it. A safeguarding lead asks and says why; a senior leader agrees, of a
case also another lead, or ends it; whoever asked is handed the document once, in time. The machine
is the table `_NEXT`; what is not in it is refused.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from moderation.incidents.incident import Actor
from moderation.roles import Action, may

_DAY_MS = 24 * 3_600_000
ASKED_MS = 3 * _DAY_MS
"""How long somebody may take to agree: a weekend lies within it."""
AGREED_MS = _DAY_MS
"""How long whoever asked may then take to have it."""
SHORTEST = 10
"""Characters that say why."""
LONGEST = 2_000


class State(enum.StrEnum):
    """Where an export stands."""

    ASKED = "asked"
    AGREED = "agreed"
    ENDED = "ended"
    """Not agreed to, or taken back by whoever asked."""
    HANDED = "handed"


class Act(enum.StrEnum):
    """What can be done to an export."""

    AGREE = "agree"
    END = "end"
    HAND = "hand"


UNDER_WAY = frozenset({State.ASKED, State.AGREED})
"""States in which its time counts, and nobody need ask again."""

_NEXT: Mapping[tuple[State, Act], State] = {
    (State.ASKED, Act.AGREE): State.AGREED,
    (State.ASKED, Act.END): State.ENDED,
    (State.AGREED, Act.END): State.ENDED,
    (State.AGREED, Act.HAND): State.HANDED,
}
_RIGHTS: Mapping[Act, Action] = {  # but see `_right`
    Act.AGREE: Action.SECOND,
    Act.END: Action.SECOND,
    Act.HAND: Action.EXPORT_CASE,
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What the rules need to know of an export; `recused` may know the student it is about.

    `of_student` when it is what one student wrote, and no case.
    """

    school: str
    state: State
    requested_by: str
    expires_at: int
    recused: frozenset[str] = frozenset()
    of_student: bool = False


def judge(standing: Standing, act: Act, actor: Actor, now: int) -> State | str:
    """The state after a person's act at a time in Unix ms, or the code of the refusal.

    Whoever asked never agrees to it; only whoever asked is handed it.
    """
    if actor.school != standing.school:
        return "not_found"
    mine = actor.id == standing.requested_by
    if not may(actor.role, _right(standing, act)) or actor.id in standing.recused:
        return "forbidden"
    if act is Act.AGREE and mine:
        return "own_change"
    if act is Act.HAND and not mine:
        return "forbidden"
    following = _NEXT.get((standing.state, act))
    if following is None:
        return "changed"
    return "over" if now >= standing.expires_at else following


def _right(standing: Standing, act: Act) -> Action:
    if standing.of_student and act is Act.AGREE:
        return Action.AGREE_TO_ACCESS
    return _RIGHTS[act]


def steps(standing: Standing, actor: Actor, now: int) -> list[Act]:
    """What somebody can do now."""
    return [act for act in Act if isinstance(judge(standing, act, actor, now), State)]


def is_open(state: State, expires_at: int, now: int) -> bool:
    """Whether it still waits for somebody."""
    return state in UNDER_WAY and now < expires_at
