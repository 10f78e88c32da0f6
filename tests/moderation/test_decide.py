from __future__ import annotations

import tomllib

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from moderation.decide import HIDDEN, decide
from moderation.outcomes import table_of
from moderation.rulebook import LEXICON
from moderation.terms import Attention, Category, Delivery, Finding

TABLE = table_of(tomllib.loads((LEXICON / "decisions.toml").read_text(encoding="utf-8")))
FINDINGS = st.lists(
    st.builds(
        Finding,
        st.sampled_from(list(Category)),
        st.sampled_from(list(Attention)),
        st.sampled_from(list(Delivery)),
        st.just("test"),
        st.just("rule"),
    ),
    max_size=6,
)


def _finding(
    category: Category, attention: Attention, delivery: Delivery, start: int = 0, end: int = 0
) -> Finding:
    return Finding(category, attention, delivery, "test", "rule", start, end)


@given(FINDINGS)
def test_attention_is_the_highest_found(findings: list[Finding]) -> None:
    """No finding ever lowers the attention of another."""
    expected = max((finding.attention for finding in findings), default=Attention.NONE)
    assert decide("text", findings, "v", TABLE).attention == expected


@given(FINDINGS)
def test_a_fault_always_holds(findings: list[Finding]) -> None:
    """Whatever else was found, a message that could not be judged is not delivered."""
    fault = _finding(Category.FAULT, Attention.QUEUE, Delivery.HOLD)
    assert decide("text", [*findings, fault], "v", TABLE).delivery == Delivery.HOLD


def test_a_cry_for_help_is_not_held_for_its_words() -> None:
    """A slur or an insult in a cry for help does not hold it."""
    cry = _finding(Category.SUICIDE, Attention.PAGE, Delivery.DELIVER)
    slur = _finding(Category.HATE, Attention.QUEUE, Delivery.HOLD)
    assert decide("text", [cry, slur], "v", TABLE).delivery == Delivery.DELIVER


def test_a_threat_is_held_unless_the_score_hears_a_cry_for_help() -> None:
    """A rule beside it is not enough: words of danger stand in threats too."""
    threat = _finding(Category.HARM_TO_OTHERS, Attention.PAGE, Delivery.HOLD)
    rule = _finding(Category.SUICIDE, Attention.QUEUE, Delivery.DELIVER)
    score = msgspec.structs.replace(rule, detector="linear")
    assert decide("text", [threat, rule], "v", TABLE).delivery == Delivery.HOLD
    assert decide("text", [threat, score], "v", TABLE).delivery == Delivery.DELIVER


def test_the_score_alone_does_not_hold_what_a_rule_hears_told() -> None:
    """Who tells of being lured is delivered; a rule that hears the luring itself still holds it."""
    rule = _finding(Category.EXPLOITATION, Attention.QUEUE, Delivery.DELIVER)
    told = msgspec.structs.replace(rule, detector="phrases")
    lured = _finding(Category.EXPLOITATION, Attention.QUEUE, Delivery.HOLD)
    score = msgspec.structs.replace(lured, detector="linear")
    assert decide("text", [score, told], "v", TABLE).delivery == Delivery.DELIVER
    assert decide("text", [lured, told], "v", TABLE).delivery == Delivery.HOLD


def test_a_threat_to_the_peer_is_held_whatever_the_score_hears() -> None:
    """Whoever writes "I want to die" behind it must not get it delivered."""
    score = msgspec.structs.replace(
        _finding(Category.SUICIDE, Attention.QUEUE, Delivery.DELIVER), detector="linear"
    )
    for text, end, delivery in (
        ("I will stab you. I want to die", 15, Delivery.HOLD),
        ("voy a matarte y me quiero morir", 13, Delivery.HOLD),
        ("I will stab him. I want to die", 15, Delivery.DELIVER),
        ("he will stab her. I want to die, you know", 16, Delivery.DELIVER),
        ("he will stab her. I want to die, you know", 0, Delivery.HOLD),
        ("I will stab ｙｏｕ. I want to die", 15, Delivery.HOLD),
        ("I will stab y\u0336o\u0336u\u0336. I want to die", 18, Delivery.HOLD),
        ("I will stab y\u200bou. I want to die", 16, Delivery.HOLD),
    ):
        threat = _finding(Category.HARM_TO_OTHERS, Attention.PAGE, Delivery.HOLD, 0, end)
        assert decide(text, [threat, score], "v", TABLE).delivery == delivery


def test_a_cry_heard_faintly_frees_insults_but_not_slurs() -> None:
    """The score's lowest sign of danger delivers all but hate and a threat that says "you"."""
    faint = msgspec.structs.replace(
        _finding(Category.ABUSE, Attention.NONE, Delivery.DELIVER), signal="weak_abuse"
    )
    for category, delivery in (
        (Category.BULLYING, Delivery.DELIVER),
        (Category.EXPLOITATION, Delivery.DELIVER),
        (Category.HATE, Delivery.HOLD),
    ):
        held = _finding(category, Attention.QUEUE, Delivery.HOLD)
        assert decide("text", [faint, held], "v", TABLE).delivery == delivery
    threat = _finding(Category.HARM_TO_OTHERS, Attention.QUEUE, Delivery.HOLD)
    assert decide("say bye to your teeth", [faint, threat], "v", TABLE).delivery == Delivery.HOLD
    assert decide("he has it coming", [faint, threat], "v", TABLE).delivery == Delivery.DELIVER


