"""Who kept a student out, until when and why, and who lifted it."""

from alembic import op
import sqlalchemy as sa

from moderation.records.migrations import apart
from moderation.records.tenancy import HERE


revision = '0022_from_0015'
down_revision = '0021_from_0015'
branch_labels = None
depends_on = None

_NOW = 'extract(epoch FROM now()) * 1000'
_TIES = {'student': 'students', 'staff': 'staff', 'lifted_by': 'staff'}


def upgrade() -> None:
    # In a file, which is one school's, a key is the id alone.
    school = ['school'] if apart.on_postgresql() else []
    op.create_table(
        'bars',
        sa.Column('id', sa.String(length=22), nullable=False),
        sa.Column('student', sa.String(length=22), nullable=False),
        sa.Column('room', sa.String(length=22)),
        sa.Column('staff', sa.String(length=22)),
        sa.Column('at', sa.BigInteger()),
        sa.Column('until', sa.BigInteger(), nullable=False),
        sa.Column('sealed', sa.LargeBinary()),
        sa.Column('lift', sa.String(length=22)),
        sa.Column('lifted_by', sa.String(length=22)),
        sa.Column('lifted_at', sa.BigInteger()),
        sa.Column('sealed_lift', sa.LargeBinary()),
        *(
            sa.Column(of, sa.String(length=64), nullable=False, server_default=sa.text(HERE))
            for of in school
        ),
        *(
            sa.ForeignKeyConstraint(
                [column, *school],
                [f'{parent}.{key}' for key in ('id', *school)],
                name=op.f(f'fk_bars_{column}'),
            )
            for column, parent in _TIES.items()
        ),
        sa.PrimaryKeyConstraint('id', *school, name=op.f('pk_bars')),
    )
    op.create_index('ix_bars_student', 'bars', ['student'])
    if apart.on_postgresql():
        apart.wall('bars')
        op.execute(f'CREATE POLICY old ON bars AS RESTRICTIVE FOR DELETE USING (until < {_NOW})')
