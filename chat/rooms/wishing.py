"""How a student would like to be met by the adult who was called: kept, and told again.

Used by `rooms.py`. What is kept stands in the incident (`moderation/records/wishes.py`).
"""

from __future__ import annotations

from contextlib import suppress

import msgspec

from chat.errors import error
from chat.frames import shared
from chat.rooms.needs import RoomNeeds
from chat.rooms.open_room import OpenRoom
from moderation.records.store import StoreUnavailable
from moderation.records.wishes import Wish, Wished, wish, wished


async def keep(
    needs: RoomNeeds, live: OpenRoom, seat: int, said: shared.Wishes
) -> shared.Wishes | shared.Error:
    """Keep answers: all that is kept once it is committed, refused where no adult was called."""
    at = int(needs.clock() * 1000)
    row = Wish(live.room.id, seat, needs.school, at, said.meet, said.barrier)
    return _told(await needs.store.write(wish, row)) or error("not_found")


async def tell(needs: RoomNeeds, live: OpenRoom, seat: int) -> None:
    """Tell a page that comes back what was answered; while records cannot say, it hears nothing."""
    if not live.room.calls.own(seat):
        return
    with suppress(StoreUnavailable):
        kept = _told(await needs.store.read(wished, live.room.id, seat, needs.school))
        if kept is not None:
            live.send(seat, kept)


def _told(kept: Wished | None) -> shared.Wishes | None:
    return None if kept is None else msgspec.convert(kept, shared.Wishes, from_attributes=True)
