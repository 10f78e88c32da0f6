"""Deletes what is past its time: how long each class is kept comes from the settings.

Used by `server.py` when it starts, also on a copy that was put back, and every hour.
"""

from __future__ import annotations

import msgspec

from chat.settings import Keep
from house.ground import Ground
from moderation.records.purge import Purge, Times, purge


def times_of(keep: Keep) -> Times:
    """For how long each class is kept."""
    return Times(**msgspec.structs.asdict(keep))


async def forget(ground: Ground) -> bool:
    """Forget a part of what is due, words all at once; answers whether more may be."""
    records = ground.records
    row = Purge(records.school, records.now(), times_of(ground.settings.keep))
    done = await records.store.write(purge, row)
    await records.store.scrub()
    return done.more
