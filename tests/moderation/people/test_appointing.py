from __future__ import annotations

import itertools

import pytest

from moderation.people.appointing import GUARDED, Account, needed, refused
from moderation.roles import STAFF_ROLES, Action, Role, may

ADA = Account("ada", Role.ADMINISTRATOR)
RANKS = {Role.SAFEGUARDING_LEAD, Role.SENIOR_LEADER}


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_a_guarded_rank_needs_both_ranks_once_there_is_one(role: Role) -> None:
    """The first of a rank is founded; the next needs a member of it and one of the other."""
    assert needed(role, []) == frozenset()
    assert needed(role, STAFF_ROLES) == (RANKS if role in RANKS else frozenset())
    assert needed(role.value, [one.value for one in STAFF_ROLES]) == needed(role, STAFF_ROLES)


def test_who_can_open_half_an_identity_is_guarded() -> None:
    """No right to half an identity can be given by an administrator alone."""
    halves = {r for r in Role if may(r, Action.OPEN_HALF_A) or may(r, Action.OPEN_HALF_B)}
    assert set(GUARDED) == halves


@pytest.mark.parametrize(("before", "after"), list(itertools.product(STAFF_ROLES, STAFF_ROLES)))
def test_a_role_changes_only_among_those_that_are_not_guarded(before: Role, after: Role) -> None:
    """Into and out of a guarded rank leads no change, for the ranks count who they ever had."""
    expected = "needs_invitation" if {before, after} & RANKS else None
    assert refused(ADA, Account("mo", before), after) == expected


@pytest.mark.parametrize("role", Role)
def test_only_an_administrator_changes_accounts_and_never_their_own(role: Role) -> None:
    """So there is always an administrator left: whoever made the last change."""
    allowed = refused(Account("x", role), Account("mo", Role.MODERATOR)) is None
    assert allowed == (role is Role.ADMINISTRATOR)
    assert refused(ADA, ADA) == "forbidden"
    assert refused(ADA, ADA, Role.MODERATOR) == "forbidden"


@pytest.mark.parametrize("role", ["student", "peer_supporter", "root", ""])
def test_an_account_of_staff_never_gets_a_students_role(role: str) -> None:
    """The students' pool holds no account, and no role can be made up."""
    assert refused(ADA, Account("mo", Role.MODERATOR), role) == "bad_field"
