"""The life of an incident: who may do what to it, and what it is afterwards.

Pure; used by `incidents.py`, `duty.py` and the queries beneath them. Eight rules hold everything:

1. An incident is *open* until a signed-in adult acknowledges it. Nothing else ends the chase: not
   a provider that says "sent", not a page that was seen, not a moderator, not time.
2. *Seen* is not acknowledged. Looking at the case changes nothing but the page that was seen.
3. An acknowledgement has an owner and an end. Its owner is *with the student* in time and writes
   an outcome in time, or it lapses: the incident is open again and is chased as on the first
   minute.
4. It changes hands only when the next adult accepts it; until then whoever had it has it.
5. Who may know the student steps aside, and can do nothing more to this incident.
6. An outcome is never taken back. What comes later is added as a note.
7. It was given for what was known. Something graver, or something new after a long quiet, ends it
   at once (`anew`), unless whoever has it is in the students' room.
8. What a lead has preserved is not purged until another lead lifts that; both say why.

The whole machine is the table `_NEXT`; what is not in it is refused. Everything is refused to
another school with the words for "there is no such thing".
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from moderation.roles import Action, may
from moderation.terms import Attention, Category, Decision


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

OUTCOMES: Mapping[str, str] = {
    "spoken_to": "An adult has spoken with the student",
    "passed_on": "Passed to the safeguarding lead",
    "emergency": "Emergency services were called",
    "no_danger": "Looked into: nobody is in danger",
    "not_reached": "The student could not be reached",
}
"""How an incident can end, and the words for it."""

DRILLED = "drill"
"""How a drill ends: with the tap of the adult who has it, who need not do anything more."""

MISSED = "drill_missed"
"""How a drill ends that nobody answered in time."""

ENDINGS: Mapping[str, str] = {
    **OUTCOMES,
    DRILLED: "A drill: the adult answered the page",
    MISSED: "A drill: nobody answered in time",
}
"""Every way an incident can have ended, in words."""

MEET: Mapping[str, str] = {
    "chat": "Here in the chat",
    "person": "In person, at school",
    "any": "They do not mind",
}
"""How a student would like to be met by the adult, and the words for it."""

BARRIERS: Mapping[str, str] = {
    "told": "They are scared of who gets told",
    "trouble": "They think they might get in trouble",
    "overheard": "Someone could overhear",
    "none": "Nothing, they say",
}
"""What a student says may make it hard to talk to an adult, and the words for it."""

UNATTENDED = "unattended"
"""The category of an incident that no rule raised: something waited too long in the queue."""

BROUGHT = "brought"
"""The category of an incident that a student brought to an adult, by the receipt of a chat."""

ATTEMPT = "attempt"
"""The category of an incident in which somebody says that they have tried to die, or are trying.

It is what rules call the sign of it, and graver than every category of a finding."""

QUIET_MS = 600_000
"""Milliseconds after which more of the same is told anew to whoever has an incident."""

_WORDS: Mapping[str, str] = {
    ATTEMPT: "possible suicide attempt",
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
    BROUGHT: "a student brought this chat to an adult",
    "help": "a student asked for a person",
    "report_unkind": "a student reported the other one for being unkind",
    "report_unsafe": "a student reported the other one and somebody may not be safe",
    "report_who_are_you": "a student reported the other one for asking who they are, or to meet",
    "report": "a student reported the other one, and nobody has looked",
    "test": "a test page, nobody is in danger",
    "browser": "somebody signed in as you with a new browser",
    "drill": "a drill, nobody is in danger: please answer it",
    "reveal_life": "you are asked to open an identity: danger to life",
    "reveal_harm": "you are asked to open an identity: serious harm",
    "reveal_others": "you are asked to open an identity: serious harm to somebody else",
    "reveal_abuse": "you are asked to open an identity: a child is being hurt",
    "reveal_law": "you are asked to open an identity: a duty under the law",
    "reveal_practice": "practice, nobody is in danger: please open a made-up identity",
    "reveal_agreed": "the identity you asked for may be opened now",
    "reveal_refused": "the identity you asked for stays sealed: read why",
    "reveal_over": "the time for the identity you asked for is over: ask again if you need it",
    "break_glass": "an identity is being opened by one person alone: review it",
}


def words(category: str) -> str:
    """The class of an incident in plain language, as pages and lists show it.

    A category without words of its own is "a concern": a page never repeats what it was given.
    """
    return _WORDS.get(category, "a concern")


_GRAVITY = {
    each: place
    for place, each in enumerate([ATTEMPT, *map(str, Category)])
    if each != Category.FAULT
}


def graver(known: str, heard: str) -> str:
    """The class of an incident when more is heard in it: whichever is graver.

    What somebody said goes before a call for a person and before what nobody has looked at; of
    what is said, an attempt goes before all, and then the order of `Category` holds.
    """
    return min(known, heard, key=lambda each: _GRAVITY.get(each, len(_GRAVITY)))


def heard_in(decision: Decision) -> str:
    """The class of an incident that a message raises by what was found in it."""
    for found in decision.findings:
        if found.signal == ATTEMPT and found.attention is Attention.PAGE:
            return ATTEMPT
    return decision.category or Category.FAULT


def anew(known: str, heard: str, quiet_ms: int) -> bool:
    """Whether whoever has an incident of the class `known` must be told of what was heard now.

    `quiet_ms` is how long nothing was heard in it, or how long ago it was taken if that is less.
    """
    return graver(known, heard) != known or (heard != BROUGHT and quiet_ms >= QUIET_MS)


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
