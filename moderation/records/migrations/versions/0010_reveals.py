"""Keys of custodians, reveals, and the pages about them."""

from alembic import op
import sqlalchemy as sa


revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'custodian_keys',
        sa.Column('print', sa.String(length=40), nullable=False),
        sa.Column('staff', sa.String(length=22), nullable=False),
        sa.Column('half', sa.String(length=4), nullable=False),
        sa.Column('public', sa.LargeBinary(length=65), nullable=False),
        sa.Column('made_at', sa.BigInteger(), nullable=False),
        sa.Column('ended_at', sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(['staff'], ['staff.id'], name=op.f('fk_custodian_keys_staff')),
        sa.PrimaryKeyConstraint('print', name=op.f('pk_custodian_keys')),
        comment='Public keys of custodians; the private ones were never here. Kept as evidence.',
    )
    op.create_index(op.f('ix_custodian_keys_staff'), 'custodian_keys', ['staff'], unique=False)
    op.create_table(
        'reveals',
        sa.Column('code', sa.String(length=12), nullable=False),
        sa.Column('school', sa.String(length=64), nullable=False),
        sa.Column('incident', sa.String(length=12), nullable=True),
        sa.Column('student', sa.String(length=22), nullable=False),
        sa.Column('alone', sa.Boolean(), nullable=False),
        sa.Column('state', sa.String(length=12), nullable=False),
        sa.Column('reason', sa.String(length=16), nullable=False),
        sa.Column('sealed_why', sa.LargeBinary(), nullable=False),
        sa.Column('key', sa.String(length=40), nullable=False),
        sa.Column('requested_by', sa.String(length=22), nullable=False),
        sa.Column('requested_at', sa.BigInteger(), nullable=False),
        sa.Column('expires_at', sa.BigInteger(), nullable=False),
        sa.Column('answered_by', sa.String(length=22), nullable=True),
        sa.Column('answered_at', sa.BigInteger(), nullable=True),
        sa.Column('sealed_answer', sa.LargeBinary(), nullable=True),
        sa.Column('passed', sa.LargeBinary(), nullable=True),
        sa.Column('opened_at', sa.BigInteger(), nullable=True),
        sa.Column('review_due_at', sa.BigInteger(), nullable=True),
        sa.Column('reviewed_by', sa.String(length=22), nullable=True),
        sa.Column('reviewed_at', sa.BigInteger(), nullable=True),
        sa.Column('sealed_review', sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(['answered_by'], ['staff.id'], name=op.f('fk_reveals_answered_by')),
        sa.ForeignKeyConstraint(['incident'], ['incidents.code'], name=op.f('fk_reveals_incident')),
        sa.ForeignKeyConstraint(
            ['requested_by'], ['staff.id'], name=op.f('fk_reveals_requested_by')
        ),
        sa.ForeignKeyConstraint(['reviewed_by'], ['staff.id'], name=op.f('fk_reveals_reviewed_by')),
        sa.ForeignKeyConstraint(['student'], ['students.id'], name=op.f('fk_reveals_student')),
        sa.PrimaryKeyConstraint('code', name=op.f('pk_reveals')),
        comment='Each time an identity was asked for: why, who agreed, who was told; never who it is.',
    )
    op.create_index(op.f('ix_reveals_incident'), 'reveals', ['incident'], unique=False)
    op.create_index(op.f('ix_reveals_school'), 'reveals', ['school'], unique=False)
    op.create_index('ix_reveals_due', 'reveals', ['state', 'expires_at'], unique=False)
    op.create_table(
        'calls',
        sa.Column('id', sa.String(length=22), nullable=False),
        sa.Column('reveal', sa.String(length=12), nullable=False),
        sa.Column('contact', sa.String(length=22), nullable=False),
        sa.Column('kind', sa.String(length=20), nullable=False),
        sa.Column('state', sa.String(length=16), nullable=False),
        sa.Column('due_at', sa.BigInteger(), nullable=False),
        sa.Column('attempts', sa.Integer(), nullable=False),
        sa.Column('leased_until', sa.BigInteger(), nullable=True),
        sa.Column('sent_at', sa.BigInteger(), nullable=True),
        sa.Column('delivered_at', sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(['contact'], ['contacts.id'], name=op.f('fk_calls_contact')),
        sa.ForeignKeyConstraint(['reveal'], ['reveals.code'], name=op.f('fk_calls_reveal')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_calls')),
        comment='One attempt to reach a custodian over one channel about a reveal; kept with it.',
    )
    op.create_index(op.f('ix_calls_reveal'), 'calls', ['reveal'], unique=False)
    op.create_index('ix_calls_due', 'calls', ['state', 'due_at'], unique=False)
