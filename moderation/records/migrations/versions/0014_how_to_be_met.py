"""How a student would like to be met by the adult who was called, and what may make it hard."""

from alembic import op
import sqlalchemy as sa


revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('incidents', sa.Column('meet', sa.String(length=10), nullable=True))
    op.add_column('incidents', sa.Column('barrier', sa.String(length=10), nullable=True))
    op.add_column('incidents', sa.Column('wished_at', sa.BigInteger(), nullable=True))
