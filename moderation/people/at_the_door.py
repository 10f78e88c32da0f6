"""Cards at the door: those that come while some are looked up are looked up together, next.

So wrong ones, of which nobody counts how many there are, never take up more than one of the
connections that chats are read with, and a school that comes in at once needs few questions. Used
by `people.py`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from moderation.records.people import CardHolder, cards
from moderation.records.store import Store

TOGETHER = 64
"""Cards of one question at most, so that none of them takes long."""


class _Question:
    """Cards that are looked up together; `found` is None until they were."""

    __slots__ = ("cards", "found")

    def __init__(self) -> None:
        self.cards: set[bytes] = set()
        self.found: Mapping[bytes, CardHolder] | None = None


class AtTheDoor:
    """Finds whom cards open."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._looking = asyncio.Lock()
        self._next = _Question()

    async def holder(self, lookup: bytes) -> CardHolder | None:
        """Whom the card with that keyed hash opens, or opened, or None; raises StoreUnavailable.

        Whoever's turn it is asks for everybody of the same question. Where that fails each of the
        others asks again in turn.
        """
        if len(self._next.cards) >= TOGETHER:
            self._next = _Question()
        question = self._next
        question.cards.add(lookup)
        async with self._looking:
            if question.found is None:
                if question is self._next:
                    self._next = _Question()
                question.found = await self._store.read(cards, frozenset(question.cards))
        return question.found.get(lookup)
