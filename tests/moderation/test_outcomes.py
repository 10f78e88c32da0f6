from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.decide import decide
from moderation.outcomes import Change, FloorError, table_of
from moderation.pipeline import Judge
from moderation.rulebook import LEXICON
from moderation.rules import LexiconError
from moderation.terms import CRY_FOR_HELP, Attention, Category, Delivery, Finding
from tests.moderation.judging import shared_judge

CHANGES = st.dictionaries(
    st.sampled_from(list(Category)),
    st.builds(
        Change,
        page=st.sampled_from([None, "none", "queue", "page"]),
        queue=st.sampled_from([None, "none", "queue", "page"]),
        at_least=st.sampled_from([None, "deliver", "hold"]),
        at_most=st.sampled_from([None, "deliver", "mask", "redact", "hold"]),
    ),
)


def _shipped() -> dict[str, Any]:
    return tomllib.loads((LEXICON / "decisions.toml").read_text(encoding="utf-8"))


def _finding(category: Category, attention: Attention, delivery: Delivery) -> Finding:
    return Finding(category, attention, delivery, "test", "rule", 0, 4)


def test_the_shipped_table_leaves_every_rule_as_it_is_written() -> None:
    """Nothing is looked up for a finding while a school has changed nothing."""
    table = table_of(_shipped())
    assert table.outcomes == {}
    assert table.version == ""
    assert set(table.rows) == set(Category)


@given(CHANGES)
def test_no_change_a_school_can_make_lowers_a_page_or_releases_a_fault(
    changes: dict[Category, Change],
) -> None:
    """Either the change is refused, or what pages still pages and a fault still holds."""
    try:
        table = table_of(_shipped(), changes)
    except FloorError:
        return
    for category in Category:
        paged = table.applied(_finding(category, Attention.PAGE, Delivery.HOLD))
        assert paged.attention is Attention.PAGE
        if category is not Category.PROFANITY:
            assert paged.delivery is Delivery.HOLD
    fault = _finding(Category.FAULT, Attention.QUEUE, Delivery.HOLD)
    assert table.applied(fault) == fault


@pytest.mark.parametrize(
    ("category", "change", "path"),
    [
        (Category.SUICIDE, Change(page="queue"), "decisions.suicide.page"),
        (Category.SUBSTANCE, Change(page="none"), "decisions.substance.page"),
        (Category.ABUSE, Change(queue="none"), "decisions.abuse.queue"),
        (Category.HATE, Change(at_most="mask"), "decisions.hate.at_most"),
        (Category.FAULT, Change(queue="page"), "decisions.fault"),
        (
            Category.PROFANITY,
            Change(at_least="hold", at_most="mask"),
            "decisions.profanity.at_least",
        ),
    ],
)
def test_a_change_below_a_floor_is_refused_with_its_path(
    category: Category, change: Change, path: str
) -> None:
    """The message begins with the path of the setting."""
    with pytest.raises(FloorError) as refusal:
        table_of(_shipped(), {category: change})
    assert str(refusal.value).startswith(path)


@pytest.mark.parametrize(
    ("category", "key", "value"),
    [
        ("suicide", "page", "queue"),
        ("suicide", "cry_for_help", False),
        ("hate", "cry_for_help", True),
        ("fault", "always_holds", False),
        ("hate", "queue", "loud"),
        ("hate", "colour", "red"),
        ("weather", "queue", "queue"),
    ],
)
def test_a_table_that_says_what_it_must_not_is_refused(
    category: str, key: str, value: object
) -> None:
    """The floors of the program itself stand above the file."""
    table = _shipped()
    table.setdefault(category, {})[key] = value
    with pytest.raises(LexiconError, match=category):
        table_of(table)


def test_a_table_without_a_category_is_refused() -> None:
    """No category is left to chance."""
    table = _shipped()
    del table["abuse"]
    with pytest.raises(LexiconError, match="abuse"):
        table_of(table)


def test_a_school_may_raise_what_a_weaker_sign_does() -> None:
    """A queued sign pages, and is still a cry for help that is delivered."""
    table = table_of(_shipped(), {Category.EATING_DISORDER: Change(queue="page")})
    weak = _finding(Category.EATING_DISORDER, Attention.QUEUE, Delivery.DELIVER)
    decision = decide("text", [weak], "v", table)
    assert (decision.attention, decision.delivery) == (Attention.PAGE, Delivery.DELIVER)
    assert decision.asks_for_help


def test_a_school_may_hold_what_disturbs_and_leave_what_is_only_recorded() -> None:
    """`at_least` never reaches a sign that is recorded and nothing more."""
    table = table_of(_shipped(), {Category.BULLYING: Change(at_least="hold")})
    seen = _finding(Category.BULLYING, Attention.QUEUE, Delivery.DELIVER)
    recorded = _finding(Category.BULLYING, Attention.NONE, Delivery.DELIVER)
    assert table.applied(seen).delivery is Delivery.HOLD
    assert table.applied(recorded) is recorded


def test_a_cry_for_help_is_delivered_whatever_a_school_holds() -> None:
    """Holding all bullying, or all swearing, never silences a child."""
    changes = {name: Change(at_least="hold") for name in (Category.BULLYING, Category.PROFANITY)}
    table = table_of(_shipped(), changes)
    words = _finding(Category.PROFANITY, Attention.NONE, Delivery.MASK)
    for category in CRY_FOR_HELP:
        cry = _finding(category, Attention.QUEUE, Delivery.DELIVER)
        assert decide("text", [cry, words], "v", table).delivery is Delivery.DELIVER


def test_a_judge_decides_by_the_changed_table_under_another_version() -> None:
    """The version stored with a decision tells a school's table from the shipped one."""
    shared = shared_judge()
    changes = {Category.PROFANITY: Change(at_most="deliver")}
    changed = Judge(shared.book, shared.detectors, changes)
    assert shared.judge("oh shit").delivery is Delivery.MASK
    assert changed.judge("oh shit").delivery is Delivery.DELIVER
    assert changed.version != shared.version
    assert changed.judge("hello").version == changed.version
