"""What an account keeps of its own: keys of the console, and a browser that is new."""

from alembic import op
import sqlalchemy as sa


revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('staff', sa.Column('new_browser_at', sa.BigInteger(), nullable=True))
    op.add_column('staff', sa.Column('console_keys', sa.String(length=1024), nullable=True))
