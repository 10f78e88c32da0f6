from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation import pipeline
from moderation.conversation import AGAIN, ConversationState
from moderation.outcomes import Change
from moderation.pipeline import Judge
from moderation.terms import Attention, Category, Decision, Delivery, Finding
from moderation.text import Reading
from tests.moderation.judging import shared_judge


class Odd:
    """A detector that does what it is told."""

    name = "odd"

    def __init__(self, act: Callable[[], Any]) -> None:
        self._act = act

    def find(self, _reading: Reading) -> Sequence[Finding]:
        found: Sequence[Finding] = self._act()
        return found


def _judge_with(act: Callable[[], Any]) -> Judge:
    shared = shared_judge()
    return Judge(shared.book, [Odd(act), *shared.detectors])


def _raises() -> None:
    raise RuntimeError


@pytest.mark.parametrize(
    "act",
    [
        _raises,
        lambda: None,
        lambda: ["page"],
        lambda: [Finding(Category.SUICIDE, Attention.PAGE, Delivery.DELIVER, "odd", "x", 0, 999)],
        lambda: [Finding(Category.SUICIDE, Attention.PAGE, Delivery.DELIVER, "odd", "x", -1, 2)],
        lambda: [Finding("weather", Attention.PAGE, Delivery.DELIVER, "odd", "x")],  # type: ignore[arg-type]
        lambda: [Finding(Category.SUICIDE, 2, 0, "odd", "x")],  # type: ignore[arg-type]
    ],
)
def test_a_detector_that_fails_is_itself_a_finding(act: Callable[[], Any]) -> None:
    """Whatever one detector does wrong, the message is held and queued and the others still run."""
    decision = _judge_with(act).judge("im going to kill myself tonight")
    assert decision.delivery == Delivery.HOLD
    assert decision.attention == Attention.PAGE
    assert {Category.FAULT, Category.SUICIDE} <= {f.category for f in decision.findings}


def test_a_text_that_cannot_be_read_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """When making the reading fails no detector has looked, so a person must."""
    judge = _judge_with(list)
    monkeypatch.setattr(judge, "reading", lambda _text: _raises())
    decision = judge.judge("nobody can read this")
    assert (decision.delivery, decision.attention) == (Delivery.HOLD, Attention.QUEUE)
    assert [f.rule for f in decision.findings] == ["unreadable"]


@given(st.text(max_size=200))
def test_any_text_gets_a_decision_with_spans_inside_it(text: str) -> None:
    """No string makes judging raise, and every span can be shown to a moderator."""
    decision = shared_judge().judge(text)
    assert not any(finding.category is Category.FAULT for finding in decision.findings)
    assert all(0 <= f.start <= f.end <= len(text) for f in decision.findings)


@pytest.mark.parametrize(
    "hostile",
    ["", "\x00", "\ud800", "e" + "\u0301" * 10_000, "\ufdfa" * 2000, "a" * 50_000, "🔪" * 4000],
)
def test_a_hostile_text_gets_a_decision(hostile: str) -> None:
    """Text made to break a reader is judged, or held when it is too long to read."""
    decision = shared_judge().judge(hostile)
    assert isinstance(decision, Decision)
    if len(hostile) > 4000:
        assert decision.delivery == Delivery.HOLD


def test_two_weak_signs_over_several_messages_page() -> None:
    """Neither a burden nor a goodbye gift pages alone; together, turns apart, they do."""
    judge, state = shared_judge(), ConversationState()
    first = judge.judge_turn("they would all manage better without me", state, 0)
    between = judge.judge_turn("had pasta for tea", state, 0)
    last = judge.judge_turn("i gave away all my things to my brother", state, 0)
    assert [d.attention for d in (first, between, last)] == [
        Attention.QUEUE,
        Attention.NONE,
        Attention.PAGE,
    ]


def test_signs_of_one_seat_do_not_count_for_the_other() -> None:
    """What one student says builds up for that student only."""
    judge, state = shared_judge(), ConversationState()
    judge.judge_turn("they would all manage better without me", state, 0)
    other = judge.judge_turn("i gave away all my things to my brother", state, 1)
    assert other.attention < Attention.PAGE


def test_context_is_judged_as_earlier_turns_of_the_same_speaker() -> None:
    """Earlier texts given as context count as if they had been said in the room."""
    judge = shared_judge()
    last = "i gave away all my things to my brother"
    assert judge.judge(last).attention < Attention.PAGE
    assert (
        judge.judge(last, ["everyone would be better off without me"]).attention == Attention.PAGE
    )


