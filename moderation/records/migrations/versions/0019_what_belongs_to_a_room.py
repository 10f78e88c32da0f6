"""Indexes by which what belongs to a room or an item is found when that is purged."""

from alembic import op


revision = '0019_from_0015'
down_revision = '0018_from_0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table, column in (
        ('items', 'room'),
        ('incidents', 'room'),
        ('room_recusals', 'room'),
        ('exposures', 'item'),
        ('reviews', 'of_item'),
    ):
        op.create_index(f'ix_{table}_{column}', table, [column])