def test_what_is_told_of_somebody_else_reaches_the_peer() -> None:
    """Staff are told as well; what speaks to the peer, or of nobody, is held."""
    for category, told, said in (
        (Category.EXPLOITATION, "he wants a photo of me", "let me see"),
        (Category.BULLYING, "they call me a rat", "you rat"),
        (Category.HATE, "he called me a monkey, what do i do", "my dad says they are monkeys"),
        (Category.HARM_TO_OTHERS, "a boy said he has a knife", "i have a knife for him"),
    ):
        held = [_finding(category, Attention.PAGE, Delivery.HOLD)]
        decision = decide(told, held, "v", TABLE)
        assert (decision.attention, decision.delivery) == (Attention.PAGE, Delivery.DELIVER)
        assert decide(said, held, "v", TABLE).delivery == Delivery.HOLD


def test_an_offer_is_held_though_it_names_others() -> None:
    """The table frees what is told only where it says so."""
    offer = _finding(Category.SUBSTANCE, Attention.QUEUE, Delivery.HOLD)
    assert decide("he said i can get some", [offer], "v", TABLE).delivery == Delivery.HOLD


def test_luring_is_held_though_a_victim_would_tell_of_it_in_the_same_words() -> None:
    """The words must name somebody else, or reach further than the luring, to be a cry."""
    luring = _finding(Category.EXPLOITATION, Attention.QUEUE, Delivery.HOLD, 0, 17)
    cry = _finding(Category.ABUSE, Attention.PAGE, Delivery.DELIVER, 0, 17)
    wider = msgspec.structs.replace(cry, end=30)
    for text, found, delivery in (
        ("our little secret, you and me", cry, Delivery.HOLD),
        ("our little secret, he tells you", cry, Delivery.DELIVER),
        ("our little secret, and it hurts you", wider, Delivery.DELIVER),
    ):
        assert decide(text, [luring, found], "v", TABLE).delivery == delivery


def test_telling_the_peer_to_die_is_held_though_the_score_hears_a_wish_to_die() -> None:
    """What a rule hears, or who speaks of himself, still reaches the peer."""
    told = msgspec.structs.replace(
        _finding(Category.BULLYING, Attention.QUEUE, Delivery.HOLD, 0, 9), signal="told_to_die"
    )
    rule = _finding(Category.SUICIDE, Attention.QUEUE, Delivery.DELIVER, 10, 20)
    score = msgspec.structs.replace(rule, detector="linear", start=0, end=0)
    assert decide("end it already, you", [told, score], "v", TABLE).delivery == Delivery.HOLD
    assert decide("end it already, i will", [told, score], "v", TABLE).delivery == Delivery.DELIVER
    assert decide("end it already, you", [told, rule], "v", TABLE).delivery == Delivery.DELIVER


def test_an_offer_is_held_though_its_kind_may_be_a_cry_for_help() -> None:
    """Selling is held although another finding speaks of substances too."""
    offer = _finding(Category.SUBSTANCE, Attention.QUEUE, Delivery.HOLD)
    score = _finding(Category.SUBSTANCE, Attention.QUEUE, Delivery.DELIVER)
    assert decide("text", [offer, score], "v", TABLE).delivery == Delivery.HOLD


def test_a_paged_threat_is_held_even_beside_a_cry_for_help() -> None:
    """A threat against somebody is not passed on because the writer is desperate as well."""
    cry = _finding(Category.SUICIDE, Attention.PAGE, Delivery.DELIVER)
    threat = _finding(Category.HARM_TO_OTHERS, Attention.PAGE, Delivery.HOLD)
    assert decide("text", [cry, threat], "v", TABLE).delivery == Delivery.HOLD


def test_masked_words_are_starred_and_redacted_spans_replaced() -> None:
    """What the peer may see has neither the swear word nor the number."""
    mask = _finding(Category.PROFANITY, Attention.NONE, Delivery.MASK, 0, 4)
    redact = _finding(Category.IDENTITY, Attention.NONE, Delivery.REDACT, 9, 17)
    shown = decide("shit its 555-0100", [mask, redact], "v", TABLE).shown
    assert shown == f"**** its {HIDDEN}"


def test_overlapping_spans_are_replaced_once() -> None:
    """Two findings over the same words leave one replacement, the stricter."""
    mask = _finding(Category.PROFANITY, Attention.NONE, Delivery.MASK, 0, 6)
    redact = _finding(Category.IDENTITY, Attention.NONE, Delivery.REDACT, 3, 9)
    assert decide("abcdefghi!", [mask, redact], "v", TABLE).shown == f"{HIDDEN}!"
