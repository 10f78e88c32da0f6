from __future__ import annotations

import pytest

from moderation.terms import Attention
from tests.moderation.judging import shared_judge


@pytest.mark.parametrize(
    ("without", "scope"),
    [
        ("im going to kill myself tonight", "im not going to kill myself tonight"),
        ("im going to stab him tomorrow", "im going to stab him in fortnite tomorrow"),
        ("im so done i want to die", "this show makes me so happy i want to die lol"),
        ("i was raped", "i read a novel where she says i was raped"),
    ],
)
def test_a_scope_takes_attention_off_the_same_words(without: str, scope: str) -> None:
    """A denial, a game, a joke or a story lowers what the bare words would do."""
    judge = shared_judge()
    assert judge.judge(scope).attention < judge.judge(without).attention


def test_a_denial_in_an_earlier_clause_does_not_deny_the_next() -> None:
    """Not wanting one thing says nothing about the next thing wanted."""
    text = "dont tell me it gets better. i dont want better i want to be dead tonight"
    assert shared_judge().judge(text).attention == Attention.PAGE


def test_whom_it_is_done_to_does_not_say_who_does_it() -> None:
    """A threat that leaves out its subject is the speaker's own; one by somebody else is not."""
    judge = shared_judge()
    rules = {found.rule for found in judge.judge("gonna stab her tomorrow").findings}
    assert "threat" in rules
    others = {found.rule for found in judge.judge("she is gonna stab her tomorrow").findings}
    assert "threat_bare" not in others
