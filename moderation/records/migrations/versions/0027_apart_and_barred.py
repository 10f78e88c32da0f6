"""Who is to be kept apart from a student, and who is barred, are found without reading all rows."""

from alembic import op
import sqlalchemy as sa


revision = '0027_from_0015'
down_revision = '0026_from_0015'
branch_labels = None
depends_on = None

_BARRED = sa.text('barred_until IS NOT NULL')


def upgrade() -> None:
    op.create_index('ix_blocks_other', 'blocks', ['other'])
    op.create_index(
        'ix_students_barred',
        'students',
        ['barred_until'],
        sqlite_where=_BARRED,
        postgresql_where=_BARRED,
    )
