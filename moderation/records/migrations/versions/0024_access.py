"""What one student wrote, asked for as a document: an export is about a case, or about a student."""

from alembic import op
import sqlalchemy as sa


revision = '0024_from_0015'
down_revision = '0023_from_0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('exports', schema=None) as batch_op:
        batch_op.add_column(sa.Column('student', sa.String(length=22)))
        batch_op.alter_column('incident', existing_type=sa.String(length=12), nullable=True)
    op.create_index('ix_exports_student', 'exports', ['student'])
