"""A message that was said before, so long ago that only the records remember its `cid`.

The room answers a repeat of what it still has in memory (`room.repeat`); for any other the commit
fails with `DuplicateCid`, and `journal.py` asks here. The same words get the answer they had then.
"""

from __future__ import annotations

import structlog

from chat.errors import error
from chat.rooms import stored
from chat.rooms.effects import Effect, Keep, Send
from chat.rooms.elsewhere import Elsewhere
from chat.rooms.open_room import OpenRoom
from moderation.faults import told_safely
from moderation.records import transcript
from moderation.records.store import StoreUnavailable

_log = structlog.get_logger()


async def answered_before(live: OpenRoom, keep: Keep, elsewhere: Elsewhere) -> list[Effect]:
    """What follows from saying it again.

    What its seat says meanwhile waits behind it, for it may be held. Whatever goes wrong, its
    writer is told to say it again.
    """
    try:
        return await _answer(live, keep, elsewhere)
    except Exception as wrong:  # noqa: BLE001 - or the writer would never hear of it again
        if not isinstance(wrong, StoreUnavailable):
            _log.error("repeat_not_answered", **told_safely(wrong))
        return live.room.not_kept(keep.waiting.mid, "unavailable")


async def _answer(live: OpenRoom, keep: Keep, elsewhere: Elsewhere) -> list[Effect]:
    mine = keep.waiting
    row = await elsewhere.ask(live, transcript.by_cid, live.room.id, mine.seat, mine.cid)
    if row is None:
        raise StoreUnavailable
    if row.seq is not None:
        await elsewhere.level(live, row.seq)
    same = live.key.words(row.sealed, row.mid) == keep.text
    answer = stored.ack(row, live.key) if same else error("cid_conflict", mine.cid)
    if row.state == "held":
        live.room.take_place(mine.mid, stored.waiting(row, live.key))
    effects = live.room.not_kept(mine.mid, "cid_conflict")
    return [Send(mine.seat, answer), *effects[1:]]
