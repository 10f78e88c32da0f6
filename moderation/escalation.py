"""Who is paged next, and when to look again.

Pure: the policy, the people on call and the time come in, the next round of pages comes out. Used
by `duty.py` and the queries beneath it. The rules:

1. A *round* is one page over every contact of one step. While an incident is open a new round
   begins every `repeat_ms`, step after step, and after the last step the first comes again. There
   is no last round.
2. A step that is empty, or whose contacts all cannot be reached, costs no time: the next one
   takes its place in the same instant. If that leaves nobody at all, every contact there is gets
   tried anyway and the policy is looked at again after `unreachable_ms`, because a contact may be
   added or repaired at any minute.
3. A provider's error costs its own page a wait that doubles from `retry_ms`; it delays nothing
   else.
4. The clock may jump. A time further away than any rule could have put it was set before the
   clock went back, and is due now. A clock that went forward makes one round early, never many,
   since the next one is counted from now.

Times are Unix milliseconds, lengths are milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Policy:
    """How hard an incident is chased; all lengths in milliseconds.

    `repeat_ms` between rounds, `with_student_ms` and `resolve_ms` from acknowledgement to being
    with the student and to an outcome, `send_ms` for one call to a provider, `retry_ms` before the
    first retry, `unreachable_ms` when nobody can be reached, `look_ms` the longest time without a
    look, `skew_ms` by how much the clocks of two nodes may differ.
    """

    repeat_ms: int = 90_000
    with_student_ms: int = 600_000
    resolve_ms: int = 3_600_000
    send_ms: int = 20_000
    retry_ms: int = 5_000
    unreachable_ms: int = 15_000
    look_ms: int = 5_000
    skew_ms: int = 5_000

    @property
    def lease_ms(self) -> int:
        """How long a page being sent is nobody else's: one call, and room for a stalled loop."""
        return self.send_ms + 10_000


DEFAULT = Policy()


@dataclass(frozen=True, slots=True)
class Round:
    """Pages that begin now: `contacts` in round `number`.

    `following` is the number of the round after this one, which begins at `look_at`.
    """

    number: int
    contacts: tuple[str, ...]
    following: int
    look_at: int


def next_round(
    policy: Policy,
    steps: Sequence[Sequence[str]],
    unreachable: frozenset[str],
    number: int,
    now: int,
) -> Round:
    """The round that begins now, at the earliest as round `number`.

    Args:
        policy: How hard to chase.
        steps: The contacts of each step in order; step `number` modulo their count is next.
        unreachable: Contacts known not to work, as far as anybody can know before sending.
        number: The number of the round that is due.
        now: The time.
    """
    for skipped in range(len(steps)):
        step = steps[(number + skipped) % len(steps)]
        if any(contact not in unreachable for contact in step):
            this = number + skipped
            return Round(this, tuple(step), this + 1, now + policy.repeat_ms)
    everybody = tuple(dict.fromkeys(contact for step in steps for contact in step))
    following = number + 1 if everybody else number
    return Round(number, everybody, following, now + policy.unreachable_ms)


def retry_at(policy: Policy, attempts: int, now: int) -> int:
    """When a page is tried again after so many failed attempts (at least one).

    Doubling, and never later than a whole round away: by then a new page has taken its place.
    """
    doubled = policy.retry_ms << min(attempts - 1, 16)
    return now + min(doubled, policy.repeat_ms)


def furthest(policy: Policy, state: str) -> int:
    """How far ahead the due time of an incident in that state can rightly lie."""
    lengths = {"acknowledged": policy.with_student_ms, "with_student": policy.resolve_ms}
    return lengths.get(state, policy.repeat_ms)


def is_due(policy: Policy, due_at: int, now: int, ahead: int) -> bool:
    """Whether that time has come, for a time that was set at most `ahead` into the future."""
    return due_at <= now or due_at > now + ahead + policy.skew_ms


def look_in(policy: Policy, due: Iterable[int], now: int) -> int:
    """How many milliseconds until the next look: the nearest of those times, or `look_ms`.

    Waiting is short on purpose. A timer set for an hour would sleep through a jump of the clock,
    through a suspended machine, and through rows written by another node.
    """
    nearest = min((max(0, at - now) for at in due), default=policy.look_ms)
    return min(nearest, policy.look_ms)
