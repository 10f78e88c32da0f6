"""Who may do what: one table of roles and actions, deny by default; pure.

The only place that knows. `web/access.py` maps every route to an action, `chat/desk/rights.py`
every frame of a desk, `run_server.py` every verb of the command line; each then asks `may`. What a
row does not name is refused. The rules are those of a school's safeguarding: an administrator keeps
accounts and machines and has no right to content; an auditor reads what was done and no words.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping


class Role(enum.StrEnum):
    """What somebody is. Students come by card, all others by an account of staff."""

    STUDENT = "student"
    PEER_SUPPORTER = "peer_supporter"
    MODERATOR = "moderator"
    COUNSELLOR = "counsellor"
    SAFEGUARDING_LEAD = "safeguarding_lead"
    SENIOR_LEADER = "senior_leader"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


class Action(enum.StrEnum):
    """What can be done. Its value stands in the audit log when it was refused."""

    CHAT = "chat"
    """Be matched, talk in one's own room, report, ask for a person."""
    JOIN_CHAT = "join_chat"
    """Speak in a room as the school's adult."""
    WORK_QUEUE = "work_queue"
    """See what waits, be on shift, claim, put back, hand over."""
    DECIDE = "decide"
    """Decide about a claimed item: release, withhold, hide, warn, note, mute, end the room."""
    BAR = "bar"
    """Bar a pseudonym, for no longer than `longest_bar`."""
    ESCALATE = "escalate"
    """Page the adults on call."""
    LOOK_IN = "look_in"
    """Look into a live room that nothing pointed at; audited."""
    SEE_INCIDENTS = "see_incidents"
    """How incidents stand, and who is on call; no words."""
    TAKE_CASE = "take_case"
    """Be paged; read, acknowledge and resolve a case."""
    RESOLVE_ANY = "resolve_any"
    """Resolve a case that a colleague has."""
    PRESERVE = "preserve"
    """Keep a case past its time, for a court or an inquiry; and end that."""
    EXPORT_CASE = "export_case"
    """Ask for a case, or what one student wrote, as a document, or to delete the latter; have it
    once somebody agreed."""
    AGREE_TO_ACCESS = "agree_to_access"
    """Be the second person for what one student wrote, to see or delete it. Beside a roster that
    tells who wrote what, so it needs both ranks, as an identity does."""
    BE_REACHED = "be_reached"
    """Be paged: keep one's own ways to be reached, and answer test pages."""
    HOLD_KEY = "hold_key"
    """Register one's own key for a half of every identity."""
    REQUEST_REVEAL = "request_reveal"
    """Ask for a student's identity."""
    BREAK_GLASS = "break_glass"
    """Open an identity without a second person, where the school has a key in its safe."""
    REVIEW_REVEAL = "review_reveal"
    """Review an identity that somebody opened alone."""
    READ_REVEALS = "read_reveals"
    """See which identities were asked for, by whom and why; never whose they are."""
    OPEN_HALF_A = "open_half_a"
    """Open the safeguarding leads' half of an identity."""
    OPEN_HALF_B = "open_half_b"
    """Open the senior leaders' half of an identity."""
    SECOND = "second"
    """Be the second person for what needs two: a change of rules, a case as a document."""
    PROPOSE_RULES = "propose_rules"
    """See why the rules judge as they do, and propose a change."""
    SEE_ROTA = "see_rota"
    """See who is on call when, who can be reached, and what became of drills."""
    MANAGE_ROTA = "manage_rota"
    """Change schedules, the policy of paging, and drills."""
    SEE_NUMBERS = "see_numbers"
    """Figures over time; no words."""
    READ_AUDIT = "read_audit"
    """Read who did what."""
    SEE_HEALTH = "see_health"
    """See which parts work, and when each was last proven."""
    MANAGE_PEOPLE = "manage_people"
    """Invite staff, change their roles, close accounts, make cards."""
    APPOINT = "appoint"
    """Agree to a new safeguarding lead or senior leader."""
    RUN_SERVER = "run_server"
    """Start, check, migrate, back up and restore."""
    OWN_ACCOUNT = "own_account"
    """Sign in; see one's own sessions, ways to be reached, and second factors."""


_A = Action

