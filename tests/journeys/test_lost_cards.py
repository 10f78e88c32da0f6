"""A lost or stolen card while the chat is open: it is out, and its student goes on by another."""

from __future__ import annotations

import pytest

from moderation.identities.enrolment import Batch, Reissued
from moderation.identities.registry import Registry
from moderation.people import cards
from tests.clients import Student
from tests.journeys.conftest import Running

NEW = "0000-0000-0000-0001"


def digest(code: str) -> str:
    """What stands for a card in a roster."""
    return cards.digest(code.replace("-", ""))


async def who(running: Running, page: Student) -> str:
    """The pseudonym of a page."""
    signed = await running.people.sessions.student(page.token)
    assert signed is not None
    return signed.who


async def test_a_replaced_card_closes_its_page_and_the_new_one_opens_the_same_student(
    running: Running,
) -> None:
    """Whoever has found it is out, and their peer hears that they left."""
    lost, peers = await running.people.issue_cards(2)
    one, other = [await Student.ready(running.origin, code) for code in (lost, peers)]
    before = await who(running, one)
    for page in (one, other):
        await page.send("join", topic="mood")
    for page in (one, other):
        await page.until("resumed")
    registry = Registry(running.server._ground.records)
    await registry.take(Batch(reissued=(Reissued(card=digest(NEW), replaces=digest(lost)),)))
    await one.until("error", code="signed_out")
    assert await one.closed() == 4502
    await other.until("peer_left")
    back = await Student.ready(running.origin, NEW)
    assert await who(running, back) == before


async def test_a_stolen_card_lets_nobody_in_any_more(running: Running) -> None:
    """Its page is closed, and whoever has it is told that it has ended."""
    (stolen,) = await running.people.issue_cards(1)
    page = await Student.ready(running.origin, stolen)
    await Registry(running.server._ground.records).take(Batch(ended=(digest(stolen),)))
    assert await page.closed() == 4502
    with pytest.raises(AssertionError, match="ended_card"):
        await Student.sign_in(running.origin, stolen)
