"""Cases asked for as documents: why, who agreed, and when each was handed out."""

from alembic import op
import sqlalchemy as sa

from moderation.records.migrations import apart


revision = '0021_from_0015'
down_revision = '0020_from_0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # In a file, which is one school's, a key is the id alone.
    school = ['school'] if apart.on_postgresql() else []
    staff = [f'staff.{column}' for column in ('id', *school)]
    op.create_table(
        'exports',
        sa.Column('code', sa.String(length=12), nullable=False),
        sa.Column('school', sa.String(length=64), nullable=False),
        sa.Column('incident', sa.String(length=12), nullable=False),
        sa.Column('state', sa.String(length=12), nullable=False),
        sa.Column('sealed_why', sa.LargeBinary(), nullable=False),
        sa.Column('with_peer', sa.Boolean(), nullable=False),
        sa.Column('requested_by', sa.String(length=22), nullable=False),
        sa.Column('requested_at', sa.BigInteger(), nullable=False),
        sa.Column('expires_at', sa.BigInteger(), nullable=False),
        sa.Column('answered_by', sa.String(length=22)),
        sa.Column('answered_at', sa.BigInteger()),
        sa.Column('handed_at', sa.BigInteger()),
        *(
            sa.ForeignKeyConstraint([column, *school], staff, name=op.f(f'fk_exports_{column}'))
            for column in ('answered_by', 'requested_by')
        ),
        sa.PrimaryKeyConstraint('code', *school, name=op.f('pk_exports')),
    )
    for column in ('incident', 'school'):
        op.create_index(op.f(f'ix_exports_{column}'), 'exports', [column])
    if apart.on_postgresql():
        apart.wall('exports')
