"""Paging: the rota, proofs, shifts, handovers, recusals, drills, heartbeats."""

from alembic import op
import sqlalchemy as sa


revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('heartbeats',
    sa.Column('name', sa.String(length=32), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('trouble', sa.String(length=200), nullable=True),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_heartbeats')),
    comment='When each part of paging was last well, and what was wrong; overwritten.'
    )
    op.create_table('rotas',
    sa.Column('school', sa.String(length=64), nullable=False),
    sa.Column('version', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('by', sa.String(length=22), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('school', 'version', name=op.f('pk_rotas')),
    comment='Who is on call when and who is told in which order, each change a new row (JSON).'
    )
    op.create_table('shifts',
    sa.Column('staff', sa.String(length=22), nullable=False),
    sa.Column('start_at', sa.BigInteger(), nullable=False),
    sa.Column('accepted_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['staff'], ['staff.id'], name=op.f('fk_shifts_staff')),
    sa.PrimaryKeyConstraint('staff', 'start_at', name=op.f('pk_shifts')),
    comment='The start of a shift, accepted by the adult whose shift it is; kept for the term.'
    )
    op.create_table('drills',
    sa.Column('id', sa.String(length=22), nullable=False),
    sa.Column('school', sa.String(length=64), nullable=False),
    sa.Column('day', sa.String(length=10), nullable=False),
    sa.Column('began_at', sa.BigInteger(), nullable=False),
    sa.Column('incident', sa.String(length=12), nullable=True),
    sa.Column('failed', sa.String(length=32), nullable=True),
    sa.Column('ended_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['incident'], ['incidents.code'], name=op.f('fk_drills_incident')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_drills')),
    comment='Morning drills through the real pipeline, and what became of them; kept for the term.'
    )
    with op.batch_alter_table('drills', schema=None) as batch_op:
        batch_op.create_index('ix_drills_school', ['school', 'began_at'], unique=False)

    op.create_table('handovers',
    sa.Column('id', sa.String(length=22), nullable=False),
    sa.Column('incident', sa.String(length=12), nullable=False),
    sa.Column('from_staff', sa.String(length=22), nullable=False),
    sa.Column('to_staff', sa.String(length=22), nullable=False),
    sa.Column('offered_at', sa.BigInteger(), nullable=False),
    sa.Column('accepted_at', sa.BigInteger(), nullable=True),
    sa.Column('declined_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['from_staff'], ['staff.id'], name=op.f('fk_handovers_from_staff')),
    sa.ForeignKeyConstraint(['incident'], ['incidents.code'], name=op.f('fk_handovers_incident')),
    sa.ForeignKeyConstraint(['to_staff'], ['staff.id'], name=op.f('fk_handovers_to_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handovers')),
    comment='An incident offered to the next adult; whoever offers has it until it is accepted.'
    )
    with op.batch_alter_table('handovers', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_handovers_incident'), ['incident'], unique=False)
        batch_op.create_index(batch_op.f('ix_handovers_to_staff'), ['to_staff'], unique=False)

    op.create_table('proofs',
    sa.Column('id', sa.String(length=22), nullable=False),
    sa.Column('code', sa.String(length=12), nullable=False),
    sa.Column('contact', sa.String(length=22), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('due_at', sa.BigInteger(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('leased_until', sa.BigInteger(), nullable=True),
    sa.Column('sent_at', sa.BigInteger(), nullable=True),
    sa.Column('answered_at', sa.BigInteger(), nullable=True),
    sa.Column('heard', sa.Boolean(), nullable=True),
    sa.ForeignKeyConstraint(['contact'], ['contacts.id'], name=op.f('fk_proofs_contact')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proofs')),
    sa.UniqueConstraint('code', name=op.f('uq_proofs_code')),
    comment='A test page over one contact, and whether its adult answered it; kept for the term.'
    )
    with op.batch_alter_table('proofs', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_proofs_contact'), ['contact'], unique=False)
        batch_op.create_index('ix_proofs_due', ['state', 'due_at'], unique=False)

    op.create_table('recusals',
    sa.Column('incident', sa.String(length=12), nullable=False),
    sa.Column('staff', sa.String(length=22), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['incident'], ['incidents.code'], name=op.f('fk_recusals_incident')),
    sa.ForeignKeyConstraint(['staff'], ['staff.id'], name=op.f('fk_recusals_staff')),
    sa.PrimaryKeyConstraint('incident', 'staff', name=op.f('pk_recusals')),
    comment='Who must not have an incident because they may know the student; kept with it.'
    )
    with op.batch_alter_table('contacts', schema=None) as batch_op:
        batch_op.add_column(sa.Column('added_at', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('proven_at', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('removed_at', sa.BigInteger(), nullable=True))

    with op.batch_alter_table('incidents', schema=None) as batch_op:
        batch_op.add_column(sa.Column('drill', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column('said_at', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('paged_at', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('seen_at', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('answered_at', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('with_student_at', sa.BigInteger(), nullable=True))

