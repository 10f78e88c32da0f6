"""The tables of sealed identities: records nobody here can open, and the keys they are sealed to.

Data only, in the same metadata as `tables.py`; used by the records of identities and by what
watches and purges them. Times are Unix milliseconds. Each table says what it keeps and for how
long.
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
    String,
    Table,
)

from moderation.records.tables import metadata

identities = Table(
    "identities",
    metadata,
    Column("student", String(22), ForeignKey("students.id"), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("canary", Boolean, nullable=False),
    Column("imported_at", BigInteger, nullable=False),
    comment="Who a student is, which takes keys of two ranks to open; deleted after the term.",
)

halves = Table(
    "halves",
    metadata,
    Column("student", String(22), ForeignKey("identities.student"), primary_key=True),
    Column("key", String(40), primary_key=True),
    Column("half", String(4), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    comment="Half of the key of an identity, sealed to one custodian's key; deleted with it.",
)

custodian_keys = Table(
    "custodian_keys",
    metadata,
    Column("print", String(40), primary_key=True),
    Column("staff", String(22), ForeignKey("staff.id"), nullable=False, index=True),
    Column("half", String(4), nullable=False),
    Column("public", LargeBinary(65), nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    comment="Public keys of custodians; the private ones were never here. Kept as evidence.",
)

reveals = Table(
    "reveals",
    metadata,
    Column("code", String(12), primary_key=True),
    Column("school", String(64), nullable=False, index=True),
    Column("incident", String(12), ForeignKey("incidents.code"), index=True),
    Column("student", String(22), ForeignKey("students.id"), nullable=False, index=True),
    Column("alone", Boolean, nullable=False),
    Column("state", String(12), nullable=False),
    Column("reason", String(16), nullable=False),
    Column("sealed_why", LargeBinary, nullable=False),
    Column("key", String(40), nullable=False),
    Column("requested_by", String(22), ForeignKey("staff.id"), nullable=False),
    Column("requested_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("answered_by", String(22), ForeignKey("staff.id")),
    Column("answered_at", BigInteger),
    Column("sealed_answer", LargeBinary),
    Column("passed", LargeBinary),
    Column("opened_at", BigInteger),
    Column("review_due_at", BigInteger),
    Column("reviewed_by", String(22), ForeignKey("staff.id")),
    Column("reviewed_at", BigInteger),
    Column("sealed_review", LargeBinary),
    Index("ix_reveals_due", "state", "expires_at"),
    comment="Each time an identity was asked for: why, who agreed, who was told; never who it is.",
)

calls = Table(
    "calls",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("reveal", String(12), ForeignKey("reveals.code"), nullable=False, index=True),
    Column("contact", String(22), ForeignKey("contacts.id"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("state", String(16), nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("leased_until", BigInteger),
    Column("sent_at", BigInteger),
    Column("delivered_at", BigInteger),
    Index("ix_calls_due", "state", "due_at"),
    comment="One attempt to reach a custodian over one channel about a reveal; kept with it.",
)
