from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.detectors.linear import Linear
from moderation.linear.model import GROUPS, Features, Model, Weights, packed, pieces_in
from moderation.linear.network import NOTHING, Network, Seen
from moderation.linear.signals import SIGNALS
from moderation.terms import Attention, Category, Delivery, Finding
from tests.moderation.judging import shared_judge

LIMITS = {
    "gate": 0.1,
    "agrees": 0.5,
    "weak": 1.0,
    "queue": 2.0,
    "strong": 3.0,
    "hold": 1.0,
    "urgent": 1.0,
}


def _sums(**groups: int) -> int:
    return packed([groups.get(group, 0) for group in GROUPS])


def _alone(words: dict[str, int]) -> Features:
    """Weights of words that stand for themselves: no pieces, no pairs."""
    return Features(words, pieces_in(()), {}, {})


SMALL = Weights(
    version="small",
    bias=0.0,
    step=1.0,
    group_step=1.0,
    group_biases=(0.0,) * len(GROUPS),
    risk=_alone(
        {"doubtful": 1, "risky": 2, "worst": 3, "menace": 2, "plea": 2, "slur": 2, "near": 2}
        | {"calling": 9, "pressing": 3, "story": 3, "lasting": 3, "brewing": 3}
    ),
    groups=_alone(
        {
            "doubtful": _sums(abuse=5),
            "calling": _sums(self=5),
            "pressing": _sums(self=5, urgent=9),
            "risky": _sums(self=5, hold=5),
            "worst": _sums(friend=5),
            "menace": _sums(harm=9, hold=5),
            "plea": _sums(harm=5),
            "slur": _sums(aimed=9, hold=5),
            "near": _sums(aimed=9, hold=5, abuse=5),
            "story": _sums(self=5, hold=-9),
            "lasting": _sums(self=5, urgent=-9),
            "brewing": _sums(aimed=5, urgent=-9),
        }
    ),
    limits=LIMITS,
)


class Again(Network):
    """A network that says the same of every message, and counts them."""

    def __init__(self, said: Seen) -> None:
        self.said = said
        self.looked = 0

    def look(self, words: Sequence[str]) -> Seen:
        """What it always says."""
        self.looked += bool(words)
        return self.said


def _risk(added: float) -> Seen:
    return Seen((), {**NOTHING.outputs, "risk": ((), added)})


def _found(text: str, network: Network | None = None) -> list[Finding]:
    judge = shared_judge()
    return Linear(judge.book, Model(SMALL, {}), network).find(judge.reading(text))


def test_the_network_looks_again_only_where_the_plain_score_is_in_doubt() -> None:
    """An ordinary message never meets it; what it says of another is added."""
    network = Again(_risk(1.5))
    assert _found("see you at lunch", network) == []
    assert network.looked == 0
    assert [finding.signal for finding in _found("doubtful", network)] == ["linear_abuse"]
    assert network.looked == 1


def test_the_network_may_call_a_message_harmless() -> None:
    """What the plain score would queue, it can take back."""
    assert _found("risky", Again(_risk(-2.0))) == []


def test_an_ordinary_message_gives_nothing() -> None:
    """Below the weak limit nothing is found."""
    assert _found("see you at lunch") == []


def test_a_middling_score_is_only_a_sign() -> None:
    """From the weak limit up there is a signal of the group, and nobody is disturbed."""
    (finding,) = _found("doubtful")
    assert finding.attention == Attention.NONE
    assert (finding.category, finding.signal) == (Category.ABUSE, "weak_abuse")


def test_a_high_score_is_queued_with_its_group() -> None:
    """From the queue's limit up a person looks, and the category is the group's."""
    (finding,) = _found("risky")
    assert finding.attention == Attention.QUEUE
    assert (finding.category, finding.signal) == (Category.SUICIDE, "linear_self")


