"""Every word a student reads is easy to read (UX S2).

Measured with the Flesch-Kincaid grade level (Kincaid et al. 1975): 0.39 words per sentence plus
11.8 syllables per word minus 15.59. A grade is about an age minus five, so age 11 is grade 6.
Syllables are counted as groups of vowels, which for English errs by a few in a hundred.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chat.errors import REFUSALS
from chat.settings import School

ROOT = Path(__file__).resolve().parents[2]
AGE = 11
ENOUGH_WORDS = 25
"""Below this the measure says nothing about a text."""


def _words() -> dict[str, Any]:
    source = (ROOT / "web/static/student/words.js").read_text(encoding="utf-8")
    _, _, tree = source.partition("export const words = ")
    return json.loads(tree.strip().removesuffix(";"))


def _texts(tree: Any) -> Iterator[str]:
    if isinstance(tree, str):
        yield re.sub(r"\{(count|minutes)\}", "3", tree).replace("{", "").replace("}", "")
    else:
        for branch in tree.values() if isinstance(tree, dict) else tree:
            yield from _texts(branch)


def _syllables(word: str) -> int:
    word = word.lower()
    groups = len(re.findall(r"[aeiouy]+", word))
    if re.search(r"[^aeiouyl]e$|[^aeioutd]ed$", word):
        groups -= 1
    return max(1, groups)


def reading_age(texts: list[str]) -> float:
    """The age at which an average reader follows these texts."""
    sentences = [s for text in texts for s in re.split(r"[.!?:…]+", text) if re.search(r"\w", s)]
    words = [word for s in sentences for word in re.findall(r"[^\W\d_]+(?:['\u2019][a-z]+)?", s)]
    syllables = sum(_syllables(word) for word in words)
    grade = 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59
    return grade + 5


def test_S2_the_measure_tells_easy_from_hard() -> None:
    """A sentence out of a statute reads far older than one out of a picture book."""
    easy = reading_age(["The cat sat on the mat. It was warm there."])
    hard = reading_age(["Notwithstanding aforementioned obligations, information is retained."])
    assert easy < AGE < hard


@pytest.mark.parametrize("part", sorted(_words()))
def test_S2_every_part_of_the_page_reads_at_eleven(part: str) -> None:
    """Each part of the page's words has a reading age of eleven at most."""
    texts = list(_texts(_words()[part]))
    if len(" ".join(texts).split()) < ENOUGH_WORDS:
        texts = list(_texts(_words()))
    assert reading_age(texts) <= AGE


def test_S2_what_the_server_says_reads_at_eleven() -> None:
    """Refusals, and what a school finds set up: the shipped topics and lines."""
    school = School()
    shipped = [*(one.label for one in school.topics), *(one.hours for one in school.lines)]
    assert reading_age([one.words for one in REFUSALS.values()]) <= AGE
    assert reading_age(shipped) <= AGE


def test_S2_who_can_see_this_is_at_most_eighty_words() -> None:
    """The text about who can see a chat has at most eighty words and reads at eleven."""
    body = _words()["understand"]["body"]
    assert len(" ".join(body).split()) <= 80
    assert reading_age(body) <= AGE


def test_S2_the_right_answer_is_the_second_of_three() -> None:
    """The page offers three answers, and the server takes the second (chat/students/session.py)."""
    answers = _words()["understand"]["answers"]
    assert len(answers) == 3
    assert "adult" in answers[1]
