"""A school's changes to its rules."""

from alembic import op
import sqlalchemy as sa


revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'rule_changes',
        sa.Column('id', sa.String(length=22), nullable=False),
        sa.Column('school', sa.String(length=64), nullable=False),
        sa.Column('sealed', sa.LargeBinary(), nullable=False),
        sa.Column('trial', sa.String(), nullable=False),
        sa.Column('state', sa.String(length=12), nullable=False),
        sa.Column('proposed_by', sa.String(length=22), nullable=False),
        sa.Column('proposed_at', sa.BigInteger(), nullable=False),
        sa.Column('seconded_by', sa.String(length=22), nullable=True),
        sa.Column('seconded_at', sa.BigInteger(), nullable=True),
        sa.Column('live_by', sa.String(length=22), nullable=True),
        sa.Column('live_at', sa.BigInteger(), nullable=True),
        sa.Column('ended_by', sa.String(length=22), nullable=True),
        sa.Column('ended_at', sa.BigInteger(), nullable=True),
        sa.Column('sealed_why', sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ['ended_by'], ['staff.id'], name=op.f('fk_rule_changes_ended_by')
        ),
        sa.ForeignKeyConstraint(
            ['live_by'], ['staff.id'], name=op.f('fk_rule_changes_live_by')
        ),
        sa.ForeignKeyConstraint(
            ['proposed_by'], ['staff.id'], name=op.f('fk_rule_changes_proposed_by')
        ),
        sa.ForeignKeyConstraint(
            ['seconded_by'], ['staff.id'], name=op.f('fk_rule_changes_seconded_by')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_rule_changes')),
    )
    with op.batch_alter_table('rule_changes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_rule_changes_school'), ['school'], unique=False)