def test_a_number_sent_in_pieces_is_redacted() -> None:
    """A telephone number split over messages of one sender is seen when it is complete."""
    judge, state = shared_judge(), ConversationState()
    for piece in ("07700", "900"):
        judge.judge_turn(piece, state, 0)
    assert judge.judge_turn("123", state, 0).delivery == Delivery.REDACT


def test_the_same_texts_rebuild_the_same_state() -> None:
    """A room's state is lost with the process and comes back by replaying its messages."""
    texts = ["i feel like a burden", "ok", "07700", "bye everyone"]
    states = [ConversationState(), ConversationState()]
    for state in states:
        for text in texts:
            shared_judge().judge_turn(text, state, 0)
    assert states[0] == states[1]


def test_another_language_is_told_once_for_many_messages_of_a_room() -> None:
    """Two who chat in it make an item, and the next after so many messages of both."""
    judge, state = shared_judge(), ConversationState()
    said = [
        judge.judge_turn(f"nie chcę już żyć {turn}", state, turn % 2) for turn in range(2 * AGAIN)
    ]
    assert [turn for turn, one in enumerate(said) if one.attention] == [0, AGAIN + 1]
    assert {one.category for one in said} == {Category.LANGUAGE}
    assert {one.delivery for one in said} == {Delivery.DELIVER}


def test_a_danger_that_rules_read_is_told_whatever_language_was_told_before() -> None:
    """Only the language falls silent for a while."""
    judge, state = shared_judge(), ConversationState()
    judge.judge_turn("co robisz dzisiaj po szkole", state, 0)
    danger = judge.judge_turn("i am going to kill myself tonight", state, 0)
    assert danger.attention == Attention.PAGE


def test_a_school_that_holds_another_language_holds_each_message() -> None:
    """What waits for a moderator is an item every time; only a fault may not be changed."""
    judge = Judge.load(changes={Category.LANGUAGE: Change(at_least="hold")})
    state = ConversationState()
    for _ in range(3):
        decision = judge.judge_turn("nie chcę już żyć", state, 0)
        assert (decision.attention, decision.delivery) == (Attention.QUEUE, Delivery.HOLD)
    assert judge.judge_turn("see you at lunch", state, 0).delivery == Delivery.DELIVER


def test_an_ordinary_message_is_looked_at_once_and_decided_every_time() -> None:
    """Said again, it gets the same decision without asking the detectors again."""
    asked: list[None] = []
    judge = _judge_with(lambda: asked.append(None) or [])
    state = ConversationState()
    first = judge.judge_turn("see you at lunch then", state, 0)
    assert judge.judge_turn("see you at lunch then", state, 1) == first
    assert len(asked) == 1


def test_a_message_that_disturbs_somebody_is_looked_at_every_time() -> None:
    """Nothing that was found dangerous, swears or gave something away is kept in memory."""
    for text in ("i am going to kill myself tonight", "fuck this", "call me on 07700 900123"):
        asked: list[None] = []
        judge = _judge_with(lambda asked=asked: asked.append(None) or [])  # type: ignore[misc]
        assert judge.judge(text) == judge.judge(text)
        assert len(asked) == 2


def test_few_ordinary_messages_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The older half is forgotten first, and a long one is not remembered at all."""
    monkeypatch.setattr(pipeline, "MOST_ORDINARY", 4)
    asked: list[None] = []
    judge = _judge_with(lambda: asked.append(None) or [])
    for text in ("one", "two", "three", "four", "three", "one", "so " * 60, "so " * 60):
        judge.judge(text)
    assert len(asked) == 7


@pytest.mark.parametrize("tail", [", tell your teacher", ", block and report"])
@pytest.mark.parametrize(
    "text",
    [
        "is your bedroom door locked",
        "nobody needs to know we talk",
        "gays shouldnt be let near kids",
        "no wonder you have no friends",
        "vente a telegram que aquí nos leen",
    ],
)
def test_a_few_words_of_advice_hide_nothing(text: str, tail: str) -> None:
    """Whoever lures or hurts may add them: somebody looks all the same."""
    assert shared_judge().judge(text).attention is Attention.QUEUE
    assert shared_judge().judge(text + tail).attention >= Attention.QUEUE
