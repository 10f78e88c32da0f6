"""Who has left a room, which may go on for the other student: when, and why."""

from alembic import op
import sqlalchemy as sa


revision = '0025_from_0015'
down_revision = '0024_from_0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('seats', sa.Column('left_at', sa.BigInteger()))
    op.add_column('seats', sa.Column('left_why', sa.String(length=16)))
