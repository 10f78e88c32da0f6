"""The tables of paging: the rota, proofs that a contact works, shifts, handovers, drills.

Data only, in the same metadata as `tables.py`; used by the records of paging alone. Times are Unix
milliseconds. Each table says what it keeps and for how long.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from moderation.records.tables import metadata

rotas = Table(
    "rotas",
    metadata,
    Column("school", String(64), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("body", Text, nullable=False),
    Column("by", String(22), nullable=False),
    Column("at", BigInteger, nullable=False),
    comment="Who is on call when and who is told in which order, each change a new row (JSON).",
)

proofs = Table(
    "proofs",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("code", String(12), nullable=False, unique=True),
    Column("contact", String(22), ForeignKey("contacts.id"), nullable=False, index=True),
    Column("state", String(16), nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("leased_until", BigInteger),
    Column("sent_at", BigInteger),
    Column("delivered_at", BigInteger),
    Column("answered_at", BigInteger),
    Column("heard", Boolean),
    Column("kind", String(8), nullable=False, server_default="test"),
    Index("ix_proofs_due", "state", "due_at"),
    comment="A test page over one contact, and whether its adult answered it; or a word about a "
    "sign-in with a new browser. Purged with drills.",
)

shifts = Table(
    "shifts",
    metadata,
    Column("staff", String(22), ForeignKey("staff.id"), primary_key=True),
    Column("start_at", BigInteger, primary_key=True),
    Column("accepted_at", BigInteger, nullable=False),
    comment="The start of a shift, accepted by the adult whose shift it is; purged with drills.",
)

handovers = Table(
    "handovers",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("incident", String(12), ForeignKey("incidents.code"), nullable=False, index=True),
    Column("from_staff", String(22), ForeignKey("staff.id"), nullable=False),
    Column("to_staff", String(22), ForeignKey("staff.id"), nullable=False, index=True),
    Column("offered_at", BigInteger, nullable=False),
    Column("accepted_at", BigInteger),
    Column("declined_at", BigInteger),
    comment="An incident offered to the next adult; whoever offers has it until it is accepted.",
)

recusals = Table(
    "recusals",
    metadata,
    Column("incident", String(12), ForeignKey("incidents.code"), primary_key=True),
    Column("staff", String(22), ForeignKey("staff.id"), primary_key=True),
    Column("at", BigInteger, nullable=False),
    comment="Who must not have an incident because they may know the student; kept with it.",
)

drills = Table(
    "drills",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("school", String(64), nullable=False),
    Column("day", String(10), nullable=False),
    Column("began_at", BigInteger, nullable=False),
    Column("incident", String(12), ForeignKey("incidents.code")),
    Column("failed", String(32)),
    Column("ended_at", BigInteger),
    Index("ix_drills_school", "school", "began_at"),
    comment="Morning drills through the real pipeline, and what became of them; purged in time.",
)

heartbeats = Table(
    "heartbeats",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("trouble", String(200)),
    comment="When each part of paging was last well, and what was wrong; overwritten.",
)
