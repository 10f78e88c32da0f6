"""What a student may do after a chat: say how it was, and keep a receipt of it."""

from alembic import op
import sqlalchemy as sa


revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'answers',
        sa.Column(
            'n', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False
        ),
        sa.Column('school', sa.String(length=64), nullable=False),
        sa.Column('day', sa.BigInteger(), nullable=False),
        sa.Column('felt', sa.String(length=8), nullable=True),
        sa.Column('heard', sa.String(length=8), nullable=True),
        sa.PrimaryKeyConstraint('n', name=op.f('pk_answers')),
    )
    op.create_index('ix_answers_school_day', 'answers', ['school', 'day'], unique=False)
    op.add_column('seats', sa.Column('receipt', sa.LargeBinary(length=32), nullable=True))
    op.add_column('seats', sa.Column('answered', sa.Boolean(), nullable=True))
    with op.batch_alter_table('seats', schema=None) as batch_op:
        batch_op.create_unique_constraint(batch_op.f('uq_seats_receipt'), ['receipt'])
