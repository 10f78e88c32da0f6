"""Who may come in, and what they are shown first."""

from __future__ import annotations

import pytest

from chat.settings import School
from chat.students.entrance import topics, why_not
from moderation.people.sessions import Signed

NOW = 1_000.0
SIGNED = Signed(b"", "who", understood=True, band="all", barred_until=None)


def test_topics_and_lines_are_the_schools() -> None:
    """A page is told every topic and help line of the school, in order."""
    school = School(name="Elm")
    shown = topics(school, understood=False, is_open=True, longest_wait=300.0)
    assert [line.id for line in shown.topics] == [topic.id for topic in school.topics]
    assert [line.number for line in shown.lines] == [line.number for line in school.lines]
    assert (shown.school, shown.understood, shown.open) == ("Elm", False, True)
    assert shown.longest_wait == 300


@pytest.mark.parametrize(
    ("understood", "barred", "is_open", "topic", "code"),
    [
        (True, None, True, "mood", None),
        (True, 999_999, True, "mood", None),
        (False, None, True, "mood", "not_understood"),
        (True, 1_000_001, True, "mood", "barred"),
        (True, None, False, "mood", "closed_now"),
        (True, None, True, "weather", "not_found"),
    ],
)
def test_S2_nobody_comes_in_unready(
    *, understood: bool, barred: int | None, is_open: bool, topic: str, code: str | None
) -> None:
    """Understanding, no bar, open hours and a known topic are all needed."""
    signed = Signed(b"", "who", understood=understood, band="all", barred_until=barred)
    assert why_not(signed, topic, School(), is_open=is_open, now=NOW) == code
