"""What a safeguarding lead signs, and a parent reads, is what was measured."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def _measured(row: str) -> int:
    """Of a hundred messages, by authors nobody learnt from, in the summary of how judging fares."""
    table = (ROOT / "docs/moderation.md").read_text()
    found = re.search(rf"^\| {row}[^|]*\|[^|]*\| ([\d.]+) %", table, re.MULTILINE)
    assert found is not None
    return round(float(found[1]))


def _said(page: str) -> str:
    return " ".join((ROOT / "docs" / page).read_text().split())


def test_the_page_that_is_signed_says_what_was_measured() -> None:
    """What is missed, what waits and what gets through, each of a hundred."""
    missed, not_paged, leaks = _measured("missed"), _measured("not paged"), _measured("leaks")
    queue, pages = _measured("false queue"), _measured("false pages")
    said = _said("safeguarding-lead.md")
    called = f"{100 - not_paged} call one at once, {not_paged - missed} wait for a moderator"
    assert f"{called}, **{missed} tell nobody**" in said
    assert f"{100 - queue - pages} disturb nobody, {queue} wait for a moderator" in said
    assert f"{100 - leaks} are; **{leaks} reach the other student" in said


def test_parents_are_told_the_same() -> None:
    """In words: half, some twenty, about a quarter."""
    missed, not_paged = _measured("missed"), _measured("not paged")
    assert 0.42 < not_paged / 100 < 0.58
    assert 15 < not_paged - missed < 25
    assert 20 <= missed <= 30
    assert "half call an adult at once, some twenty wait" in _said("parents.md")
    assert "about a quarter tell nobody" in _said("parents.md")
