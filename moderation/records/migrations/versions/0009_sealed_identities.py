"""Sealed identities, and the halves of their keys."""

from alembic import op
import sqlalchemy as sa


revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'identities',
        sa.Column('student', sa.String(length=22), nullable=False),
        sa.Column('sealed', sa.LargeBinary(), nullable=False),
        sa.Column('canary', sa.Boolean(), nullable=False),
        sa.Column('imported_at', sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ['student'], ['students.id'], name=op.f('fk_identities_student')
        ),
        sa.PrimaryKeyConstraint('student', name=op.f('pk_identities')),
        comment='Who a student is, which takes keys of two ranks to open; deleted after the term.',
    )
    op.create_table(
        'halves',
        sa.Column('student', sa.String(length=22), nullable=False),
        sa.Column('key', sa.String(length=40), nullable=False),
        sa.Column('half', sa.String(length=4), nullable=False),
        sa.Column('sealed', sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ['student'], ['identities.student'], name=op.f('fk_halves_student')
        ),
        sa.PrimaryKeyConstraint('student', 'key', name=op.f('pk_halves')),
        comment="Half of the key of an identity, sealed to one custodian's key; deleted with it.",
    )
