from __future__ import annotations

import itertools

import pytest

from moderation.people.appointing import GUARDED, Account, needed, refused
from moderation.roles import STAFF_ROLES, TABLE, Action, Role, may

ADA = Account("ada", Role.ADMINISTRATOR)
RANKS = {Role.SAFEGUARDING_LEAD, Role.SENIOR_LEADER}
READERS = {Role.MODERATOR, Role.COUNSELLOR}


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_a_guarded_rank_needs_both_ranks_and_a_reader_a_lead_once_there_is_one(role: Role) -> None:
    """The first of a rank is founded; the next needs a member of it and one of the other.

    Who reads what students write needs a lead, as soon as the school has had one.
    """
    both = RANKS if role in RANKS else frozenset()
    lead = {Role.SAFEGUARDING_LEAD} if role in READERS else frozenset()
    others = set(STAFF_ROLES) - {Role.SAFEGUARDING_LEAD, role}
    assert needed(role, [], STAFF_ROLES) == needed(role, others, STAFF_ROLES) == frozenset()
    assert needed(role, STAFF_ROLES, STAFF_ROLES) == both | lead
    words = [one.value for one in STAFF_ROLES]
    assert needed(role.value, words, words) == both | lead


@pytest.mark.parametrize("role", sorted(RANKS))
def test_of_two_ranks_the_one_that_is_left_agrees(role: Role) -> None:
    """Where both have gone nobody can, for whoever closed them would be the only one asked."""
    for one in RANKS:
        assert needed(role, STAFF_ROLES, [one, Role.ADMINISTRATOR]) == {one}
    assert needed(role, STAFF_ROLES, [Role.ADMINISTRATOR]) == RANKS


def test_whoever_reads_is_known_to_a_lead() -> None:
    """No right to what students write is given by an administrator alone."""
    words = {Action.WORK_QUEUE, Action.LOOK_IN, Action.JOIN_CHAT, Action.TAKE_CASE}
    assert {one for one in STAFF_ROLES if TABLE[one] & words} <= READERS | RANKS


def test_who_can_open_half_an_identity_is_guarded() -> None:
    """No right to half an identity can be given by an administrator alone."""
    halves = {r for r in Role if may(r, Action.OPEN_HALF_A) or may(r, Action.OPEN_HALF_B)}
    assert set(GUARDED) == halves


@pytest.mark.parametrize(("before", "after"), list(itertools.product(STAFF_ROLES, STAFF_ROLES)))
def test_a_role_changes_only_among_those_that_are_not_guarded(before: Role, after: Role) -> None:
    """Into and out of a guarded rank leads no change, for the ranks count who they ever had.

    Nor does one lead to reading for who did not read before.
    """
    begins = after in READERS and before not in READERS
    expected = "needs_invitation" if begins or {before, after} & RANKS else None
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
