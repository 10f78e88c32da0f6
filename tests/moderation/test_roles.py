from __future__ import annotations

import itertools

import pytest

from moderation.roles import NAMES, STAFF_ROLES, TABLE, Action, Role, holders, longest_bar, may

STUDENTS = {Role.STUDENT, Role.PEER_SUPPORTER}
QUEUE = {Role.MODERATOR, Role.COUNSELLOR, Role.SAFEGUARDING_LEAD}
CASES = {Role.COUNSELLOR, Role.SAFEGUARDING_LEAD}
LEAD = {Role.SAFEGUARDING_LEAD}
STAFF = set(Role) - STUDENTS

WHO: dict[Action, set[Role]] = {
    Action.CHAT: STUDENTS,
    Action.JOIN_CHAT: CASES,
    Action.WORK_QUEUE: QUEUE,
    Action.DECIDE: QUEUE,
    Action.BAR: QUEUE,
    Action.ESCALATE: QUEUE,
    Action.LOOK_IN: CASES,
    Action.SEE_INCIDENTS: QUEUE | {Role.AUDITOR},
    Action.SEE_ROTA: QUEUE | {Role.AUDITOR, Role.ADMINISTRATOR},
    Action.TAKE_CASE: CASES,
    Action.RESOLVE_ANY: LEAD,
    Action.PRESERVE: LEAD,
    Action.EXPORT_CASE: LEAD,
    Action.AGREE_TO_ACCESS: {Role.SENIOR_LEADER},
    Action.BE_REACHED: CASES | {Role.SENIOR_LEADER},
    Action.HOLD_KEY: LEAD | {Role.SENIOR_LEADER},
    Action.REQUEST_REVEAL: LEAD,
    Action.BREAK_GLASS: LEAD,
    Action.REVIEW_REVEAL: LEAD | {Role.SENIOR_LEADER},
    Action.READ_REVEALS: LEAD | {Role.SENIOR_LEADER, Role.AUDITOR},
    Action.OPEN_HALF_A: LEAD,
    Action.OPEN_HALF_B: {Role.SENIOR_LEADER},
    Action.SECOND: LEAD | {Role.SENIOR_LEADER},
    Action.PROPOSE_RULES: LEAD,
    Action.MANAGE_ROTA: LEAD | {Role.ADMINISTRATOR},
    Action.SEE_NUMBERS: LEAD | {Role.AUDITOR},
    Action.READ_AUDIT: LEAD | {Role.AUDITOR},
    Action.SEE_HEALTH: STAFF,
    Action.MANAGE_PEOPLE: {Role.ADMINISTRATOR},
    Action.APPOINT: LEAD | {Role.SENIOR_LEADER},
    Action.RUN_SERVER: {Role.ADMINISTRATOR},
    Action.OWN_ACCOUNT: STAFF,
}
"""The table a school's safeguarding policy would print, written a second time on purpose."""

CONTENT = {
    Action.WORK_QUEUE,
    Action.DECIDE,
    Action.LOOK_IN,
    Action.TAKE_CASE,
    Action.EXPORT_CASE,
    Action.JOIN_CHAT,
    Action.OPEN_HALF_A,
    Action.OPEN_HALF_B,
}
"""Whatever shows what a student wrote, or who one is."""


@pytest.mark.parametrize(("role", "action"), list(itertools.product(Role, Action)))
def test_every_role_may_do_exactly_what_the_policy_says(role: Role, action: Action) -> None:
    """Each cell of role by action, and a new action or role without a line fails here."""
    assert may(role, action) == (role in WHO[action])
    assert may(role.value, action) == (role in WHO[action])


@pytest.mark.parametrize("role", ["", "lead", "on_call", "admin", "Moderator", "anyone", "root"])
def test_a_role_that_does_not_exist_may_do_nothing(role: str) -> None:
    """Deny by default: old names, near misses and made-up ones have no rights at all."""
    assert not any(may(role, action) for action in Action)
    assert longest_bar(role) == 0


def test_administrator_and_auditor_have_no_right_to_content() -> None:
    """Who keeps the machines and who reads the log see no words and no identity."""
    for role in (Role.ADMINISTRATOR, Role.AUDITOR):
        assert not TABLE[role] & CONTENT


def test_nobody_holds_both_halves_of_an_identity() -> None:
    """Opening an identity always takes two people of two ranks."""
    assert not any({Action.OPEN_HALF_A, Action.OPEN_HALF_B} <= rights for rights in TABLE.values())


def test_no_account_of_staff_can_enter_the_students_chat() -> None:
    """The pool of students never holds an adult: no role of staff may chat as a student."""
    assert not set(holders(Action.CHAT)) & set(STAFF_ROLES)
    assert set(STAFF_ROLES) == STAFF


def test_how_long_a_role_may_bar() -> None:
    """A moderator a day, a counsellor a week, a lead as long as they decide, nobody else."""
    day = 24 * 3_600_000
    limits = {Role.MODERATOR: day, Role.COUNSELLOR: 7 * day, Role.SAFEGUARDING_LEAD: None}
    assert {role: longest_bar(role) for role in Role if longest_bar(role) != 0} == limits


def test_every_role_has_a_name_of_its_own() -> None:
    """People read names, never identifiers."""
    assert set(NAMES) == set(Role)
    assert len(set(NAMES.values())) == len(Role)


def test_actions_fit_the_audit_log() -> None:
    """What was refused stands in the log by its name, in a column of 32 characters."""
    assert all(len(action) <= 32 for action in Action)
