"""Roles by their standard names, in a column that is long enough for them."""

from alembic import op
import sqlalchemy as sa


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

NAMES = {'on_call': 'counsellor', 'lead': 'safeguarding_lead'}


def upgrade() -> None:
    # A new column, since SQLite can only change a type by making the table anew, and others
    # refer to this table.
    op.execute("ALTER TABLE staff RENAME COLUMN role TO old_role")
    op.add_column('staff', sa.Column('role', sa.String(length=24), nullable=False, server_default=''))
    op.execute("UPDATE staff SET role = old_role")
    for old, new in NAMES.items():
        op.execute(f"UPDATE staff SET role = '{new}' WHERE role = '{old}'")
    op.execute("ALTER TABLE staff DROP COLUMN old_role")
