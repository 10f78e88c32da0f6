"""The tables: what lasts, in SQLite or PostgreSQL alike; data only.

Times are Unix milliseconds, but for `said_at`, whose microseconds never repeat on a node and so
order what has no `seq` yet. Identifiers are random text, sealed values bytes that only `vault.py`
can open. No table has a column for an address, a device, a place or a name of a student that this
machine could read. Each table says what it keeps and for how long.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    text,
)

from moderation.records.incident_tables import exports, incident_notes, incidents, outcomes, pages
from moderation.records.metadata import metadata

__all__ = [
    "answers",
    "audit",
    "blocks",
    "cards",
    "checkpoints",
    "contacts",
    "exports",
    "folded",
    "incident_notes",
    "incidents",
    "items",
    "messages",
    "metadata",
    "outcomes",
    "pages",
    "places",
    "rooms",
    "seats",
    "sessions",
    "staff",
    "students",
    "tallies",
]

students = Table(
    "students",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("school", String(64), nullable=False),
    Column("band", String(16), nullable=False),
    Column("barred_until", BigInteger),
    Index(
        "ix_students_barred",
        "barred_until",
        sqlite_where=text("barred_until IS NOT NULL"),
        postgresql_where=text("barred_until IS NOT NULL"),
    ),
    comment="A pseudonym for a term, purged after it; who it is lies sealed, for two to open.",
)

cards = Table(
    "cards",
    metadata,
    Column("lookup", LargeBinary(32), primary_key=True),
    Column("student", String(22), ForeignKey("students.id"), nullable=False, index=True),
    Column("issued_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
    Column("why", String(8)),
    comment="Keyed hash of a card code; goes with its pseudonym.",
)

staff = Table(
    "staff",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("school", String(64), nullable=False),
    Column("login", String(64), nullable=False, unique=True),
    Column("name", String(64), nullable=False),
    Column("role", String(24), nullable=False),
    Column("password", String(256), nullable=False),
    Column("disabled_at", BigInteger),
    Column("expires_at", BigInteger),
    Column("new_browser_at", BigInteger),
    Column("console_keys", String(1024)),
    comment="Accounts of staff; closed at the end of term, kept while something names them.",
)

contacts = Table(
    "contacts",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("staff", String(22), ForeignKey("staff.id"), nullable=False, index=True),
    Column("channel", String(16), nullable=False),
    Column("sealed_address", LargeBinary, nullable=False),
    Column("place", SmallInteger, nullable=False),
    Column("label", String(40)),
    Column("added_at", BigInteger),
    Column("proven_at", BigInteger),
    Column("removed_at", BigInteger),
    comment="How an adult on call is reached; the address is sealed and never shown again.",
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", LargeBinary(32), primary_key=True),
    Column("kind", String(8), nullable=False),
    Column("who", String(22), nullable=False, index=True),
    Column("started_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("understood", Boolean, nullable=False, default=False),
    Column("ended_at", BigInteger, index=True),
    Column("proved_at", BigInteger),
    Column("challenge", LargeBinary(64)),
    comment="Signed-in pages, by hash of their token; swept a day after they end.",
)

rooms = Table(
    "rooms",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("school", String(64), nullable=False),
    Column("topic", String(32), nullable=False),
    Column("epoch", String(16), nullable=False),
    Column("head", BigInteger, nullable=False, default=0),
    Column("opened_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("ended_why", String(16)),
    Column("wrapped_key", LargeBinary),
    comment="A pair in conversation; the key is destroyed later unless an incident holds it.",
)

seats = Table(
    "seats",
    metadata,
    Column("room", String(22), ForeignKey("rooms.id"), primary_key=True),
    Column("seat", SmallInteger, primary_key=True),
    Column("student", String(22), ForeignKey("students.id"), nullable=False, index=True),
    Column("handle", String(32), nullable=False),
    Column("muted_until", BigInteger),
    Column("receipt", LargeBinary(32), unique=True),
    Column("answered", Boolean),
    Column("left_at", BigInteger),
    Column("left_why", String(16)),
    comment="Who sat where, and the keyed hash of a receipt for it; kept as long as its room.",
)

answers = Table(
    "answers",
    metadata,
    Column("n", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("school", String(64), nullable=False),
    Column("day", BigInteger, nullable=False),
    Column("felt", String(8)),
    Column("heard", String(8)),
    Index("ix_answers_school_day", "school", "day"),
    comment="How students said a chat had been: a day, and neither who nor which chat.",
)

messages = Table(
    "messages",
    metadata,
    # A log: rows are only ever added at its end, and it has no index but its own order, for an
    # index page written per message would cost more than the message (decision 0003).
    Column("n", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("mid", String(22), nullable=False),
    Column("room", String(22), nullable=False),
    Column("seat", SmallInteger, nullable=False),
    Column("cid", String(22), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("state", String(12), nullable=False),
    Column("seq", BigInteger),
    Column("said_at", BigInteger, nullable=False),
    Column("attention", SmallInteger, nullable=False),
    Column("delivery", SmallInteger, nullable=False),
    Column("version", String(16), nullable=False),
    # Of few messages; last, so that `messages.py` can leave them out.
    Column("sealed_shown", LargeBinary),
    Column("findings", String),
    CheckConstraint(  # spelt out: SQLite builds a list for NOT IN anew for every row
        "(seq IS NULL) = (state <> 'released' AND state <> 'masked' AND state <> 'redacted')",
        name="seq_when_shown",
    ),
    # PostgreSQL has several writers, so there the database itself says what is unique.
    Index("uq_messages_room_seat_cid", "room", "seat", "cid", unique=True).ddl_if("postgresql"),
    Index("uq_messages_room_seq", "room", "seq", unique=True).ddl_if("postgresql"),
    comment="Sealed under the room's key together with the verdict that judged it.",
)

places = Table(
    "places",
    metadata,
    Column("room", String(22), primary_key=True),
    Column("n", BigInteger, primary_key=True),
    sqlite_with_rowid=False,
    comment="Where a room's messages stand in the log; written in bulk by `log.py`.",
)

folded = Table(
    "folded",
    metadata,
    Column("n", BigInteger, primary_key=True, autoincrement=False),
    comment="One row: up to where the log has its places, and rooms their head.",
)

blocks = Table(
    "blocks",
    metadata,
    Column("one", String(22), primary_key=True),
    Column("other", String(22), primary_key=True, index=True),
    Column("at", BigInteger, nullable=False),
    comment="Two students who never meet again, smaller id first; goes with either pseudonym.",
)

items = Table(
    "items",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("school", String(64), nullable=False),
    Column("room", String(22), ForeignKey("rooms.id"), index=True),
    Column("seat", SmallInteger),
    Column("mid", String(22)),
    Column("kind", String(8), nullable=False),
    Column("category", String(20), nullable=False),
    Column("attention", SmallInteger, nullable=False),
    Column("held", Boolean, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("claimed_by", String(22), ForeignKey("staff.id")),
    Column("claimed_at", BigInteger),
    Column("looked_at", BigInteger),
    Column("asked_by", String(22)),
    Column("escalate_at", BigInteger),
    Column("incident", String(12), ForeignKey("incidents.code")),
    Column("done_at", BigInteger),
    Column("outcome", String(16)),
    Column("sealed_reason", LargeBinary),
    Index("ix_items_open", "school", "done_at"),
    comment="What waits for a moderator, and what was decided; kept as long as its room.",
)

audit = Table(
    "audit",
    metadata,
    Column("n", BigInteger, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("who", String(22), nullable=False),
    Column("act", String(32), nullable=False),
    Column("about", String(32), nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
    Index(
        "ix_audit_new_browser",
        "who",
        sqlite_where=text("act = 'new_browser'"),
        postgresql_where=text("act = 'new_browser'"),
    ),
    comment="Every look and every act, each entry chained to the one before by SHA-256.",
)

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("n", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary(32), nullable=False),
    comment="The last entry that went each time the front of the audit log was cut off.",
)

tallies = Table(
    "tallies",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("school", String(64), nullable=False),
    Column("day", BigInteger, nullable=False),
    Column("name", String(32), nullable=False),
    Column("count", BigInteger, nullable=False),
    Index("ix_tallies_school_day", "school", "day"),
    comment="How much there had been on a day of what was purged, for the figures; no words.",
)
