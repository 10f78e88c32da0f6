"""Schools are kept apart by the server: row level security, and keys that hold the school."""

from alembic import op
import sqlalchemy as sa

from moderation.records.database import BadAddress
from moderation.records.migrations import apart


revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

_HAVE = (
    'students', 'staff', 'invitations', 'rooms', 'answers', 'items', 'incidents', 'desk_shifts',
    'rotas', 'drills', 'rule_changes', 'reveals',
)
_OF = {  # whose school a row has that has none of its own; parents first
    'cards': ('student', 'students', 'id'),
    'agreements': ('invitation', 'invitations', 'id'),
    'code_makers': ('staff', 'staff', 'id'),
    'passkeys': ('staff', 'staff', 'id'),
    'recovery_codes': ('staff', 'staff', 'id'),
    'links': ('staff', 'staff', 'id'),
    'contacts': ('staff', 'staff', 'id'),
    'shifts': ('staff', 'staff', 'id'),
    'custodian_keys': ('staff', 'staff', 'id'),
    'proofs': ('contact', 'contacts', 'id'),
    'seats': ('room', 'rooms', 'id'),
    'messages': ('room', 'rooms', 'id'),
    'room_recusals': ('room', 'rooms', 'id'),
    'blocks': ('one', 'students', 'id'),
    'item_acts': ('item', 'items', 'id'),
    'exposures': ('item', 'items', 'id'),
    'reviews': ('item', 'items', 'id'),
    'incident_notes': ('incident', 'incidents', 'code'),
    'outcomes': ('incident', 'incidents', 'code'),
    'pages': ('incident', 'incidents', 'code'),
    'handovers': ('incident', 'incidents', 'code'),
    'recusals': ('incident', 'incidents', 'code'),
    'identities': ('student', 'students', 'id'),
    'halves': ('student', 'identities', 'student'),
    'calls': ('reveal', 'reveals', 'code'),
}
_ALONE = ('sessions', 'audit', 'heartbeats')
_UNUSED = ('places', 'folded')  # SQLite's own


def upgrade() -> None:
    if not apart.on_postgresql():
        return
    _nobody_is_shut_out()
    schools = _schools()
    for table in (*_OF, *_ALONE):
        apart.stamp(table, schools[0] if len(schools) == 1 else '')
    if len(schools) > 1:
        _sort_out()
    apart.part((*_HAVE, *_OF, *_ALONE))
    for table in _UNUSED:
        apart.shut(table)


def _nobody_is_shut_out() -> None:
    """Nodes that are connected as the tables' owner would see nothing from now on."""
    serving = op.get_bind().scalar(sa.text(
        "SELECT count(*) FROM pg_stat_activity WHERE usename = CURRENT_USER"
        " AND datname = current_database() AND application_name = 'peerline'"
        " AND pid <> pg_backend_pid()"
    ))
    if serving:
        raise BadAddress(
            'database: nodes are connected as the owner of the tables, and would see nothing after'
            ' this: give them a role of their school first (docs/running-at-scale.md)'
        )


def _schools() -> list[str]:
    asked = ' UNION '.join(f'SELECT school FROM {table}' for table in _HAVE)
    return list(op.get_bind().scalars(sa.text(asked)))


def _sort_out() -> None:
    """Several schools shared the tables: each row goes to the school of what it belongs to.

    Their one audit chain cannot be cut up and stay whole. It is kept as nobody's, for who has the
    server itself; each school begins a chain of its own.
    """
    for table, (column, parent, key) in _OF.items():
        op.execute(
            f'UPDATE {table} SET school = {parent}.school FROM {parent}'
            f' WHERE {parent}.{key} = {table}.{column}'
        )
    for people in ('students', 'staff'):
        op.execute(
            f'UPDATE sessions SET school = {people}.school FROM {people}'
            f' WHERE {people}.id = sessions.who'
        )
