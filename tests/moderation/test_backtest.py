from __future__ import annotations

from typing import Any

from moderation.backtest import compared, told
from moderation.outcomes import Change
from moderation.pipeline import Judge
from moderation.terms import Attention, Category, Delivery
from tests.moderation.judging import shared_judge

RECORDS: list[dict[str, Any]] = [
    {"id": "swears", "text": "oh shit", "attention": "none"},
    {"id": "quiet", "text": "nice day", "attention": "none"},
    {"id": "page", "text": "im going to kill myself tonight", "attention": "page"},
    {"id": "talk", "turns": [{"from": "A", "text": "shit"}, {"from": "B", "text": "hi"}]},
]


def _judge(changes: dict[Category, Change]) -> Judge:
    shared = shared_judge()
    return Judge(shared.book, shared.detectors, changes)


def test_the_same_rules_differ_nowhere() -> None:
    """A backtest of nothing finds nothing, and still counts everything."""
    found = compared(shared_judge(), shared_judge(), RECORDS)
    assert (found.records, found.differences) == (4, [])
    assert found.new.labels == {"none": 2, "page": 1}
    assert found.new.missed == found.new.false_pages == 0


def test_a_difference_names_both_decisions_and_is_lowered_when_more_is_let_through() -> None:
    """A message shown as written that was starred out before counts as lowered."""
    looser = _judge({Category.PROFANITY: Change(at_most="deliver")})
    found = compared(shared_judge(), looser, RECORDS)
    assert {one.id for one in found.differences} == {"swears", "talk"}
    first = found.differences[0]
    assert (first.old.delivery, first.new.delivery) == (Delivery.MASK, Delivery.DELIVER)
    assert first.lowered
    assert found.moved == {("none", "none"): 2}


def test_a_dialogue_counts_once_by_its_strongest_turn() -> None:
    """Later, calmer turns do not hide what was reached before."""
    turns = [
        {"from": "A", "text": "im going to kill myself tonight"},
        {"from": "B", "text": "please wait"},
    ]
    record = {"id": "d", "turns": turns, "expect": {"attention": "page"}}
    found = compared(shared_judge(), shared_judge(), [record])
    assert found.new.attentions == {Attention.PAGE.word: 1}
    assert (found.new.labels["page"], found.new.not_paged) == (1, 0)


def test_what_lowers_is_told_first_and_the_list_is_bounded() -> None:
    """However many differences there are, the dangerous ones are read."""
    shared, many = shared_judge(), [{"id": f"m{n}", "text": "oh shit"} for n in range(30)]
    looser = _judge(
        {Category.PROFANITY: Change(at_most="deliver"), Category.BULLYING: Change(queue="page")}
    )
    lines = list(told(compared(shared, looser, [{"id": "a", "text": "kys"}, *many]), 5))
    assert all(line.startswith("▼ m") for line in lines[:5])
    assert "… and 26 more" in lines[5]
    assert "31 records, 31 decided differently, 30 lowered" in lines[6]
