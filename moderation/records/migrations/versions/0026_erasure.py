"""What one student wrote, asked to be deleted before its time."""

from alembic import op
import sqlalchemy as sa


revision = '0026_from_0015'
down_revision = '0025_from_0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('exports', sa.Column('erase', sa.Boolean()))
