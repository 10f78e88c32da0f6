"""A new master key for a school: made, in force, the old one kept aside or gone.

Used by `commands/keys.py`. The new key lies beside the old one before anything is sealed under it,
and takes its place after everything is. Killed before that, the old one opens the records;
killed after it, whoever opens them next (`ground.py`) puts the new one in its place.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from chat.settings import Settings
from house.ground import open_ground
from house.places import MASTER_KEY, data_directory, database_url
from moderation.records.master_key import read_master_key, set_aside, take_over, write_coming_key
from moderation.records.rotation import Change, Resealed, reseal
from moderation.records.vault import Vault, successor


@dataclass(frozen=True, slots=True)
class Rotated:
    """What was sealed anew; where the old key lies now, unless it is gone."""

    sealed: Resealed
    aside: Path | None = None


async def rotate(
    settings: Settings, *, keep_old: bool, clock: Callable[[], float] = time.time
) -> Rotated:
    """Give a school a new master key, while nothing else serves it.

    Raises:
        AlreadyOpen: Somebody is using the records; nothing was changed.
        BadAddress: They cannot be reached, or not as somebody who sees this school alone.
        BadKey: The master key cannot be used, or is not that of these records, or no longer.
    """
    async with open_ground(settings, clock=clock):
        old = await asyncio.to_thread(read_master_key, data_directory(settings) / MASTER_KEY)
    return await change(settings, old, keep_old=keep_old, now=int(clock() * 1000))


async def change(settings: Settings, old: bytes, *, keep_old: bool, now: int) -> Rotated:
    """Put a successor in the place of the key `old`; raises what `rotate` does."""
    path, new = data_directory(settings) / MASTER_KEY, successor(old)
    aside: list[Path] = []

    def ready() -> None:
        write_coming_key(path, new)
        aside[:] = [set_aside(path, now)] if keep_old else []

    act = Change(settings.school.id, Vault(old), Vault(new), now, ready)
    sealed = await reseal(database_url(settings), act)
    await asyncio.to_thread(take_over, path)
    return Rotated(sealed, *aside)
