from __future__ import annotations

import pytest

from moderation.explain import explained, explanation
from tests.moderation.judging import shared_judge


def test_every_stage_of_judging_is_told() -> None:
    """The words read, the rule, its file and the decision all appear."""
    told = "\n".join(explained(shared_judge(), "im gonna k1ll mys3lf tonight"))
    for part in ("read", "words", "suicide_intent", "en/suicide.toml", "attention page"):
        assert part in told


def test_colour_is_used_only_when_asked_for() -> None:
    """Piped output carries no terminal codes."""
    judge = shared_judge()
    assert "\x1b" not in "\n".join(explained(judge, "kys"))
    assert "\x1b" in "\n".join(explained(judge, "kys", colour=True))


def test_a_rule_that_a_scope_turned_away_is_named_with_the_scope() -> None:
    """Who asks why nothing was seen learns which rule fitted and what took it back."""
    told = explanation(shared_judge(), "im not going to kill myself")
    turned = {one.rule: one.because for one in told.turned}
    assert any("negated" in because for because in turned.values())
    assert not {one.rule for one in told.found} & {r.rule for r in told.turned if r.cancelled}


def test_what_was_said_before_is_part_of_the_explanation() -> None:
    """Two weak signs over two messages are told as the composite they make."""
    text = "i gave away all my things to my brother"
    before = ["everyone would be better off without me"]
    assert explanation(shared_judge(), text).attention == "none"
    told = explanation(shared_judge(), text, before)
    assert told.attention == "page"
    assert "conversation" in {seen.detector for seen in told.found}


@pytest.mark.parametrize("text", ["", "  ", "\ud800", "\0", "e" + "\u0301" * 5000, "\ufdfa" * 2000])
def test_any_text_at_all_is_explained(text: str) -> None:
    """An odd message is explained like any other, and as it is judged."""
    told = explanation(shared_judge(), text)
    decision = shared_judge().judge(text)
    assert (told.attention, told.delivery) == (decision.attention.word, decision.delivery.word)


def test_the_words_of_a_held_message_are_not_told_as_shown() -> None:
    """What the other student sees of a held message is nothing."""
    told = explanation(shared_judge(), "kys")
    assert (told.delivery, told.shown) == ("hold", "")
