"""In which order items wait for a moderator: risk and waiting in one number; pure.

Every class of items has a time within which somebody should have looked (`CEILING`). An item's
place is the moment that time is over, so what is riskier goes first, and what waited long enough
goes before risk that has only just come: whatever comes `CEILING` later than an item stands behind
it, and no class can be starved, however much of another arrives. Used by `desk.py`; the page keeps
the same order (web/static/staff/order.js).
"""

from __future__ import annotations

from typing import Literal

from chat.frames import to_staff

Class = Literal["page", "waiting", "look"]

CEILING: dict[Class, int] = {"page": 15_000, "waiting": 60_000, "look": 300_000}
"""Milliseconds within which somebody should look (the pager is asked after 60 s and 5 min)."""

ASKED = frozenset({"help", "report"})
"""Kinds of items with which a student asks for somebody: the pager is asked about them soon too."""


def class_of(item: to_staff.Item) -> Class:
    """A page, something a student or a colleague waits for a word about, or the rest."""
    if item.attention == "page":
        return "page"
    return "waiting" if item.held or item.kind in ASKED or item.asked_by else "look"


def pressing(item: to_staff.Item) -> tuple[int, int, str]:
    """Sorts items: what should have been looked at first stands first."""
    return (item.since + CEILING[class_of(item)], item.since, item.id)
