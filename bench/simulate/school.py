"""What the simulation takes for granted about a school: each figure with where it comes from.

Measured figures name their source; the others are assumptions, named as such, to be changed by
whoever knows better. Nothing here is read by the product.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from chat.settings import Moderators
from chat.settings import School as Shipped

MINUTE = 60.0
HOUR = 60 * MINUTE

ALL_DAY: Mapping[int, float] = {
    8: 0.04, 9: 0.02, 10: 0.04, 11: 0.03, 12: 0.14, 13: 0.06, 14: 0.03,
    15: 0.08, 16: 0.12, 17: 0.10, 18: 0.08, 19: 0.10, 20: 0.10, 21: 0.06,
}  # fmt: skip
"""Share of a day's knocks by the hour in which they come: breaks, lunch, and after school."""

TWO_HOURS: Mapping[int, float] = {12: 0.5, 16: 0.5}
"""The same students when the chat is open for two hours a day and they know it."""

TOPICS: Mapping[str, float] = dict.fromkeys((topic.id for topic in Shipped().topics), 1.0)
"""Wishes by topic: the topics as shipped, alike often (assumed)."""


@dataclass(frozen=True)
class Work:
    """One kind of item: how often it comes, what it is, how long a moderator is with it."""

    a_message: float
    """Items for each message."""
    a_room: float
    """Items for each room beyond that."""
    minutes: float
    """Median time with it; logarithms of times are normal (assumed)."""
    category: str
    kind: str = "message"
    attention: str = "queue"
    held: bool = False


WORK: Mapping[str, Work] = {
    # 72 of 10,000 real comments were queued and 1.9 paged, out of fold (docs/moderation.md);
    # everything else is assumed.
    "look": Work(0.0072, 0.0, 0.5, "none"),
    "held": Work(0.003, 0.0, 0.75, "bullying", held=True),
    "help": Work(0.0, 0.02, 4.0, "none", kind="help"),
    "page": Work(0.00019, 0.02, 10.0, "suicide", attention="page"),
}

SPREAD = 0.6
"""Standard deviation of the logarithm of times with an item and in a room (assumed)."""


@dataclass(frozen=True)
class School:
    """One pool of students and whoever looks after them."""

    students: int
    moderators: int
    visits: float = 0.02
    """Knocks for each student on a day (assumed: one in fifty)."""
    hours: Mapping[int, float] = field(default_factory=lambda: ALL_DAY)
    bands: Mapping[str, float] = field(default_factory=lambda: {"lower": 0.5, "upper": 0.5})
    topics: Mapping[str, float] = field(default_factory=lambda: TOPICS)
    patience: float = 5 * MINUTE
    """Mean time a student waits before giving up, seconds (assumed; exponential)."""
    stay: float = 20 * MINUTE
    """Median time in a room, seconds (assumed)."""
    messages_a_minute: float = 8.0
    """Of both seats together (assumed)."""
    rooms_each: int = Moderators().rooms_each
    heavy_looks: int = Moderators().heavy_looks
    heavy_hours: float = Moderators().heavy_hours
    work: Mapping[str, Work] = field(default_factory=lambda: WORK)