def test_a_very_high_score_says_so_and_never_pages_alone() -> None:
    """The strong limit adds a signal; only a rule can make it a page."""
    found = _found("worst")
    assert [finding.signal for finding in found] == ["linear_friend", "linear_strong"]
    assert max(finding.attention for finding in found) == Attention.QUEUE


@pytest.mark.parametrize(
    ("text", "cannot_wait"),
    [
        ("pressing", False),
        ("pressing tonight", True),
        ("calling", False),
        ("calling tonight", True),
        ("worst tonight", False),
    ],
)
def test_what_is_risky_and_urgent_enough_in_sum_pages_beside_a_sign(
    text: str, *, cannot_wait: bool
) -> None:
    """Very urgent and hardly queued, or very risky and hardly urgent; neither without a sign."""
    assert ("urgent_self" in {finding.signal for finding in _found(text)}) is cannot_wait


@pytest.mark.parametrize(
    ("text", "waits"), [("lasting", True), ("worst", False), ("brewing", False)]
)
def test_what_is_not_urgent_can_wait(text: str, *, waits: bool) -> None:
    """It says so, and is queued as ever; what is done to others never waits."""
    found = _found(text)
    assert ("waits" in {finding.signal for finding in found}) is waits
    assert found[0].attention == Attention.QUEUE


@pytest.mark.parametrize(
    ("text", "delivery"),
    [
        ("menace knife", Delivery.HOLD),
        ("my menace knife", Delivery.HOLD),
        ("slur face", Delivery.HOLD),
        ("your slur face", Delivery.HOLD),
        ("menace today", Delivery.DELIVER),
        ("slur today", Delivery.DELIVER),
        ("slur knife", Delivery.DELIVER),
        ("plea knife", Delivery.DELIVER),
        ("risky face", Delivery.DELIVER),
        ("my slur face", Delivery.DELIVER),
        ("near face", Delivery.DELIVER),
    ],
)
def test_only_what_is_aimed_at_somebody_is_held(text: str, delivery: Delivery) -> None:
    """A hold needs its own limit, a word of the group's own and nothing like a cry for help."""
    (finding,) = _found(text)
    assert finding.delivery == delivery


@pytest.mark.parametrize(
    ("text", "delivery"),
    [("menace", Delivery.HOLD), ("slur", Delivery.HOLD), ("near", Delivery.DELIVER)],
)
def test_what_is_queued_anyhow_is_held_without_such_a_word(text: str, delivery: Delivery) -> None:
    """From the queue's limit up no word need stand; a cry for help is as far away as ever."""
    (finding,) = _found(text)
    assert (finding.attention, finding.delivery) == (Attention.QUEUE, delivery)


@pytest.mark.parametrize(
    ("text", "spares"), [("my story", True), ("story", False), ("my story, you", False)]
)
def test_who_speaks_of_oneself_may_be_spared(text: str, *, spares: bool) -> None:
    """Where the score hears nothing to hold, and the message says "me" and never "you"."""
    assert ("linear_spares" in {finding.signal for finding in _found(text)}) is spares


def test_a_disguised_word_counts_through_the_second_view() -> None:
    """The higher score of all views counts."""
    judge = shared_judge()
    weights = dataclasses.replace(
        SMALL, risk=_alone({"kill": 2}), groups=_alone({"kill": _sums(self=5)})
    )
    linear = Linear(judge.book, Model(weights, {}))
    assert [finding.signal for finding in linear.find(judge.reading("k i l l"))] == ["linear_self"]


@given(st.text(max_size=300))
def test_any_text_gets_findings_that_are_known_and_never_page(text: str) -> None:
    """Whatever is typed, the shipped weights answer with known signals and at most the queue."""
    judge = shared_judge()
    linear = next(detector for detector in judge.detectors if detector.name == "linear")
    for finding in linear.find(judge.reading(text)):
        assert finding.signal in SIGNALS
        assert finding.attention <= Attention.QUEUE
