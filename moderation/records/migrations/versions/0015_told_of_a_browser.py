"""What is sent over one contact is a test page or tells of a sign-in with a new browser."""

from alembic import op
import sqlalchemy as sa


revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        'proofs', sa.Column('kind', sa.String(length=8), nullable=False, server_default='test')
    )
