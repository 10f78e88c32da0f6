"""Who may give whom which account; pure.

Used by `accounts.py`. Two ranks open the two halves of an identity, so nobody gets such an account
by one person's will: once a school has somebody of that rank, a member of it and a member of the
other rank must agree to the next. An administrator can close such an account, never make one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from moderation.roles import STAFF_ROLES, Action, Role, may

GUARDED: Mapping[Role, Role] = {
    Role.SAFEGUARDING_LEAD: Role.SENIOR_LEADER,
    Role.SENIOR_LEADER: Role.SAFEGUARDING_LEAD,
}
"""Each rank that is guarded, and the other one that must agree as well."""


@dataclass(frozen=True, slots=True)
class Account:
    """What the rules need to know of somebody."""

    id: str
    role: str


def needed(role: str, ever: Iterable[str]) -> frozenset[Role]:
    """Of which roles one person each must agree to an invitation to `role`.

    `ever` are the roles of all accounts the school has had, closed ones too: otherwise whoever
    closes the last lead's account could appoint the next alone.
    """
    guarded = next((rank for rank in GUARDED if rank == role), None)
    if guarded is None or guarded not in set(ever):
        return frozenset()
    return frozenset({guarded, GUARDED[guarded]})


def refused(actor: Account, target: Account, role: str | None = None) -> str | None:
    """The code of the refusal of a change to an account, or of its `role`; None when it may be.

    Nobody changes their own account here, so that one administrator always remains.
    """
    if not may(actor.role, Action.MANAGE_PEOPLE) or actor.id == target.id:
        return "forbidden"
    if role is None:
        return None
    if role not in STAFF_ROLES:
        return "bad_field"
    guarded = set(GUARDED)
    return "needs_invitation" if role in guarded or target.role in guarded else None
