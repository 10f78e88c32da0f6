"""What would be hidden from the peer is first marked for its writer, who may change it; pure.

Used by `judging.py`, for pages that ask. Nothing is kept before the writer answers; what they then
say under the same `cid` goes the way of every message, with the decision that was marked. What
anybody is to look at is never stopped here: a cry for help does not wait for a click.
"""

from __future__ import annotations

from chat.frames import to_student
from chat.rooms.seat import RECENT, Seat
from moderation.decide import hidden
from moderation.terms import Attention, Decision, Delivery


def decided(seat: Seat, cid: str, text: str) -> Decision | None:
    """The decision that was marked for these very words under this `cid`, if there is one."""
    known = seat.marked.get(cid)
    return known[1] if known is not None and known[0] == text else None


def mark(seat: Seat, cid: str, text: str, decision: Decision) -> to_student.Marked | None:
    """What the page is to mark before this is said; None where there is nothing to ask about."""
    if decision.delivery is not Delivery.REDACT or decision.attention is not Attention.NONE:
        return None
    places = tuple((start, end) for start, end, _ in hidden(decision.findings))
    if not places:
        return None
    seat.marked[cid] = (text, decision)
    if len(seat.marked) > RECENT:
        del seat.marked[next(iter(seat.marked))]
    return to_student.Marked(cid, places)
