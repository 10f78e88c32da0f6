"""Invitations, second factors, and accounts that end."""

from alembic import op
import sqlalchemy as sa


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('staff', sa.Column('expires_at', sa.BigInteger(), nullable=True))
    op.add_column('sessions', sa.Column('proved_at', sa.BigInteger(), nullable=True))
    op.add_column('sessions', sa.Column('challenge', sa.LargeBinary(length=64), nullable=True))
    op.create_table('invitations',
    sa.Column('lookup', sa.LargeBinary(length=32), nullable=False),
    sa.Column('id', sa.String(length=22), nullable=False),
    sa.Column('school', sa.String(length=64), nullable=False),
    sa.Column('login', sa.String(length=64), nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('role', sa.String(length=24), nullable=False),
    sa.Column('made_by', sa.String(length=22), nullable=False),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.Column('expires_at', sa.BigInteger(), nullable=False),
    sa.Column('ended_at', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('lookup', name=op.f('pk_invitations')),
    sa.UniqueConstraint('id', name=op.f('uq_invitations_id')),
    comment='Links by which somebody makes their account, by hash; each works once.'
    )
    op.create_table('agreements',
    sa.Column('invitation', sa.String(length=22), nullable=False),
    sa.Column('role', sa.String(length=24), nullable=False),
    sa.Column('staff', sa.String(length=22), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['invitation'], ['invitations.id'], name=op.f('fk_agreements_invitation')),
    sa.ForeignKeyConstraint(['staff'], ['staff.id'], name=op.f('fk_agreements_staff')),
    sa.PrimaryKeyConstraint('invitation', 'role', name=op.f('pk_agreements')),
    comment='Who agreed to an invitation that needs more than an administrator.'
    )
    op.create_table('code_makers',
    sa.Column('staff', sa.String(length=22), nullable=False),
    sa.Column('sealed_secret', sa.LargeBinary(), nullable=False),
    sa.Column('confirmed_at', sa.BigInteger(), nullable=True),
    sa.Column('last_step', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['staff'], ['staff.id'], name=op.f('fk_code_makers_staff')),
    sa.PrimaryKeyConstraint('staff', name=op.f('pk_code_makers')),
    comment='The app that shows somebody six digits; no step of time counts twice.'
    )
    op.create_table('passkeys',
    sa.Column('id', sa.LargeBinary(length=1023), nullable=False),
    sa.Column('staff', sa.String(length=22), nullable=False),
    sa.Column('public_key', sa.LargeBinary(), nullable=False),
    sa.Column('uses', sa.BigInteger(), nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['staff'], ['staff.id'], name=op.f('fk_passkeys_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_passkeys')),
    comment='Passkeys of staff: public keys only, and the counter each device keeps.'
    )
    op.create_index(op.f('ix_passkeys_staff'), 'passkeys', ['staff'], unique=False)
    op.create_table('recovery_codes',
    sa.Column('lookup', sa.LargeBinary(length=32), nullable=False),
    sa.Column('staff', sa.String(length=22), nullable=False),
    sa.Column('used_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['staff'], ['staff.id'], name=op.f('fk_recovery_codes_staff')),
    sa.PrimaryKeyConstraint('lookup', name=op.f('pk_recovery_codes')),
    comment='Keyed hashes of codes on paper for whoever lost the second factor; each works once.'
    )
    op.create_index(op.f('ix_recovery_codes_staff'), 'recovery_codes', ['staff'], unique=False)
    op.create_table('links',
    sa.Column('issuer', sa.String(length=255), nullable=False),
    sa.Column('subject', sa.String(length=255), nullable=False),
    sa.Column('staff', sa.String(length=22), nullable=False),
    sa.ForeignKeyConstraint(['staff'], ['staff.id'], name=op.f('fk_links_staff')),
    sa.PrimaryKeyConstraint('issuer', 'subject', name=op.f('pk_links')),
    comment="Whose account a sign-in at the school's own issuer opens."
    )
    op.create_index(op.f('ix_links_staff'), 'links', ['staff'], unique=False)
