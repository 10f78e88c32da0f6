from __future__ import annotations

import pytest

from moderation.detectors.phrases import Phrases
from moderation.terms import Attention, Delivery
from tests.moderation.judging import shared_judge


@pytest.mark.parametrize(
    ("text", "attention", "delivery"),
    [
        ("been thinking about ending my life tonight", "page", "deliver"),
        ("i dont want to be alive anymore and i have a plan", "page", "deliver"),
        ("sometimes i hope i dont wake up", "queue", "deliver"),
        ("i cut my arm and it wont stop bleeding", "page", "deliver"),
        ("my dad punched me in the face last night", "page", "deliver"),
        ("im bringing a knife to school for him tomorrow", "page", "hold"),
        ("someone is threatening to leak my nudes", "page", "deliver"),
        ("send me a pic of you babe", "queue", "hold"),
        ("my friend took loads of pills and wont wake up", "page", "deliver"),
        ("go kill yourself", "queue", "hold"),
        ("ya no quiero vivir, tengo todo listo", "page", "deliver"),
        ("eres una inutil, nadie te quiere", "queue", "hold"),
        ("this maths test is killing me", "none", "deliver"),
        ("im proud of you for telling your mum", "none", "deliver"),
        pytest.param(
            "no voy a clase hoy, tengo dentista",
            "none",
            "deliver",
        ),
    ],
)
def test_families_of_meaning_reach_the_right_people(
    text: str, attention: str, delivery: str
) -> None:
    """Texts that stand in no rule file get the attention and delivery their meaning needs."""
    decision = shared_judge().judge(text)
    assert (decision.attention.word, decision.delivery.word) == (attention, delivery)


def test_a_finding_points_at_the_words_it_saw() -> None:
    """The span a moderator is shown holds the words, whatever they were written in."""
    text = "ok so… ｋｉｌｌ ｍｙｓｅｌｆ is what i plan to do, im gonna ｋｉｌｌ ｍｙｓｅｌｆ"
    decision = shared_judge().judge(text)
    page = next(f for f in decision.findings if f.attention == Attention.PAGE)
    assert "ｋｉｌｌ ｍｙｓｅｌｆ" in text[page.start : page.end]
    assert decision.delivery == Delivery.DELIVER


def test_asked_about_one_rule_it_answers_as_among_all() -> None:
    """What a rule finds does not depend on the others, so its examples need only itself."""
    judge = shared_judge()
    phrases = Phrases(judge.book)
    reading = judge.reading("go kill yourself, nobody likes you, i want to die")
    rules = {rule.id: rule for rule in judge.book.rules}
    found = [one for one in phrases.find(reading) if one.rule in rules]
    assert len(found) > 1
    for one in found:
        assert phrases.find(reading, rules[one.rule]) == [one]
