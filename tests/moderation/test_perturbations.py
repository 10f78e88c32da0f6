"""How well judging stands up to the same words written otherwise, and to any text."""

from __future__ import annotations

import functools
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.conversation import ConversationState
from moderation.corpus_lines import CORPUS, corpus
from moderation.linear.heldout import held_out
from moderation.terms import Attention, Category, Decision
from tests.moderation.judging import shared_judge
from tests.moderation.perturbations import DISGUISES, SLIPS, Perturbation

GOALS = {**dict.fromkeys(DISGUISES, 2.0), **dict.fromkeys(SLIPS, 12.0)}
"""By how many points of a hundred the share of missed messages may rise."""
FALSE_PAGES = 0.008
"""Share of ordinary messages that one kind of perturbation may newly page: the goal is none."""

WAYS = (*DISGUISES, *SLIPS)

ODD = [
    "",
    " ",
    "\t\n\r ",
    "\0",
    "\0" * 4000,
    "\ud800",
    "i want to die\udfff tonight",
    "e" + "\u0301" * 10_000,
    "\ufdfa" * 2000,
    "\u202e" * 4000,
    "\U0001f52a" * 4000,
    "\u200b" * 10_000,
    "a" * 100_000,
    "((((((((((" * 400,
    "1.1.1.1." * 500,
    "k i l l " * 500,
]


@functools.cache
def _held_out(attention: str) -> tuple[str, ...]:
    """The written messages with that label that nobody tunes on."""
    return tuple(
        record["text"]
        for record in corpus(str(CORPUS))
        if "text" in record and held_out(record["id"]) and record["attention"] == attention
    )


@functools.cache
def _plain(attention: str) -> tuple[Attention, ...]:
    return tuple(shared_judge().judge(text).attention for text in _held_out(attention))


@pytest.mark.parametrize(("name", "change"), [*DISGUISES.items(), *SLIPS.items()])
def test_hiding_the_words_hides_no_danger(name: str, change: Perturbation) -> None:
    """The share of missed messages rises by no more than its goal."""
    danger, chance = _held_out("page"), Random(name)
    missed = _plain("page").count(Attention.NONE)
    judge = shared_judge()
    hidden = sum(judge.judge(change(text, chance)).attention is Attention.NONE for text in danger)
    rise = 100 * (hidden - missed) / len(danger)
    print(f"{name}: missed {missed} -> {hidden} of {len(danger)}, {rise:+.1f} points")
    assert len(danger) > 150
    assert rise <= GOALS[name]


@pytest.mark.parametrize(("name", "change"), [*DISGUISES.items(), *SLIPS.items()])
def test_ordinary_talk_written_oddly_pages_nobody(name: str, change: Perturbation) -> None:
    """Hardly any harmless message begins to page because of how it is written.

    Each way has every second of them, and the next way the others: that is a thousand still.
    """
    chance, judge = Random(name), shared_judge()
    mine = slice(WAYS.index(name) % 2, None, 2)
    talk = [
        text
        for text, attention in zip(_held_out("none")[mine], _plain("none")[mine], strict=True)
        if attention is not Attention.PAGE
    ]
    paged = [t for t in talk if judge.judge(change(t, chance)).attention is Attention.PAGE]
    print(f"{name}: {len(paged)} new false pages of {len(talk)}")
    assert len(talk) > 1_000
    assert len(paged) <= FALSE_PAGES * len(talk)


def _is_a_decision(decision: Decision, text: str) -> None:
    assert isinstance(decision.attention, Attention)
    assert all(0 <= f.start <= f.end <= len(text) for f in decision.findings)
    faults = {f.rule for f in decision.findings if f.category is Category.FAULT}
    assert faults <= {"too_long"}


@pytest.mark.parametrize("text", ODD, ids=[f"{n}" for n in range(len(ODD))])
def test_every_odd_message_gets_a_decision(text: str) -> None:
    """Alone and in a conversation; one too long to be read whole is held, none fails."""
    judge = shared_judge()
    decision = judge.judge(text)
    _is_a_decision(decision, text)
    assert decision.delivery.word == "hold" or len(text) <= 4000
    state = ConversationState()
    for seat in (0, 1, 0):
        _is_a_decision(judge.judge_turn(text, state, seat), text)


WORDS = st.sampled_from(
    [
        "i",
        "want",
        "to",
        "kill",
        "myself",
        "tonight",
        "my",
        "dad",
        "hits",
        "me",
        "ur",
        "so",
        "fat",
        "07700",
        "900123",
        "@",
        "you",
        "l",
        "o",
        "l",
        "5h1t",
    ]
)
PIECES = st.one_of(
    WORDS,
    st.text(max_size=20),
    st.characters(categories=["Cs", "Cc", "Cf", "Mn", "So"]),
    st.sampled_from(["\ufdfa", "\u0301" * 30, "\u200d", "*", ".", " ", "\n", '"', "\U0001f52a"]),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=60), st.sampled_from(["", " "]))
def test_no_text_at_all_makes_judging_fail(pieces: list[str], between: str) -> None:
    """Whatever is written, the answer is a decision about the text and never a fault."""
    text = between.join(pieces)
    _is_a_decision(shared_judge().judge(text), text)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.lists(PIECES, max_size=8), st.integers(0, 1)), max_size=12))
def test_no_conversation_makes_judging_fail(turns: list[tuple[list[str], int]]) -> None:
    """What was said before never makes a later message impossible to judge."""
    state = ConversationState()
    for pieces, seat in turns:
        text = " ".join(pieces)
        _is_a_decision(shared_judge().judge_turn(text, state, seat), text)
