"""What rooms need of the rest of the server; made by `house/` for `rooms.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from chat.settings import Chat, Pager
from moderation.conversation import JudgesTurns
from moderation.records.store import Store
from moderation.records.vault import Vault
from moderation.second_opinion import Asked


@dataclass(frozen=True, slots=True)
class RoomNeeds:
    """Where rooms are kept, who judges what is said in them, and who must hear of what."""

    store: Store
    vault: Vault
    judge: JudgesTurns
    clock: Callable[[], float]
    chance: Random
    chat: Chat
    pager: Pager
    school: str
    reachable: Callable[[], bool]
    item_changed: Callable[[str], None]
    incident_raised: Callable[[], None]
    judged: Callable[[Asked], None] | None = None
