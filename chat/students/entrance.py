"""What a student at the entrance may choose from, and whether they may come in; pure.

Used by `session.py` for every page that is in no room.
"""

from __future__ import annotations

from chat.frames import to_student
from chat.settings import School
from moderation.people.sessions import Signed


def topics(
    school: School,
    *,
    understood: bool,
    is_open: bool,
    longest_wait: float,
    help_minutes: int | None = None,
) -> to_student.Topics:
    """What a student who `understood` who can see a chat may choose; the wait in seconds."""
    return to_student.Topics(
        school=school.name,
        topics=tuple(to_student.TopicLine(topic.id, topic.label) for topic in school.topics),
        lines=tuple(
            to_student.HelpLine(line.name, line.number, line.hours) for line in school.lines
        ),
        understood=understood,
        open=is_open,
        longest_wait=int(longest_wait),
        help_minutes=help_minutes,
        hours=school.hours,
    )


def is_barred(signed: Signed, now: float) -> bool:
    """Whether a bar keeps this student out at `now` (seconds)."""
    return (signed.barred_until or 0) > now * 1000


def why_not(signed: Signed, topic: str, school: School, *, is_open: bool, now: float) -> str | None:
    """The code of the refusal of a student's wish to be matched at `now` (seconds), or None."""
    if not signed.understood:
        return "not_understood"
    if is_barred(signed, now):
        return "barred"
    if not is_open:
        return "closed_now"
    if topic not in {known.id for known in school.topics}:
        return "not_found"
    return None
