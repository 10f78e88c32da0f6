from __future__ import annotations

from typing import Any

import pytest

from moderation.rules import LexiconError, composite_of, rule_of
from moderation.terms import Attention, Category, Delivery

GOOD: dict[str, Any] = {"id": "x", "say": ["a"], "match": ["a"], "miss": ["b"]}


def test_delivery_follows_the_category_unless_said() -> None:
    """A threat is held and a cry for help delivered without the rule repeating it."""
    assert rule_of(GOOD, "harm_to_others").delivery == Delivery.HOLD
    assert rule_of(GOOD, "suicide").delivery == Delivery.DELIVER
    assert rule_of(GOOD | {"delivery": "deliver"}, "hate").delivery == Delivery.DELIVER


def test_status_is_a_ceiling_on_attention() -> None:
    """A rule on trial is recorded, a queue rule cannot page."""
    assert rule_of(GOOD | {"attention": "page", "status": "queue"}, "abuse").attention == 1
    shadow = rule_of(GOOD | {"attention": "page", "status": "shadow"}, "hate")
    assert (shadow.attention, shadow.delivery) == (Attention.NONE, Delivery.DELIVER)


@pytest.mark.parametrize(
    "change",
    [
        {"colour": "red"},
        {"attention": "loud"},
        {"delivery": "shred"},
        {"who": "nobody"},
        {"say": []},
        {"say": "a"},
        {"match": []},
        {"miss": []},
        {"id": ""},
        {"category": "weather"},
        {"category": "fault"},
        {"attention": "none"},
    ],
)
def test_a_rule_that_says_something_unknown_is_refused(change: dict[str, Any]) -> None:
    """Unknown keys and words, and rules without patterns or examples, are never guessed at."""
    with pytest.raises(LexiconError):
        rule_of(GOOD | change, "suicide")


def test_a_composite_reads_its_table() -> None:
    """What counts, how many and how far back come from the file."""
    composite = composite_of({"id": "c", "category": "abuse", "of": ["a", "b"], "count": 2})
    assert (composite.category, composite.of, composite.count) == (
        Category.ABUSE,
        {"a", "b"},
        2,
    )


@pytest.mark.parametrize("change", [{"count": 0}, {"count": "2"}, {"window": -1}, {"of": "a"}])
def test_a_composite_that_cannot_be_met_is_refused(change: dict[str, Any]) -> None:
    """Counts and windows must make sense."""
    with pytest.raises(LexiconError):
        composite_of({"id": "c", "category": "abuse", "of": ["a"]} | change)
