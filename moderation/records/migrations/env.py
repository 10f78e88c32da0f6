"""Alembic's entry: runs the revisions over the connection that `migrate` hands it."""

from __future__ import annotations

from alembic import context

from moderation.records import (  # noqa: F401 - in the metadata too
    account_tables,
    desk_tables,
    identity_tables,
    paging_tables,
    rule_tables,
)
from moderation.records.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
