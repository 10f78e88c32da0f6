"""What a scorer may answer at all."""

from __future__ import annotations

from typing import Any

import pytest

from moderation.scorers import ScorerError, scores_of
from moderation.terms import Category


def test_scores_of_known_categories_are_taken() -> None:
    """Whole numbers are numbers too."""
    assert scores_of({"suicide": 0.5, "bullying": 1}) == {
        Category.SUICIDE: 0.5,
        Category.BULLYING: 1.0,
    }
    assert scores_of({}) == {}


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [0.5],
        "suicide",
        {"weather": 0.5},
        {"fault": 1.0},
        {"suicide": "0.9"},
        {"suicide": True},
        {"suicide": None},
        {"suicide": float("nan")},
        {"suicide": float("inf")},
        {"suicide": -0.1},
        {"suicide": 1.01},
    ],
)
def test_anything_else_is_no_score(answer: Any) -> None:
    """A scorer that answers nonsense is refused, not believed."""
    with pytest.raises(ScorerError):
        scores_of(answer)
