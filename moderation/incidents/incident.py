"""The life of an incident: who may do what to it, and what it is afterwards.

Pure; used by `incidents.py`, `case.py` and the records. Eight rules hold everything:

1. An incident is *open* until a signed-in adult acknowledges it. Nothing else ends the chase: not
   a provider that says "sent", not a page that was seen, not a moderator, not time.
2. *Seen* is not acknowledged. Looking at the case changes nothing but the page that was seen.
3. An acknowledgement has an owner and an end. Its owner is *with the student* in time and writes
   an outcome in time, or it lapses: the incident is open again and is chased as on the first
   minute.
4. It changes hands only when the next adult accepts it; until then whoever had it has it.
5. Who may know the student steps aside, and can do nothing more to this incident, nor to a later
   one of the same student in that room.
6. An outcome is never taken back. What comes later is added as a note.
7. It was given for what was known. Something graver, or something new after a long quiet, ends it
   at once (`gravity.py`), unless whoever has it is in the students' room.
8. What a lead has preserved is not purged until another lead lifts that; both say why.

The whole machine is the table `_NEXT`; what is not in it is refused. Everything is refused to
another school with the words for "there is no such thing".
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from moderation.roles import Action, may


class State(enum.StrEnum):
    """Where an incident stands."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    WITH_STUDENT = "with_student"
    RESOLVED = "resolved"


class Act(enum.StrEnum):
    """What can be done to an incident; `LAPSE` is the clock's, all others are a person's."""

    LOOK = "look"
    ACKNOWLEDGE = "acknowledge"
    WITH_STUDENT = "with_student"
    NOTE = "note"
    OFFER = "offer"
    TAKE_OVER = "take_over"
    RECUSE = "recuse"
    RESOLVE = "resolve"
    PRESERVE = "preserve"
    LIFT = "lift"
    LAPSE = "lapse"


HELD_BY_SOMEBODY = frozenset({State.ACKNOWLEDGED, State.WITH_STUDENT})
"""States in which a named adult has the incident."""

_NEXT: Mapping[tuple[State, Act], State] = {
    (State.OPEN, Act.LOOK): State.OPEN,
    (State.OPEN, Act.NOTE): State.OPEN,
    (State.OPEN, Act.RECUSE): State.OPEN,
    (State.OPEN, Act.ACKNOWLEDGE): State.ACKNOWLEDGED,
    (State.ACKNOWLEDGED, Act.LOOK): State.ACKNOWLEDGED,
    (State.ACKNOWLEDGED, Act.NOTE): State.ACKNOWLEDGED,
    (State.ACKNOWLEDGED, Act.OFFER): State.ACKNOWLEDGED,
    (State.ACKNOWLEDGED, Act.TAKE_OVER): State.ACKNOWLEDGED,
    (State.ACKNOWLEDGED, Act.RECUSE): State.ACKNOWLEDGED,
    (State.ACKNOWLEDGED, Act.WITH_STUDENT): State.WITH_STUDENT,
    (State.ACKNOWLEDGED, Act.RESOLVE): State.RESOLVED,
    (State.ACKNOWLEDGED, Act.LAPSE): State.OPEN,
    (State.WITH_STUDENT, Act.LOOK): State.WITH_STUDENT,
    (State.WITH_STUDENT, Act.NOTE): State.WITH_STUDENT,
    (State.WITH_STUDENT, Act.OFFER): State.WITH_STUDENT,
    (State.WITH_STUDENT, Act.TAKE_OVER): State.ACKNOWLEDGED,
    (State.WITH_STUDENT, Act.RECUSE): State.WITH_STUDENT,
    (State.WITH_STUDENT, Act.RESOLVE): State.RESOLVED,
    (State.WITH_STUDENT, Act.LAPSE): State.OPEN,
    (State.RESOLVED, Act.LOOK): State.RESOLVED,
    (State.RESOLVED, Act.NOTE): State.RESOLVED,
}

_HOLDERS = frozenset({Act.WITH_STUDENT, Act.RESOLVE, Act.OFFER})
"""Acts of whoever has the incident."""
_PRESERVING = frozenset({Act.PRESERVE, Act.LIFT})
"""Acts that leave every state as it is."""
_FOR_THEM = frozenset({Act.RESOLVE, Act.OFFER})
"""Those of them that whoever may resolve any case may do in their place."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the rules need to know of an incident.

    `offered_to` is the adult it is being handed to, `recused` who may know the student,
    `preserved_by` who has it kept past its time.
    """

    school: str
    state: State
    acknowledged_by: str | None = None
    offered_to: str | None = None
    recused: frozenset[str] = frozenset()
    drill: bool = False
    preserved_by: str | None = None


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
    if not may(actor.role, Action.TAKE_CASE) or act is Act.LAPSE or actor.id in standing.recused:
        return "forbidden"
    if act in _PRESERVING:
        return _preserving(standing, act, actor)
    has_it = standing.acknowledged_by == actor.id and standing.state in HELD_BY_SOMEBODY
    following = _following(standing, act, has_it=has_it)
    if following is None:
        return "changed"
    for_them = act in _FOR_THEM and may(actor.role, Action.RESOLVE_ANY)
    not_theirs = act in _HOLDERS and not has_it and not for_them
    not_offered = act is Act.TAKE_OVER and standing.offered_to != actor.id
    return "forbidden" if not_theirs or not_offered else following


def _preserving(standing: Standing, act: Act, actor: Actor) -> State | str:
    """The state, which stays; a drill is nothing to preserve.

    One person has it kept, so that nobody waits for a second; two agree that it may go.
    """
    if not may(actor.role, Action.PRESERVE):
        return "forbidden"
    preserved = standing.preserved_by is not None
    if standing.drill or preserved is not (act is Act.LIFT):
        return "changed"
    return "own_change" if standing.preserved_by == actor.id else standing.state


def _following(standing: Standing, act: Act, *, has_it: bool) -> State | None:
    """The state after an act, before asking who does it; None when it makes no sense now."""
    if act is Act.ACKNOWLEDGE and has_it:
        return standing.state
    if act is Act.ACKNOWLEDGE and standing.drill and standing.state is State.OPEN:
        return State.RESOLVED
    if act is Act.RECUSE and has_it:
        return State.OPEN
    if act is Act.TAKE_OVER and standing.offered_to is None:
        return None
    return _NEXT.get((standing.state, act))


def lapsed(state: State) -> State:
    """The state when it no longer holds what was said: an acknowledgement ends, nothing else."""
    return _NEXT.get((state, Act.LAPSE), state)
