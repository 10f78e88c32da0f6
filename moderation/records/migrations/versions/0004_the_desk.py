"""The moderators' desk: history of items, recusals, exposure, shifts, second looks, mutes."""

from alembic import op
import sqlalchemy as sa


revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('seats', sa.Column('muted_until', sa.BigInteger(), nullable=True))
    op.add_column('items', sa.Column('looked_at', sa.BigInteger(), nullable=True))
    op.add_column('items', sa.Column('asked_by', sa.String(length=22), nullable=True))
    op.create_table('item_acts',
    sa.Column('id', sa.String(length=22), nullable=False),
    sa.Column('item', sa.String(length=22), nullable=False),
    sa.Column('staff', sa.String(length=22), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('act', sa.String(length=16), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['item'], ['items.id'], name=op.f('fk_item_acts_item')),
    sa.ForeignKeyConstraint(['staff'], ['staff.id'], name=op.f('fk_item_acts_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_item_acts')),
    comment='What moderators did about an item, with their reason; kept as long as its room.'
    )
    op.create_index(op.f('ix_item_acts_item'), 'item_acts', ['item'], unique=False)
    op.create_table('room_recusals',
    sa.Column('staff', sa.String(length=22), nullable=False),
    sa.Column('room', sa.String(length=22), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['room'], ['rooms.id'], name=op.f('fk_room_recusals_room')),
    sa.ForeignKeyConstraint(['staff'], ['staff.id'], name=op.f('fk_room_recusals_staff')),
    sa.PrimaryKeyConstraint('staff', 'room', name=op.f('pk_room_recusals')),
    comment='A moderator who may know a student of that room is shown nothing of it.'
    )
    op.create_table('exposures',
    sa.Column('staff', sa.String(length=22), nullable=False),
    sa.Column('item', sa.String(length=22), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('category', sa.String(length=20), nullable=False),
    sa.ForeignKeyConstraint(['item'], ['items.id'], name=op.f('fk_exposures_item')),
    sa.ForeignKeyConstraint(['staff'], ['staff.id'], name=op.f('fk_exposures_staff')),
    sa.PrimaryKeyConstraint('staff', 'item', name=op.f('pk_exposures')),
    comment='How much of what a moderator has read, so that nobody reads too much of the worst.'
    )
    op.create_index('ix_exposures_lately', 'exposures', ['staff', 'at'], unique=False)
    op.create_table('desk_shifts',
    sa.Column('id', sa.String(length=22), nullable=False),
    sa.Column('school', sa.String(length=64), nullable=False),
    sa.Column('staff', sa.String(length=22), nullable=False),
    sa.Column('started_at', sa.BigInteger(), nullable=False),
    sa.Column('ended_at', sa.BigInteger(), nullable=True),
    sa.Column('sealed_note', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['staff'], ['staff.id'], name=op.f('fk_desk_shifts_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_desk_shifts')),
    comment='When a moderator was at the desk, and what they left for the next.'
    )
    op.create_index(op.f('ix_desk_shifts_staff'), 'desk_shifts', ['staff'], unique=False)
    op.create_table('reviews',
    sa.Column('item', sa.String(length=22), nullable=False),
    sa.Column('of_item', sa.String(length=22), nullable=True),
    sa.Column('first', sa.String(length=16), nullable=False),
    sa.Column('first_by', sa.String(length=22), nullable=True),
    sa.Column('second', sa.String(length=16), nullable=True),
    sa.Column('second_by', sa.String(length=22), nullable=True),
    sa.Column('second_at', sa.BigInteger(), nullable=True),
    sa.Column('agreed', sa.Boolean(), nullable=True),
    sa.ForeignKeyConstraint(['first_by'], ['staff.id'], name=op.f('fk_reviews_first_by')),
    sa.ForeignKeyConstraint(['item'], ['items.id'], name=op.f('fk_reviews_item')),
    sa.ForeignKeyConstraint(['of_item'], ['items.id'], name=op.f('fk_reviews_of_item')),
    sa.ForeignKeyConstraint(['second_by'], ['staff.id'], name=op.f('fk_reviews_second_by')),
    sa.PrimaryKeyConstraint('item', name=op.f('pk_reviews')),
    comment='A second look without the first answer; `first_by` is null for what nobody looked at.'
    )
