"""The tables of sealed identities: records nobody here can open, and the keys they are sealed to.

Data only, in the same metadata as `tables.py`; used by the records of identities alone. Times are
Unix milliseconds. Each table says what it keeps and for how long.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, LargeBinary, String, Table

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
