"""Care for moderators: how much of the worst somebody has read, and when it is enough; pure.

Used by `overview.py` and `shift.py`. What counts as heavy is the same for every school; how much
of it is enough in how many hours is a setting (`[moderators]`). Nobody is kept from an item that
nobody else could take.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from moderation.terms import Category

HEAVY = frozenset(
    {
        Category.SUICIDE,
        Category.SELF_HARM,
        Category.ABUSE,
        Category.EXPLOITATION,
        Category.HARM_TO_OTHERS,
        Category.HATE,
    }
)
"""Categories that weigh on whoever reads them."""


def load(read: Mapping[str, int]) -> int:
    """How many heavy items somebody has read, of those they read by category."""
    return sum(count for category, count in read.items() if category in HEAVY)


def is_enough(read: Mapping[str, int], most: int) -> bool:
    """Whether somebody has read as many heavy items as they should for now."""
    return load(read) >= most


def for_another(
    category: str, mine: Mapping[str, int], others: Iterable[Mapping[str, int]], most: int
) -> bool:
    """Whether an item is better taken by somebody else who is here and has read less."""
    if category not in HEAVY or not is_enough(mine, most):
        return False
    return any(not is_enough(read, most) for read in others)
