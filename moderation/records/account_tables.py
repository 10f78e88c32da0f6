"""The tables of accounts: how staff are invited, and what proves who they are beside a password.

Data only, in the same metadata as `tables.py`; used by the records of accounts alone. Times are
Unix milliseconds. Each table says what it keeps and for how long.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, LargeBinary, String, Table

from moderation.records.tables import metadata

invitations = Table(
    "invitations",
    metadata,
    Column("lookup", LargeBinary(32), primary_key=True),
    Column("id", String(22), nullable=False, unique=True),
    Column("school", String(64), nullable=False),
    Column("login", String(64), nullable=False),
    Column("name", String(64), nullable=False),
    Column("role", String(24), nullable=False),
    Column("made_by", String(22), nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    comment="Links by which somebody makes their account, by hash; each works once.",
)

agreements = Table(
    "agreements",
    metadata,
    Column("invitation", String(22), ForeignKey("invitations.id"), primary_key=True),
    Column("role", String(24), primary_key=True),
    Column("staff", String(22), ForeignKey("staff.id"), nullable=False),
    Column("at", BigInteger, nullable=False),
    comment="Who agreed to an invitation that needs more than an administrator.",
)

code_makers = Table(
    "code_makers",
    metadata,
    Column("staff", String(22), ForeignKey("staff.id"), primary_key=True),
    Column("sealed_secret", LargeBinary, nullable=False),
    Column("confirmed_at", BigInteger),
    Column("last_step", BigInteger, nullable=False, default=0),
    comment="The app that shows somebody six digits; no step of time counts twice.",
)

passkeys = Table(
    "passkeys",
    metadata,
    Column("id", LargeBinary(1023), primary_key=True),
    Column("staff", String(22), ForeignKey("staff.id"), nullable=False, index=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("uses", BigInteger, nullable=False),
    Column("name", String(64), nullable=False),
    Column("made_at", BigInteger, nullable=False),
    comment="Passkeys of staff: public keys only, and the counter each device keeps.",
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("lookup", LargeBinary(32), primary_key=True),
    Column("staff", String(22), ForeignKey("staff.id"), nullable=False, index=True),
    Column("used_at", BigInteger),
    comment="Keyed hashes of codes on paper for whoever lost the second factor; each works once.",
)

links = Table(
    "links",
    metadata,
    Column("issuer", String(255), primary_key=True),
    Column("subject", String(255), primary_key=True),
    Column("staff", String(22), ForeignKey("staff.id"), nullable=False, index=True),
    comment="Whose account a sign-in at the school's own issuer opens.",
)
