"""The class of an incident: what it is when more is heard, and when that is told anew; pure.

Used where a message or a call raises one (`records/incidents.py`). A class is a category of a
finding, or one of those here.
"""

from __future__ import annotations

from moderation.terms import Attention, Category, Decision

UNATTENDED = "unattended"
"""The category of an incident that no rule raised: something waited too long in the queue."""

BROUGHT = "brought"
"""The category of an incident that a student brought to an adult, by the receipt of a chat."""

ATTEMPT = "attempt"
"""The category of an incident in which somebody says that they have tried to die, or are trying.

It is what rules call the sign of it, and graver than every category of a finding."""

QUIET_MS = 600_000
"""Milliseconds since they were last told, after which whoever has an incident hears of more."""

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

    `quiet_ms` is how long ago they were last told, took it, or said that they are with the student.
    """
    return graver(known, heard) != known or (heard != BROUGHT and quiet_ms >= QUIET_MS)
