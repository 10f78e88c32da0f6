"""What a student may still do about a room that is over: say how it was, and ask for a receipt.

Used by `session.py`. Whether a room is over, and theirs, is decided where it is written down.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from math import floor

from chat import wire
from chat.errors import error
from moderation.people import cards
from moderation.records import afterwards
from moderation.records.afterwards import Answered, Give
from moderation.records.store import Store
from moderation.records.vault import Vault

_HOURS_A_DAY = 24


@dataclass(frozen=True, slots=True)
class Afterwards:
    """`keeps_hours` is how long a room is kept after its end, and so how long a receipt is good."""

    store: Store
    vault: Vault
    clock: Callable[[], float]
    school: str
    keeps_hours: float

    async def take(
        self, student: str, frame: wire.Answers | wire.AskReceipt
    ) -> wire.Receipt | wire.Error | None:
        """What a page is answered: nothing where its answers were counted.

        A refusal for a room that is not over, or of others, or answered about before.
        """
        if isinstance(frame, wire.AskReceipt):
            return await self.receipt(student, frame.room)
        return await self._counted(student, frame)

    async def receipt(self, student: str, room: str) -> wire.Receipt | wire.Error:
        """A new receipt; whoever signs in as staff on call can find the room by it."""
        code = cards.code_of(secrets.token_bytes(cards.RECEIPT_BYTES))
        lookup = self.vault.lookup(f"receipt {code.replace('-', '')}")
        if not await self.store.write(afterwards.give, Give(room, student, lookup)):
            return error("not_found")
        return wire.Receipt(code, floor(self.keeps_hours / _HOURS_A_DAY))

    async def _counted(self, student: str, said: wire.Answers) -> wire.Error | None:
        at = int(self.clock() * 1000)
        row = Answered(said.room, student, self.school, at, said.felt, said.heard)
        counted = await self.store.write(afterwards.answer, row)
        return None if counted else error("not_found")
