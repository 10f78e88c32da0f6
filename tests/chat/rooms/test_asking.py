"""What moderators are asked to look at, and how long it may wait."""

from __future__ import annotations

from typing import get_args

import pytest

from chat.frames.from_student import Wrong
from chat.rooms.asking import Spot, about_message, for_person, reported
from chat.settings import Pager
from moderation.records import tables as t
from moderation.terms import Attention, Category, Decision, Delivery, Finding

SPOT = Spot("i" * 22, "elm", "r" * 22, 1, 1_000.0)
PAGER = Pager(unattended_urgent=60, unattended=300)


def decision(category: Category, attention: Attention, delivery: Delivery) -> Decision:
    found = Finding(category, attention, delivery, "detector", "rule")
    return Decision(attention, delivery, (found,), "words", "v1")


@pytest.mark.parametrize(
    ("category", "attention", "delivery", "kind", "escalate_at"),
    [
        (Category.BULLYING, Attention.QUEUE, Delivery.DELIVER, "message", 1_300_000),
        (Category.BULLYING, Attention.QUEUE, Delivery.HOLD, "message", 1_060_000),
        (Category.SELF_HARM, Attention.QUEUE, Delivery.DELIVER, "message", 1_060_000),
        (Category.SUICIDE, Attention.PAGE, Delivery.DELIVER, "message", None),
        (Category.FAULT, Attention.QUEUE, Delivery.HOLD, "fault", 1_060_000),
        (Category.IDENTITY, Attention.NONE, Delivery.HOLD, "message", 1_060_000),
    ],
)
def test_M9_an_item_escalates_by_what_it_is(
    category: Category,
    attention: Attention,
    delivery: Delivery,
    kind: str,
    escalate_at: int | None,
) -> None:
    """Held words and cries for help soon, the rest later, what was paged at once not again."""
    item = about_message(SPOT, "m" * 22, decision(category, attention, delivery), PAGER)
    assert (item.kind, item.category, item.escalate_at) == (kind, category, escalate_at)
    assert item.held is (delivery is Delivery.HOLD)
    assert item.attention >= Attention.QUEUE
    assert (item.since, item.mid, item.seat) == (1_000_000, "m" * 22, 1)


def test_a_held_message_that_nothing_explains_is_a_fault() -> None:
    """A person looks at it as at a failure of judging."""
    plain = Decision(Attention.NONE, Delivery.HOLD, (), "words", "v1")
    assert about_message(SPOT, "m" * 22, plain, PAGER).kind == "fault"


def test_S12_a_report_says_what_is_wrong() -> None:
    """Moderators see in the queue what the student picked; its category fits every table."""
    assert [reported(reason) for reason in get_args(Wrong)] == [
        "report_unkind",
        "report_unsafe",
        "report_who_are_you",
        "report",
    ]
    item = for_person(SPOT, "report", PAGER, reported("unkind"))
    assert (item.kind, item.category) == ("report", "report_unkind")
    longest = t.items.c.category.type.length
    assert all(len(reported(reason)) <= longest for reason in get_args(Wrong))


@pytest.mark.parametrize("kind", ["report", "help"])
def test_S9_a_call_for_a_person_becomes_a_page_soon(kind: str) -> None:
    """It names its kind and its seat, and no message."""
    item = for_person(SPOT, kind, PAGER)
    assert (item.kind, item.category, item.mid) == (kind, kind, None)
    assert item.escalate_at == 1_060_000
