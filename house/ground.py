"""What every part of a house stands on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chat.settings import Settings
from moderation.people.people import People
from moderation.records.store import Store
from moderation.records.vault import Vault


@dataclass(frozen=True, slots=True)
class Ground:
    """Settings, records, people and the time; `clock` is in seconds since 1970."""

    settings: Settings
    store: Store
    vault: Vault
    people: People
    clock: Callable[[], float]

    @property
    def school(self) -> str:
        """Whose house it is."""
        return self.settings.school.id
