"""Whether a student was told of an incident, and new browsers found without reading the audit log."""

from alembic import op
import sqlalchemy as sa


revision = '0016_from_0015'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        'incidents', sa.Column('told', sa.Boolean(), nullable=False, server_default=sa.true())
    )
    is_one = sa.text("act = 'new_browser'")
    op.create_index(
        'ix_audit_new_browser', 'audit', ['who'], sqlite_where=is_one, postgresql_where=is_one
    )
