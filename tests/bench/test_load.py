from __future__ import annotations

import pytest

from bench.load import WORDS
from moderation.pipeline import Judge
from moderation.terms import Attention, Delivery


@pytest.mark.parametrize("words", WORDS)
def test_what_the_bench_says_over_and_over_is_looked_at_by_nobody(words: str) -> None:
    """Else each costs a judging and an item of the queue, which ordinary talk does not."""
    decision = Judge.load().judge(words)
    assert (decision.attention, decision.delivery) == (Attention.NONE, Delivery.DELIVER)
