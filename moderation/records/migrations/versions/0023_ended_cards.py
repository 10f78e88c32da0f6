"""Why a card works no more; and which sessions ended lately, without reading all of them."""

from alembic import op
import sqlalchemy as sa


revision = '0023_from_0015'
down_revision = '0022_from_0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('cards', sa.Column('why', sa.String(length=8)))
    op.create_index('ix_sessions_ended_at', 'sessions', ['ended_at'])
