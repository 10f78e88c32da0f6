"""The tables of the moderators' desk: history of items, bars, recusals, exposure, shifts, reviews.

Data only, in the same metadata as `tables.py`; used by the records of the desk alone. Times are
Unix milliseconds. Each table says what it keeps and for how long.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, LargeBinary, String, Table

from moderation.records.tables import metadata

item_acts = Table(
    "item_acts",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("item", String(22), ForeignKey("items.id"), nullable=False, index=True),
    Column("staff", String(22), ForeignKey("staff.id"), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("act", String(16), nullable=False),
    Column("sealed", LargeBinary),
    comment="What moderators did about an item, with their reason; kept as long as its room.",
)

bars = Table(
    "bars",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("student", String(22), ForeignKey("students.id"), nullable=False, index=True),
    Column("room", String(22)),
    Column("staff", String(22), ForeignKey("staff.id")),
    Column("at", BigInteger),
    Column("until", BigInteger, nullable=False),
    Column("sealed", LargeBinary),
    Column("lift", String(22)),
    Column("lifted_by", String(22), ForeignKey("staff.id")),
    Column("lifted_at", BigInteger),
    Column("sealed_lift", LargeBinary),
    comment="Who kept a student out until when, who lifted that, and why; swept after its end.",
)

room_recusals = Table(
    "room_recusals",
    metadata,
    Column("staff", String(22), ForeignKey("staff.id"), primary_key=True),
    Column("room", String(22), ForeignKey("rooms.id"), primary_key=True, index=True),
    Column("at", BigInteger, nullable=False),
    comment="A moderator who may know a student of that room is shown nothing of it.",
)

exposures = Table(
    "exposures",
    metadata,
    Column("staff", String(22), ForeignKey("staff.id"), primary_key=True),
    Column("item", String(22), ForeignKey("items.id"), primary_key=True, index=True),
    Column("at", BigInteger, nullable=False),
    Column("category", String(20), nullable=False),
    Index("ix_exposures_lately", "staff", "at"),
    comment="How much of what a moderator has read, so that nobody reads too much of the worst.",
)

desk_shifts = Table(
    "desk_shifts",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("school", String(64), nullable=False),
    Column("staff", String(22), ForeignKey("staff.id"), nullable=False, index=True),
    Column("started_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("sealed_note", LargeBinary),
    comment="When a moderator was at the desk, and what they left for the next.",
)

reviews = Table(
    "reviews",
    metadata,
    Column("item", String(22), ForeignKey("items.id"), primary_key=True),
    Column("of_item", String(22), ForeignKey("items.id"), index=True),
    Column("first", String(16), nullable=False),
    Column("first_by", String(22), ForeignKey("staff.id")),
    Column("second", String(16)),
    Column("second_by", String(22), ForeignKey("staff.id")),
    Column("second_at", BigInteger),
    Column("agreed", Boolean),
    comment="A second look without the first answer; `first_by` is null for what nobody looked at.",
)
