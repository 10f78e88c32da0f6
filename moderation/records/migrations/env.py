"""Alembic's entry: runs the revisions over the connection that `migrate` hands it."""

from __future__ import annotations

from alembic import context

from moderation.records import desk_tables, paging_tables, rule_tables  # noqa: F401 - in the metadata too
from moderation.records.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
