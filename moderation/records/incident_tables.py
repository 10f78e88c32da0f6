"""Incidents, what staff write about them, and the pages they send out; data only.

Most queries know them through `tables.py`, which says what holds for all tables.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    false,
    text,
    true,
)

from moderation.records.metadata import metadata

incidents = Table(
    "incidents",
    metadata,
    Column("code", String(12), primary_key=True),
    Column("school", String(64), nullable=False),
    Column("room", String(22), ForeignKey("rooms.id"), index=True),
    Column("seat", SmallInteger),
    Column("category", String(20), nullable=False),
    Column("state", String(12), nullable=False),
    Column("count", Integer, nullable=False, default=1),
    Column("drill", Boolean, nullable=False, default=False, server_default=false()),
    Column("said_at", BigInteger),
    Column("opened_at", BigInteger, nullable=False),
    Column("round", Integer, nullable=False, default=0),
    Column("chase_from", Integer, nullable=False, default=0, server_default=text("0")),
    Column("due_at", BigInteger),
    Column("acknowledged_by", String(22), ForeignKey("staff.id")),
    Column("acknowledged_at", BigInteger),
    Column("paged_at", BigInteger),
    Column("seen_at", BigInteger),
    Column("answered_at", BigInteger),
    Column("with_student_at", BigInteger),
    Column("resolved_by", String(22), ForeignKey("staff.id")),
    Column("resolved_at", BigInteger),
    Column("outcome", String(16)),
    Column("meet", String(10)),
    Column("barrier", String(10)),
    Column("wished_at", BigInteger),
    Column("heard_at", BigInteger),  # asked by nodes of versions before revision 0025 alone
    Column("anew_at", BigInteger),
    Column("told", Boolean, nullable=False, server_default=true()),
    Column("preserved_by", String(22)),
    Column("preserved_at", BigInteger),
    Index("ix_incidents_due", "due_at"),
    comment="A child who may be in danger, and who has it; purged when its time is over.",
)

incident_notes = Table(
    "incident_notes",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("incident", String(12), ForeignKey("incidents.code"), nullable=False, index=True),
    Column("staff", String(22), ForeignKey("staff.id"), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    comment="What staff wrote down about an incident; never edited, only added to.",
)

outcomes = Table(
    "outcomes",
    metadata,
    Column("incident", String(12), ForeignKey("incidents.code"), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("follow_up", String(10)),
    comment="The record of an incident: seen, done, told, why; sealed, and never edited.",
)

# Names what it is about without a tie: a version that does not know this table may purge that too.
exports = Table(
    "exports",
    metadata,
    Column("code", String(12), primary_key=True),
    Column("school", String(64), nullable=False, index=True),
    Column("incident", String(12), index=True),
    Column("student", String(22), index=True),
    Column("erase", Boolean),
    Column("state", String(12), nullable=False),
    Column("sealed_why", LargeBinary, nullable=False),
    Column("with_peer", Boolean, nullable=False),
    Column("requested_by", String(22), ForeignKey("staff.id"), nullable=False),
    Column("requested_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("answered_by", String(22), ForeignKey("staff.id")),
    Column("answered_at", BigInteger),
    Column("handed_at", BigInteger),
    comment="Each time a case, or what one student wrote, was asked for as a document, or to be "
    "erased: why, who agreed, when it was done; not what left. Purged with its case, or by itself.",
)

pages = Table(
    "pages",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("incident", String(12), ForeignKey("incidents.code"), nullable=False, index=True),
    Column("contact", String(22), ForeignKey("contacts.id"), nullable=False),
    Column("round", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("leased_until", BigInteger),
    Column("sent_at", BigInteger),
    Column("delivered_at", BigInteger),
    Column("seen_at", BigInteger),
    UniqueConstraint("incident", "round", "contact"),
    Index("ix_pages_due", "state", "due_at"),
    comment="One attempt to reach one adult over one channel.",
)
