from __future__ import annotations

import tomllib

import msgspec

from moderation.doubt import heeded, weighed
from moderation.linear.signals import AGREES, CLEARED, SIGN, SPARES
from moderation.outcomes import table_of
from moderation.rulebook import LEXICON
from moderation.terms import Attention, Category, Delivery, Finding

SURE = frozenset({"slur"})


def _rule(
    attention: Attention, delivery: Delivery = Delivery.HOLD, rule: str = "insult"
) -> Finding:
    return Finding(Category.BULLYING, attention, delivery, "phrases", rule, 0, 4, "insult")


def _score(signal: str) -> Finding:
    return Finding(Category.ABUSE, Attention.NONE, Delivery.DELIVER, "linear", "x", signal=signal)


def test_a_rule_that_stands_alone_is_lowered_by_one_step() -> None:
    """A page becomes an item that is still held, an item becomes nothing, the signal stays."""
    (page,) = weighed([_rule(Attention.PAGE)], SURE, scored=True)
    assert (page.attention, page.delivery) == (Attention.QUEUE, Delivery.HOLD)
    (item,) = weighed([_rule(Attention.QUEUE)], SURE, scored=True)
    assert (item.attention, item.delivery) == (Attention.NONE, Delivery.DELIVER)
    assert item.signal == "insult"


def test_an_item_the_score_agrees_with_stands() -> None:
    """The lowest score that agrees is enough, and leaves no trace of its own."""
    rule = _rule(Attention.QUEUE)
    assert weighed([rule, _score(AGREES)], SURE, scored=True) == [rule]
    assert weighed([_score(AGREES)], SURE, scored=True) == []


def test_a_page_of_one_rule_stands_only_where_the_score_hears_danger() -> None:
    """A score that merely does not call the words harmless leaves an item to look at."""
    rule, item = _rule(Attention.PAGE), _rule(Attention.QUEUE)
    (lowered,) = weighed([rule, _score(AGREES)], SURE, scored=True)
    assert (lowered.attention, lowered.delivery) == (Attention.QUEUE, Delivery.HOLD)
    assert weighed([rule, item, _score(AGREES)], SURE, scored=True) == [lowered, item]
    assert weighed([rule, _score("weak_abuse")], SURE, scored=True) == [rule, _score("weak_abuse")]
    sure = _rule(Attention.PAGE, rule="slur")
    assert weighed([sure, _score(AGREES)], SURE, scored=True) == [sure]


def test_a_page_of_two_rules_stands_where_the_score_merely_agrees() -> None:
    """Two rules that page agree with each other; where the score calls it harmless, nobody does."""
    both = [_rule(Attention.PAGE, rule="means"), _rule(Attention.PAGE, rule="intent")]
    assert weighed([*both, _score(AGREES)], SURE, scored=True) == both
    again = [both[0], both[0], _score(AGREES)]
    assert {found.attention for found in weighed(again, SURE, scored=True)} == {Attention.QUEUE}
    assert {found.attention for found in weighed(both, SURE, scored=True)} == {Attention.QUEUE}


def test_a_doubtful_rule_holds_nothing_that_the_score_spares() -> None:
    """It still disturbs as before; a rule that is sure holds, and so does the score itself."""
    heard, score = _score(SPARES), _score("linear_aimed")
    slur = _rule(Attention.QUEUE, rule="slur")
    freed, *rest = weighed([_rule(Attention.QUEUE), slur, score, heard], SURE, scored=True)
    assert (freed.attention, freed.delivery) == (Attention.QUEUE, Delivery.DELIVER)
    assert rest == [slur, score]


def test_words_that_are_enough_need_nobody_to_agree() -> None:
    """A slur stays held and queued whatever the score says."""
    slur = _rule(Attention.QUEUE, rule="slur")
    assert weighed([slur], SURE, scored=True) == [slur]


def test_what_hides_a_detail_or_swearing_is_no_matter_of_the_score() -> None:
    """Only phrase rules that disturb somebody are weighed."""
    number = Finding(Category.IDENTITY, Attention.NONE, Delivery.REDACT, "contact", "phone", 0, 4)
    fault = Finding(Category.FAULT, Attention.QUEUE, Delivery.HOLD, "pipeline", "failed")
    assert weighed([number, fault], SURE, scored=True) == [number, fault]


def test_without_a_score_nothing_is_lowered() -> None:
    """Rules that judge by themselves say what they say."""
    page = _rule(Attention.PAGE)
    assert weighed([page], SURE, scored=False) == [page]


def test_nothing_is_urgent_where_grave_words_were_cleared() -> None:
    """A denial, a game or a story takes the urgency from the score, not what it queues."""
    queued, urgent, sign = _score("linear_self"), _score("urgent_self"), _score(SIGN)
    cleared = Finding(
        Category.SUICIDE, Attention.NONE, Delivery.DELIVER, "phrases", "x", signal=CLEARED
    )
    assert weighed([cleared, queued, urgent, sign], SURE, scored=True) == [queued, sign]


def test_what_is_heard_in_a_peers_care_alone_disturbs_nobody() -> None:
    """Unless it pages, asks for help, is of a sure rule, is heard by the score, or beside it."""
    table = table_of(tomllib.loads((LEXICON / "decisions.toml").read_text(encoding="utf-8")))
    care = "dont pay him, block him and tell your mum"
    asked = Category.EXPLOITATION, Attention.QUEUE, Delivery.HOLD
    heard = Finding(*asked, "phrases", "asked", 0, len(care))
    scored = Finding(*asked, "linear", "linear.exploitation")
    lure = "nobody else needs to know"
    beside = Finding(*asked, "phrases", "asked", 0, len(lure))
    (quiet,) = heeded(care, [heard], table, frozenset())
    assert (quiet.attention, quiet.delivery) == (Attention.NONE, Delivery.DELIVER)
    pages = msgspec.structs.replace(heard, attention=Attention.PAGE)
    cry = msgspec.structs.replace(heard, category=Category.ABUSE)
    for text, found, sure in (
        (care, [pages], frozenset()),
        (care, [heard, cry], frozenset()),
        (care, [heard], frozenset({"asked"})),
        (f"{care}. or send me one", [heard], frozenset()),
        (care, [heard, scored], frozenset()),
        (f"{lure}, {care}", [beside], frozenset()),
    ):
        assert heeded(text, found, table, sure) == found
