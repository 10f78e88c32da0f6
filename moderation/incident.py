"""The life of an incident: who may do what to it, and what it is afterwards.

Pure; used by `incidents.py`, `duty.py` and the queries beneath them. Four rules hold everything:

1. An incident is *open* until a signed-in adult acknowledges it. Nothing else ends the chase: not
   a provider that says "sent", not a page that was seen, not a moderator, not time.
2. *Seen* is not acknowledged. Looking at the case changes nothing but the page that was seen.
3. An acknowledgement has an owner and an end. Without an outcome in time it lapses: the incident
   is open again and is chased as on the first minute.
4. An outcome is never taken back. What comes later is added as a note.

The whole machine is the table `_NEXT`; what is not in it is refused. Everything is refused to
another school with the words for "there is no such thing".
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from moderation.roles import Action, may
from moderation.terms import Category


class State(enum.StrEnum):
    """Where an incident stands."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


class Act(enum.StrEnum):
    """What can be done to an incident; `LAPSE` is the clock's, all others are a person's."""

    LOOK = "look"
    ACKNOWLEDGE = "acknowledge"
    NOTE = "note"
    RESOLVE = "resolve"
    LAPSE = "lapse"


_NEXT: Mapping[tuple[State, Act], State] = {
    (State.OPEN, Act.LOOK): State.OPEN,
    (State.OPEN, Act.NOTE): State.OPEN,
    (State.OPEN, Act.ACKNOWLEDGE): State.ACKNOWLEDGED,
    (State.ACKNOWLEDGED, Act.LOOK): State.ACKNOWLEDGED,
    (State.ACKNOWLEDGED, Act.NOTE): State.ACKNOWLEDGED,
    (State.ACKNOWLEDGED, Act.RESOLVE): State.RESOLVED,
    (State.ACKNOWLEDGED, Act.LAPSE): State.OPEN,
    (State.RESOLVED, Act.LOOK): State.RESOLVED,
    (State.RESOLVED, Act.NOTE): State.RESOLVED,
}

OUTCOMES: Mapping[str, str] = {
    "spoken_to": "An adult has spoken with the student",
    "passed_on": "Passed to the safeguarding lead",
    "emergency": "Emergency services were called",
    "no_danger": "Looked into: nobody is in danger",
    "not_reached": "The student could not be reached",
}
"""How an incident can end, and the words for it."""

UNATTENDED = "unattended"
"""The category of an incident that no rule raised: something waited too long in the queue."""

_WORDS: Mapping[str, str] = {
    Category.SUICIDE: "possible suicide risk",
    Category.SELF_HARM: "possible self-harm",
    Category.HARM_TO_OTHERS: "possible harm to others",
    Category.ABUSE: "possible abuse",
    Category.EXPLOITATION: "possible exploitation",
    Category.BULLYING: "bullying",
    Category.HATE: "hate",
    Category.EATING_DISORDER: "possible eating disorder",
    Category.SUBSTANCE: "drugs, alcohol or medicine",
    Category.CONCERN_FOR_OTHER: "worry about somebody else",
    Category.IDENTITY: "personal details",
    Category.PROFANITY: "language",
    Category.FAULT: "the checks failed",
    UNATTENDED: "nobody has looked at a waiting message",
    "help": "a student asked for a person",
}


def words(category: str) -> str:
    """The class of an incident in plain language, as pages and lists show it.

    A category without words of its own is "a concern": a page never repeats what it was given.
    """
    return _WORDS.get(category, "a concern")


@dataclass(frozen=True, slots=True)
class Standing:
    """What the rules need to know of an incident."""

    school: str
    state: State
    acknowledged_by: str | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """What the rules need to know of the person who asks."""

    id: str
    school: str
    role: str


def judge(standing: Standing, act: Act, actor: Actor) -> State | str:
    """The state after a person's act, or the code of the refusal.

    The codes are those of the table of refusals: `not_found` for another school, `forbidden` for a
    role (or a person) that may not, `changed` when the incident is no longer as it was shown.
    Acknowledging twice is harmless for the person who has it.
    """
    if actor.school != standing.school:
        return "not_found"
    if not may(actor.role, Action.TAKE_CASE) or act is Act.LAPSE:
        return "forbidden"
    has_it = standing.acknowledged_by == actor.id
    if act is Act.ACKNOWLEDGE and standing.state is State.ACKNOWLEDGED and has_it:
        return State.ACKNOWLEDGED
    following = _NEXT.get((standing.state, act))
    if following is None:
        return "changed"
    if act is Act.RESOLVE and not has_it and not may(actor.role, Action.RESOLVE_ANY):
        return "forbidden"
    return following


def lapsed(state: State) -> State:
    """The state when the time for it has run out: an acknowledgement ends, nothing else moves."""
    return _NEXT.get((state, Act.LAPSE), state)
