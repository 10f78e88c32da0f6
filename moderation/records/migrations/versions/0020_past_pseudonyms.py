"""Pseudonyms of past terms can go: indexes by which it is known that nothing names them."""

from alembic import op

from moderation.records.migrations import apart


revision = '0020_from_0015'
down_revision = '0019_from_0015'
branch_labels = None
depends_on = None

_MONTH_AGO = '(extract(epoch FROM now()) - 30 * 86400) * 1000'

# As in revision 0018: a node may take rows away, and none that is not due. A pseudonym has no time
# of its own; the server keeps each that a card, a seat, an identity or a reveal still names.
_OLD = {'cards': f'revoked_at < {_MONTH_AGO}', 'blocks': f'at < {_MONTH_AGO}'}


def upgrade() -> None:
    for table in ('cards', 'reveals'):
        op.create_index(f'ix_{table}_student', table, ['student'])
    if apart.on_postgresql():
        for table, old in _OLD.items():
            op.execute(f'CREATE POLICY old ON {table} AS RESTRICTIVE FOR DELETE USING ({old})')
