"""Cards that come together."""

from __future__ import annotations

import asyncio

import pytest

from moderation.people.at_the_door import TOGETHER
from moderation.people.people import People
from moderation.records.store import Store, StoreUnavailable


async def test_cards_that_come_together_are_looked_up_together(
    people: People, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the first is looked up the others gather, so many to a question; each gets in."""
    issued = await people.issue_cards(2 * TOGETHER)
    asked, read = [], store.read

    async def counted(query: object, cards: frozenset[bytes]) -> object:
        asked.append(len(cards))
        return await read(query, cards)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "read", counted)
    tokens = await asyncio.gather(*map(people.sign_in_student, issued))
    found = [await people.sessions.student(token or "") for token in tokens]
    assert len({signed.who for signed in found if signed is not None}) == 2 * TOGETHER
    assert asked == [1, TOGETHER, TOGETHER - 1]


async def test_whose_question_fails_is_told_and_the_others_ask_again(
    people: People, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is kept out, or waits for ever, because somebody else's question went wrong."""
    issued = await people.issue_cards(3)
    read, fails = store.read, [True]

    async def once_away(*asked: object) -> object:
        if fails:
            fails.pop()
            raise StoreUnavailable
        return await read(*asked)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "read", once_away)
    first, *others = await asyncio.gather(
        *map(people.sign_in_student, issued), return_exceptions=True
    )
    assert isinstance(first, StoreUnavailable)
    assert all(isinstance(token, str) for token in others)
