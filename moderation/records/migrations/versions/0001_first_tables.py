"""First tables."""

from alembic import op
import sqlalchemy as sa


revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('audit',
    sa.Column('n', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('who', sa.String(length=22), nullable=False),
    sa.Column('act', sa.String(length=32), nullable=False),
    sa.Column('about', sa.String(length=32), nullable=False),
    sa.Column('hash', sa.LargeBinary(length=32), nullable=False),
    sa.PrimaryKeyConstraint('n', name=op.f('pk_audit')),
    comment='Every look and every act, each entry chained to the one before by SHA-256.'
    )
    op.create_table('blocks',
    sa.Column('one', sa.String(length=22), nullable=False),
    sa.Column('other', sa.String(length=22), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('one', 'other', name=op.f('pk_blocks')),
    comment='Two students who never meet again, smaller id first; kept for the term.'
    )
    op.create_table('folded',
    sa.Column('n', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.PrimaryKeyConstraint('n', name=op.f('pk_folded')),
    comment='One row: up to where the log has its places, and rooms their head.'
    )
    op.create_table('messages',
    sa.Column('n', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('mid', sa.String(length=22), nullable=False),
    sa.Column('room', sa.String(length=22), nullable=False),
    sa.Column('seat', sa.SmallInteger(), nullable=False),
    sa.Column('cid', sa.String(length=22), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('sealed_shown', sa.LargeBinary(), nullable=True),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=True),
    sa.Column('said_at', sa.BigInteger(), nullable=False),
    sa.Column('attention', sa.SmallInteger(), nullable=False),
    sa.Column('delivery', sa.SmallInteger(), nullable=False),
    sa.Column('findings', sa.String(), nullable=True),
    sa.Column('version', sa.String(length=16), nullable=False),
    sa.CheckConstraint("(seq IS NULL) = (state <> 'released' AND state <> 'masked' AND state <> 'redacted')", name=op.f('ck_messages_seq_when_shown')),
    sa.PrimaryKeyConstraint('n', name=op.f('pk_messages')),
    comment="Sealed under the room's key together with the verdict that judged it."
    )
    if op.get_bind().dialect.name == 'postgresql':
        op.create_index('uq_messages_room_seat_cid', 'messages', ['room', 'seat', 'cid'], unique=True)
        op.create_index('uq_messages_room_seq', 'messages', ['room', 'seq'], unique=True)
    op.create_table('places',
    sa.Column('room', sa.String(length=22), nullable=False),
    sa.Column('n', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('room', 'n', name=op.f('pk_places')),
    comment="Where a room's messages stand in the log; written in bulk by `log.py`.",
    sqlite_with_rowid=False
    )
    op.create_table('rooms',
    sa.Column('id', sa.String(length=22), nullable=False),
    sa.Column('school', sa.String(length=64), nullable=False),
    sa.Column('topic', sa.String(length=32), nullable=False),
    sa.Column('epoch', sa.String(length=16), nullable=False),
    sa.Column('head', sa.BigInteger(), nullable=False),
    sa.Column('opened_at', sa.BigInteger(), nullable=False),
    sa.Column('ended_at', sa.BigInteger(), nullable=True),
    sa.Column('ended_why', sa.String(length=16), nullable=True),
    sa.Column('wrapped_key', sa.LargeBinary(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rooms')),
    comment='A pair in conversation; the key is destroyed later unless an incident holds it.'
    )
    op.create_table('sessions',
    sa.Column('token_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('who', sa.String(length=22), nullable=False),
    sa.Column('started_at', sa.BigInteger(), nullable=False),
    sa.Column('seen_at', sa.BigInteger(), nullable=False),
    sa.Column('understood', sa.Boolean(), nullable=False),
    sa.Column('ended_at', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_sessions')),
    comment='Signed-in pages, by hash of their token; swept a day after they end.'
    )
    with op.batch_alter_table('sessions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sessions_who'), ['who'], unique=False)

    op.create_table('staff',
    sa.Column('id', sa.String(length=22), nullable=False),
    sa.Column('school', sa.String(length=64), nullable=False),
    sa.Column('login', sa.String(length=64), nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('role', sa.String(length=16), nullable=False),
    sa.Column('password', sa.String(length=256), nullable=False),
    sa.Column('disabled_at', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff')),
    sa.UniqueConstraint('login', name=op.f('uq_staff_login')),
    comment='Moderators and adults on call; kept until the end of term.'
    )
    op.create_table('students',
    sa.Column('id', sa.String(length=22), nullable=False),
    sa.Column('school', sa.String(length=64), nullable=False),
    sa.Column('band', sa.String(length=16), nullable=False),
    sa.Column('barred_until', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_students')),
    comment='A pseudonym for a term; who it is stands nowhere on this machine.'
    )
    op.create_table('cards',
    sa.Column('lookup', sa.LargeBinary(length=32), nullable=False),
    sa.Column('student', sa.String(length=22), nullable=False),
    sa.Column('issued_at', sa.BigInteger(), nullable=False),
    sa.Column('revoked_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['student'], ['students.id'], name=op.f('fk_cards_student')),
    sa.PrimaryKeyConstraint('lookup', name=op.f('pk_cards')),
    comment='Keyed hash of a card code; kept for the term.'
    )
    op.create_table('contacts',
    sa.Column('id', sa.String(length=22), nullable=False),
    sa.Column('staff', sa.String(length=22), nullable=False),
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('sealed_address', sa.LargeBinary(), nullable=False),
    sa.Column('place', sa.SmallInteger(), nullable=False),
    sa.ForeignKeyConstraint(['staff'], ['staff.id'], name=op.f('fk_contacts_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contacts')),
    comment='How an adult on call is reached; the address is sealed and never shown again.'
    )
    with op.batch_alter_table('contacts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_contacts_staff'), ['staff'], unique=False)

    op.create_table('incidents',
    sa.Column('code', sa.String(length=12), nullable=False),
    sa.Column('school', sa.String(length=64), nullable=False),
    sa.Column('room', sa.String(length=22), nullable=True),
    sa.Column('seat', sa.SmallInteger(), nullable=True),
    sa.Column('category', sa.String(length=20), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('opened_at', sa.BigInteger(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('due_at', sa.BigInteger(), nullable=True),
    sa.Column('acknowledged_by', sa.String(length=22), nullable=True),
    sa.Column('acknowledged_at', sa.BigInteger(), nullable=True),
    sa.Column('resolved_by', sa.String(length=22), nullable=True),
    sa.Column('resolved_at', sa.BigInteger(), nullable=True),
    sa.Column('outcome', sa.String(length=16), nullable=True),
    sa.ForeignKeyConstraint(['acknowledged_by'], ['staff.id'], name=op.f('fk_incidents_acknowledged_by')),
    sa.ForeignKeyConstraint(['resolved_by'], ['staff.id'], name=op.f('fk_incidents_resolved_by')),
    sa.ForeignKeyConstraint(['room'], ['rooms.id'], name=op.f('fk_incidents_room')),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_incidents')),
    comment="A child who may be in danger, and who has it; kept as the school's policy says."
    )
    with op.batch_alter_table('incidents', schema=None) as batch_op:
        batch_op.create_index('ix_incidents_due', ['due_at'], unique=False)

    op.create_table('seats',
    sa.Column('room', sa.String(length=22), nullable=False),
    sa.Column('seat', sa.SmallInteger(), nullable=False),
    sa.Column('student', sa.String(length=22), nullable=False),
    sa.Column('handle', sa.String(length=32), nullable=False),
    sa.ForeignKeyConstraint(['room'], ['rooms.id'], name=op.f('fk_seats_room')),
    sa.ForeignKeyConstraint(['student'], ['students.id'], name=op.f('fk_seats_student')),
    sa.PrimaryKeyConstraint('room', 'seat', name=op.f('pk_seats')),
    comment='Who sat where; kept as long as its room.'
    )
    with op.batch_alter_table('seats', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_seats_student'), ['student'], unique=False)

    op.create_table('incident_notes',
    sa.Column('id', sa.String(length=22), nullable=False),
    sa.Column('incident', sa.String(length=12), nullable=False),
    sa.Column('staff', sa.String(length=22), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['incident'], ['incidents.code'], name=op.f('fk_incident_notes_incident')),
    sa.ForeignKeyConstraint(['staff'], ['staff.id'], name=op.f('fk_incident_notes_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_incident_notes')),
    comment='What staff wrote down about an incident; never edited, only added to.'
    )
    with op.batch_alter_table('incident_notes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_incident_notes_incident'), ['incident'], unique=False)

    op.create_table('items',
    sa.Column('id', sa.String(length=22), nullable=False),
    sa.Column('school', sa.String(length=64), nullable=False),
    sa.Column('room', sa.String(length=22), nullable=True),
    sa.Column('seat', sa.SmallInteger(), nullable=True),
    sa.Column('mid', sa.String(length=22), nullable=True),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('category', sa.String(length=20), nullable=False),
    sa.Column('attention', sa.SmallInteger(), nullable=False),
    sa.Column('held', sa.Boolean(), nullable=False),
    sa.Column('since', sa.BigInteger(), nullable=False),
    sa.Column('claimed_by', sa.String(length=22), nullable=True),
    sa.Column('claimed_at', sa.BigInteger(), nullable=True),
    sa.Column('escalate_at', sa.BigInteger(), nullable=True),
    sa.Column('incident', sa.String(length=12), nullable=True),
    sa.Column('done_at', sa.BigInteger(), nullable=True),
    sa.Column('outcome', sa.String(length=16), nullable=True),
    sa.Column('sealed_reason', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['claimed_by'], ['staff.id'], name=op.f('fk_items_claimed_by')),
    sa.ForeignKeyConstraint(['incident'], ['incidents.code'], name=op.f('fk_items_incident')),
    sa.ForeignKeyConstraint(['room'], ['rooms.id'], name=op.f('fk_items_room')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_items')),
    comment='What waits for a moderator, and what was decided; kept as long as its room.'
    )
    with op.batch_alter_table('items', schema=None) as batch_op:
        batch_op.create_index('ix_items_open', ['school', 'done_at'], unique=False)

    op.create_table('pages',
    sa.Column('id', sa.String(length=22), nullable=False),
    sa.Column('incident', sa.String(length=12), nullable=False),
    sa.Column('contact', sa.String(length=22), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('due_at', sa.BigInteger(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('leased_until', sa.BigInteger(), nullable=True),
    sa.Column('sent_at', sa.BigInteger(), nullable=True),
    sa.Column('seen_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['contact'], ['contacts.id'], name=op.f('fk_pages_contact')),
    sa.ForeignKeyConstraint(['incident'], ['incidents.code'], name=op.f('fk_pages_incident')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pages')),
    sa.UniqueConstraint('incident', 'round', 'contact', name=op.f('uq_pages_incident_round_contact')),
    comment='One attempt to reach one adult over one channel.'
    )
    with op.batch_alter_table('pages', schema=None) as batch_op:
        batch_op.create_index('ix_pages_due', ['state', 'due_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_pages_incident'), ['incident'], unique=False)
    op.bulk_insert(sa.table('folded', sa.column('n', sa.BigInteger())), [{'n': 0}])
