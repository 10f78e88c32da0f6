"""Who may give whom which account; pure.

Used by `accounts.py`. Two ranks open the two halves of an identity, so nobody gets such an account
by one person's will: once a school has somebody of that rank, a member of it and a member of the
other rank must agree to the next. Nor does an administrator alone let in who reads what students
write: once a school has a safeguarding lead, one must agree. An administrator can close all of
these accounts, and make none of them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
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


def needed(role: str, ever: Collection[str], here: Collection[str]) -> frozenset[Role]:
    """Of which roles one person each must agree to an invitation to `role`.

    `ever` are the roles of all accounts the school has had, closed ones too: otherwise whoever
    closes the last lead's account could appoint the next alone. `here` are the roles of those that
    no person closed: of two ranks of which one has left, the other agrees.
    """
    rank = next((one for one in GUARDED if one == role), None)
    if rank is not None:
        both = frozenset({rank, GUARDED[rank]})
        left = frozenset(one for one in both if one in here)
        return left or both if rank in ever else frozenset()
    reads = _reads(role) and Role.SAFEGUARDING_LEAD in ever
    return frozenset({Role.SAFEGUARDING_LEAD}) if reads else frozenset()


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
    ranked = role in set(GUARDED) or target.role in set(GUARDED)
    begins_to_read = _reads(role) and not _reads(target.role)
    return "needs_invitation" if ranked or begins_to_read else None


def _reads(role: str) -> bool:
    """Whether somebody of that role reads what students write."""
    return may(role, Action.WORK_QUEUE)
