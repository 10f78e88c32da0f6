"""Whoever guesses at one node after the other is slowed as if there were one."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from moderation.people.patience import FREE
from moderation.records.refused import Refused
from tests.journeys.conftest import PASSWORD, Running
from web import signin

WRONG = "not the right one at all"


async def test_a_password_is_guessed_no_faster_at_two_nodes(
    two: tuple[Running, Running],
) -> None:
    """After the tries that are free, spent at one node, the other refuses the next one unseen."""
    one, other = two
    await one.people.add_staff("mo", "Mo", "moderator", PASSWORD)
    for _ in range(FREE):
        assert await one.people.sign_in_staff("mo", WRONG) is None
    with pytest.raises(Refused, match="rate_limited") as told:
        await other.people.sign_in_staff("mo", PASSWORD)
    assert 0 < (told.value.retry_after or 0) <= 1
    await asyncio.sleep(told.value.retry_after or 0)  # Redis's own clock counts
    assert await other.people.sign_in_staff("mo", PASSWORD) is not None
    assert await one.people.brakes.elsewhere.wait("login mo") == 0  # type: ignore[union-attr]


async def test_an_address_has_its_tries_once_and_not_at_each_node(
    two: tuple[Running, Running],
) -> None:
    """What was guessed at one node is not guessed again so often at the next."""
    tries = signin.new_tries().allowed
    async with aiohttp.ClientSession() as browser:

        async def guess(node: Running) -> int:
            path, headers = f"{node.origin}/api/welcome/look", {"Origin": node.origin}
            async with browser.post(path, json={"token": "no"}, headers=headers) as answer:
                return answer.status

        for _ in range(tries // 2):
            assert await guess(two[0]) != 429
        left = 0
        while await guess(two[1]) != 429:
            left += 1
    assert tries // 3 < left < tries * 3 // 4


async def test_strangers_at_one_node_keep_nobody_out_of_a_known_browser_at_another(
    two: tuple[Running, Running],
) -> None:
    """Whoever is known in their browser gets in at their first try, at whichever node."""
    one = two[0]
    staff = await one.people.add_staff("mo", "Mo", "moderator", PASSWORD)
    marks = await one.people.own.came_in(staff, "mo", "")
    for _ in range(FREE):
        assert await one.people.sign_in_staff("mo", WRONG) is None
    for node in two:
        with pytest.raises(Refused, match="rate_limited"):
            await node.people.sign_in_staff("mo", PASSWORD)
    for node in two:
        since = node.people.known_since(" MO ", marks)
        assert since is not None
        assert await node.people.sign_in_staff("mo", PASSWORD, since) is not None
