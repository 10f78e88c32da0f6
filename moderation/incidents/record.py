"""The record of an incident: what a school has to be able to show afterwards; pure.

Used by `incidents.py`, `case.py` and the pages. It answers the questions that England's *Keeping
children safe in education* asks of a written record: what was seen, what was done, who was told,
why it was decided so, and when somebody looks again. It is written once, with the outcome; what
comes later is added as a note.
"""

from __future__ import annotations

from datetime import date

import msgspec

MAX_ANSWER = 4_000
"""Characters of one answer."""


class Record(msgspec.Struct, frozen=True):
    """The answers, in the words of the adult who had the incident.

    `follow_up` is a day as `2026-03-04`, or None when nobody need look again.
    """

    seen: str
    done: str
    told: str
    why: str
    follow_up: str | None = None


def unfit(record: Record) -> str | None:
    """Why this is no whole record, as a code of the table of refusals; None when it is one."""
    answers = (record.seen, record.done, record.told, record.why)
    if not all(answer.strip() for answer in answers):
        return "empty"
    if any(len(answer) > MAX_ANSWER for answer in answers):
        return "too_long"
    return None if record.follow_up is None or _is_day(record.follow_up) else "bad_field"


def sealable(record: Record) -> str:
    """The record as one text, to be sealed."""
    return msgspec.json.encode(record).decode()


def read(text: str) -> Record:
    """What `sealable` wrote; raises msgspec.MsgspecError for anything else."""
    return msgspec.json.decode(text, type=Record)


def _is_day(word: str) -> bool:
    try:
        return date.fromisoformat(word).isoformat() == word
    except ValueError:
        return False
