"""The table of the rules page: a school's changes to its rules, and who agreed to each.

Data only, in the same metadata as `tables.py`; used by `rule_changes.py` alone. Times are Unix
milliseconds.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, LargeBinary, String, Table

from moderation.records.tables import metadata

rule_changes = Table(
    "rule_changes",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("school", String(64), nullable=False, index=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("trial", String, nullable=False),
    Column("state", String(12), nullable=False),
    Column("proposed_by", String(22), ForeignKey("staff.id"), nullable=False),
    Column("proposed_at", BigInteger, nullable=False),
    Column("seconded_by", String(22), ForeignKey("staff.id")),
    Column("seconded_at", BigInteger),
    Column("live_by", String(22), ForeignKey("staff.id")),
    Column("live_at", BigInteger),
    Column("ended_by", String(22), ForeignKey("staff.id")),
    Column("ended_at", BigInteger),
    Column("sealed_why", LargeBinary),
    comment="A school's changes to its rules, with who agreed; kept as long as the school.",
)
