"""When something was last heard in an incident, and when its holder was last told anew."""

from alembic import op
import sqlalchemy as sa


revision = '0017_from_0015'
down_revision = '0016_from_0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('incidents', sa.Column('heard_at', sa.BigInteger()))
    op.add_column('incidents', sa.Column('anew_at', sa.BigInteger()))
