"""Incidents that are preserved, what is left of what was purged, and who may take what away."""

from alembic import op
import sqlalchemy as sa

from moderation.records.migrations import apart


revision = '0018_from_0015'
down_revision = '0017_from_0015'
branch_labels = None
depends_on = None


def _days_ago(days: int) -> str:
    return f'(extract(epoch FROM now()) - {days * 86400}) * 1000'


# A node purges, so it may take rows away: none that no setting lets it purge yet.
_OLD = {
    'audit': f'at < {_days_ago(365)}',
    'messages': f'said_at < {_days_ago(7)} * 1000',
    'incidents': f'resolved_at < {_days_ago(30)} AND preserved_at IS NULL',
    'incident_notes': f'at < {_days_ago(30)}',
}


def upgrade() -> None:
    op.add_column('incidents', sa.Column('preserved_by', sa.String(length=22)))
    op.add_column('incidents', sa.Column('preserved_at', sa.BigInteger()))
    op.create_table(
        'checkpoints',
        sa.Column('n', sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column('hash', sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint('n', name=op.f('pk_checkpoints')),
    )
    op.create_table(
        'tallies',
        sa.Column('id', sa.String(length=22), nullable=False),
        sa.Column('school', sa.String(length=64), nullable=False),
        sa.Column('day', sa.BigInteger(), nullable=False),
        sa.Column('name', sa.String(length=32), nullable=False),
        sa.Column('count', sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_tallies')),
    )
    op.create_index('ix_tallies_school_day', 'tallies', ['school', 'day'])
    if not apart.on_postgresql():
        return
    apart.stamp('checkpoints')
    apart.part(('checkpoints', 'tallies'))
    for table, old in _OLD.items():
        op.execute(f'CREATE POLICY old ON {table} AS RESTRICTIVE FOR DELETE USING ({old})')
