"""The records of one school, as whatever keeps something for it gets them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from moderation.records.store import Store
from moderation.records.vault import Vault


@dataclass(frozen=True, slots=True)
class SchoolRecords:
    """Where the rows of `school` are kept, what seals words in them, and what time it is.

    `clock` gives seconds since 1970.
    """

    school: str
    store: Store
    vault: Vault
    clock: Callable[[], float]

    def now(self) -> int:
        """The time in Unix milliseconds, as rows have it."""
        return int(self.clock() * 1000)
