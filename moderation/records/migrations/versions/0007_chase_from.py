"""Where the chase of an incident began, counted in rounds."""

from alembic import op
import sqlalchemy as sa


revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('incidents', schema=None) as batch_op:
        batch_op.add_column(
            sa.Column('chase_from', sa.Integer(), server_default=sa.text('0'), nullable=False)
        )
