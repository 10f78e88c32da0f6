"""A school's own scorer: what it must answer, one file for each way to reach it.

Used by `moderation/second_opinion.py`. A scorer gets the text of one message and nothing else, and
answers for some categories how sure it is that a person should look, from 0 to 1. Anything else
that it answers is a `ScorerError`, as is no answer at all.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Protocol

from moderation.terms import Category


class ScorerError(Exception):
    """The scorer failed or answered what is no score; the message quotes nothing it was sent."""


class Scorer(Protocol):
    """What `second_opinion.py` calls; cancelled when its time is over."""

    async def prepare(self) -> None:
        """Get ready to score; again after a failure. Raises ScorerError."""

    async def score(self, text: str) -> Mapping[Category, float]:
        """The scores of one message. Raises ScorerError."""

    async def close(self) -> None:
        """End what was started."""


SCORED = frozenset(Category) - {Category.FAULT}
"""What a scorer may name: a fault is never of a child's making."""


def scores_of(answer: Any) -> dict[Category, float]:
    """A scorer's answer, checked.

    Raises:
        ScorerError: it is not a table of known categories to finite numbers from 0 to 1.
    """
    if not isinstance(answer, Mapping):
        raise ScorerError("the answer is no table of scores")
    found: dict[Category, float] = {}
    for name, score in answer.items():
        if name not in SCORED:
            raise ScorerError("a category is not known")
        if isinstance(score, bool) or not isinstance(score, int | float):
            raise ScorerError("a score is not a number")
        if not math.isfinite(score) or not 0 <= score <= 1:
            raise ScorerError("a score is not between 0 and 1")
        found[Category(name)] = float(score)
    return found
