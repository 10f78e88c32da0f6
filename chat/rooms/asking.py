"""What moderators are asked to look at: the queue item of a message, a report or a call; pure.

Used wherever a student, a message or a second opinion asks for a moderator. How long an item may
wait before adults on call are paged comes from the pager's settings: what a student waits for soon,
the rest later, what was paged at once never.
"""

from __future__ import annotations

from dataclasses import dataclass

from chat.frames.from_student import Wrong
from chat.settings import Pager
from moderation.records.items import NewItem
from moderation.terms import CRY_FOR_HELP, Attention, Category, Decision, Delivery


@dataclass(frozen=True, slots=True)
class Spot:
    """Where an item arises: a fresh id, whose seat it is about, and when (seconds)."""

    id: str
    school: str
    room: str | None
    seat: int | None
    now: float


def about_message(spot: Spot, mid: str, decision: Decision, pager: Pager) -> NewItem:
    """The item of a message that somebody must look at."""
    category = decision.category or Category.FAULT
    held = decision.delivery is Delivery.HOLD
    urgent = held or category in CRY_FOR_HELP
    attention = max(decision.attention, Attention.QUEUE)
    waits = pager.unattended_urgent if urgent else pager.unattended
    return NewItem(
        id=spot.id,
        school=spot.school,
        room=spot.room,
        seat=spot.seat,
        mid=mid,
        kind="fault" if category is Category.FAULT else "message",
        category=category,
        attention=int(attention),
        held=held,
        since=_ms(spot.now),
        escalate_at=None if attention is Attention.PAGE else _ms(spot.now + waits),
    )


def reported(reason: Wrong) -> str:
    """The category of a report: what the student says is wrong."""
    return "report" if reason == "other" else f"report_{reason}"


def for_person(spot: Spot, kind: str, pager: Pager, category: str = "") -> NewItem:
    """The item of a student who reports a peer or asks for a person."""
    return NewItem(
        id=spot.id,
        school=spot.school,
        room=spot.room,
        seat=spot.seat,
        mid=None,
        kind=kind,
        category=category or kind,
        attention=int(Attention.QUEUE),
        held=False,
        since=_ms(spot.now),
        escalate_at=_ms(spot.now + pager.unattended_urgent),
    )


def _ms(seconds: float) -> int:
    return int(seconds * 1000)
