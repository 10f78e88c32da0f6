"""Arrivals: when a page came, what a contact is called, the record of an incident."""

from alembic import op
import sqlalchemy as sa


revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('outcomes',
    sa.Column('incident', sa.String(length=12), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('follow_up', sa.String(length=10), nullable=True),
    sa.ForeignKeyConstraint(['incident'], ['incidents.code'], name=op.f('fk_outcomes_incident')),
    sa.PrimaryKeyConstraint('incident', name=op.f('pk_outcomes')),
    comment='The record of an incident: seen, done, told, why; sealed, and never edited.'
    )
    op.add_column('contacts', sa.Column('label', sa.String(length=40), nullable=True))
    op.add_column('pages', sa.Column('delivered_at', sa.BigInteger(), nullable=True))
    op.add_column('proofs', sa.Column('delivered_at', sa.BigInteger(), nullable=True))