_MODERATE = frozenset(
    {_A.WORK_QUEUE, _A.DECIDE, _A.BAR, _A.ESCALATE, _A.SEE_INCIDENTS, _A.SEE_ROTA}
)
_COUNSEL = _MODERATE | {_A.JOIN_CHAT, _A.LOOK_IN, _A.TAKE_CASE, _A.BE_REACHED}
_CUSTODY = frozenset({_A.HOLD_KEY, _A.REVIEW_REVEAL, _A.READ_REVEALS, _A.BE_REACHED})
_LEAD = (_COUNSEL | _CUSTODY) | {
    _A.RESOLVE_ANY,
    _A.PRESERVE,
    _A.EXPORT_CASE,
    _A.REQUEST_REVEAL,
    _A.BREAK_GLASS,
    _A.OPEN_HALF_A,
    _A.SECOND,
    _A.APPOINT,
    _A.PROPOSE_RULES,
    _A.MANAGE_ROTA,
    _A.SEE_NUMBERS,
    _A.READ_AUDIT,
}
_STAFF = frozenset({_A.OWN_ACCOUNT, _A.SEE_HEALTH})

TABLE: Mapping[Role, frozenset[Action]] = {
    Role.STUDENT: frozenset({_A.CHAT}),
    Role.PEER_SUPPORTER: frozenset({_A.CHAT}),
    Role.MODERATOR: _STAFF | _MODERATE,
    Role.COUNSELLOR: _STAFF | _COUNSEL,
    Role.SAFEGUARDING_LEAD: _STAFF | _LEAD,
    Role.SENIOR_LEADER: _STAFF
    | _CUSTODY
    | {_A.OPEN_HALF_B, _A.SECOND, _A.AGREE_TO_ACCESS, _A.APPOINT},
    Role.ADMINISTRATOR: _STAFF | {_A.MANAGE_PEOPLE, _A.SEE_ROTA, _A.MANAGE_ROTA, _A.RUN_SERVER},
    Role.AUDITOR: _STAFF
    | {_A.SEE_INCIDENTS, _A.SEE_ROTA, _A.SEE_NUMBERS, _A.READ_AUDIT, _A.READ_REVEALS},
}

SENSITIVE: frozenset[Action] = frozenset(
    {
        _A.MANAGE_PEOPLE,
        _A.APPOINT,
        _A.HOLD_KEY,
        _A.REQUEST_REVEAL,
        _A.BREAK_GLASS,
        _A.REVIEW_REVEAL,
        _A.OPEN_HALF_A,
        _A.OPEN_HALF_B,
        _A.SECOND,
        _A.EXPORT_CASE,
        _A.AGREE_TO_ACCESS,
    }
)
"""What needs a second factor shown a moment ago, however the session began."""

PASSKEYS: frozenset[Role] = frozenset({Role.SAFEGUARDING_LEAD, Role.ADMINISTRATOR, Role.AUDITOR})
"""Whom a code from an app does not let in, for it can be relayed: they show a passkey."""

STAFF_ROLES: tuple[Role, ...] = tuple(role for role in Role if _A.OWN_ACCOUNT in TABLE[role])
"""Roles that have an account of staff."""

NAMES: Mapping[Role, str] = {
    Role.STUDENT: "Student",
    Role.PEER_SUPPORTER: "Peer supporter",
    Role.MODERATOR: "Moderator",
    Role.COUNSELLOR: "Counsellor",
    Role.SAFEGUARDING_LEAD: "Safeguarding lead",
    Role.SENIOR_LEADER: "Senior leader",
    Role.ADMINISTRATOR: "Administrator",
    Role.AUDITOR: "Auditor",
}
"""Each role as people say it."""

_HOUR = 3_600_000
_BARS: Mapping[str, int] = {
    Role.MODERATOR.value: 24 * _HOUR,
    Role.COUNSELLOR.value: 7 * 24 * _HOUR,
}
_RIGHTS: Mapping[str, frozenset[Action]] = {role.value: TABLE[role] for role in Role}


def may(role: str, action: Action) -> bool:
    """Whether somebody of that role may do it; no to a role that does not exist."""
    return action in _RIGHTS.get(str(role), frozenset())


def holders(action: Action) -> tuple[Role, ...]:
    """The roles that may do it."""
    return tuple(role for role in Role if action in TABLE[role])


def longest_bar(role: str) -> int | None:
    """For how many milliseconds that role may bar a pseudonym; None without a limit, 0 never."""
    if not may(role, Action.BAR):
        return 0
    return _BARS.get(str(role))
