"""Who is paged next, over what, and when to look again.

Pure: the policy, the rota, the adults and the time come in, the next round of pages comes out. One
function, `next_round`, drives the pager, the preview of who would be told when, and the tests. The
rules:

1. A *round* pages the people of one step. While an incident is open a new round begins when the
   wait of the step before is over, at the latest after `repeat_ms`; after the last step they go on
   from `again_from`. There is no last round.
2. A step that is empty costs no time, nor does one whose contacts all cannot be reached: the next
   one takes its place in the same instant. A step in which nobody is *proven* (`rota.py`) costs
   none either, as long as a later one has somebody who is, and is paged together with that one.
   If nobody at all can be reached, every contact there is gets tried anyway and the next round is
   due after `unreachable_ms`, because a contact may be added or repaired any minute; so even where
   there is none at all, whoever watches soon reads whom to phone.
3. The first `AT_ONCE` contacts of a person are paged at once, each further one `second_ms` after
   the one before, whatever providers say; sooner where the next round would begin before that.
   A provider's error brings the next forward at once.
4. A provider's error costs its own page a wait that doubles from `retry_ms`; it delays nothing
   else.
5. Who may know the student is skipped. When an acknowledgement ends, whoever had it is paged
   first, together with the next person of the policy, their deputy; where a step has nobody else,
   the next one is theirs.
6. The clock may jump. A time further away than any rule could have put it was set before the
   clock went back, and is due now. A clock that went forward makes one round early, never many,
   since the next one is counted from now.

Times are Unix milliseconds, lengths are milliseconds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from moderation.on_call import adults, rota
from moderation.on_call.adults import Adult, Contact
from moderation.on_call.rota import Rota, Step


@dataclass(frozen=True, slots=True)
class Policy:
    """How hard an incident is chased; all lengths in milliseconds.

    `repeat_ms` the longest time between rounds, `second_ms` until the next contact of the same
    person, `with_student_ms` and `resolve_ms` from acknowledgement to being with the student and
    to an outcome, `send_ms` for one call to a provider, `retry_ms` before the first retry,
    `unreachable_ms` when nobody can be reached, `look_ms` the longest time without a look,
    `skew_ms` by how much the clocks of two nodes may differ, `lease_ms` how long what is being sent
    is nobody else's if its sender is not heard of again: until then it is not sent anew.
    """

    repeat_ms: int = 90_000
    second_ms: int = 45_000
    with_student_ms: int = 600_000
    resolve_ms: int = 3_600_000
    send_ms: int = 20_000
    retry_ms: int = 5_000
    unreachable_ms: int = 15_000
    look_ms: int = 5_000
    skew_ms: int = 5_000
    lease_ms: int = 9_000


DEFAULT = Policy()

AT_ONCE = 2
"""Contacts of one person that are paged in the same instant (requirement P1)."""

EVERYBODY = Step(who=("everybody",))
STEPS = (
    Step(who=("on_call:1",)),
    Step(who=("on_call:2",)),
    Step(who=("on_call", "role:safeguarding_lead")),
    EVERYBODY,
)
"""The steps of a school that has shifts and named no steps; then the last one again and again."""


@dataclass(frozen=True, slots=True)
class Roster:
    """Everybody who could be paged at a school, and what its lead decided.

    `channels` are those that are set up, None meaning all; `accepted` holds who accepted the shift
    that began when.
    """

    rota: Rota
    adults: tuple[Adult, ...]
    channels: Collection[str] | None = None
    accepted: Collection[tuple[str, int]] = frozenset()

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of the policy: the lead's, or those shipped."""
        return self.rota.steps or (STEPS if self.rota.shifts else (EVERYBODY,))

    @property
    def again_from(self) -> int:
        """The step that comes after the last one."""
        return self.rota.again_from if self.rota.steps else len(self.steps) - 1

    def on_call(self, now: int) -> tuple[str, ...]:
        """The ids of everybody on call, the first first; all adults while there are no shifts."""
        there = adults.named(self.adults)
        if not self.rota.shifts:
            return tuple(there)
        return tuple(who for who in rota.standing(self.rota, now, self.accepted) if who in there)

    def step(self, round_number: int) -> int:
        """Which step that round of a chase is, counted from 0."""
        if round_number < len(self.steps):
            return round_number
        again = self.again_from
        return again + (round_number - again) % (len(self.steps) - again)


@dataclass(frozen=True, slots=True)
class Chase:
    """How far an incident has been chased: the round that is due, counted from its beginning.

    `skip` are those who may know the student, `failed` contacts that failed for good when last
    tried, `holder` whose acknowledgement ended just now.
    """

    round: int = 0
    skip: frozenset[str] = frozenset()
    failed: frozenset[str] = frozenset()
    holder: str | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """One page of a round: whom it is for, over which contact, and when."""

    who: str
    contact: str
    at: int


@dataclass(frozen=True, slots=True)
class Round:
    """Pages that begin now, as round `number` of a chase.

    `following` is the number of the round after this one, which begins at `look_at`.
    """

    number: int
    pages: tuple[Planned, ...]
    following: int
    look_at: int


def next_round(policy: Policy, roster: Roster, chase: Chase, now: int) -> Round:
    """The round that begins now, at the earliest as round `chase.round`."""
    waiting: list[Adult] = []
    people: list[Adult]
    for number in range(chase.round, chase.round + len(roster.steps)):
        step = roster.steps[roster.step(number)]
        people = _people(roster, step, chase, now)
        able = [one for one in people if _contacts(one, step, roster, chase)]
        good = {each for one in able for each in _contacts(one, step, roster, chase)}
        others = [one for one in able if one.id != chase.holder]
        if any(each.id in good and _proven(each, now) for one in others for each in one.contacts):
            told = {one.id: _ways(one, step, roster, chase) for one in (*people, *waiting)}
            return _round(policy, number, told, step, now)
        waiting += able
    return _nobody_proven(policy, roster, chase, now)


def _nobody_proven(policy: Policy, roster: Roster, chase: Chase, now: int) -> Round:
    """A round while nobody is proven: the first step that may work, or everybody there is."""
    for number in range(chase.round, chase.round + len(roster.steps)):
        step = roster.steps[roster.step(number)]
        people = _people(roster, step, chase, now)
        if any(_contacts(one, step, roster, chase) for one in people):
            told = {one.id: _ways(one, step, roster, chase) for one in people}
            return _round(policy, number, told, step, now)
    told = {
        one.id: _ways(one, EVERYBODY, roster, chase)
        for one in roster.adults
        if one.id not in chase.skip
    }
    pages = _pages(policy, told, now, policy.unreachable_ms)
    return Round(chase.round, pages, chase.round + 1, now + policy.unreachable_ms)


def _round(
    policy: Policy, number: int, told: Mapping[str, Sequence[str]], step: Step, now: int
) -> Round:
    wait = min(step.wait * 1000, policy.repeat_ms)
    return Round(number, _pages(policy, told, now, wait), number + 1, now + wait)


def forecast(policy: Policy, roster: Roster, now: int, rounds: int) -> list[tuple[int, Round]]:
    """Who would be told when, if nobody answered: so many rounds, each with its time."""
    told: list[tuple[int, Round]] = []
    at, chase = now, Chase()
    for _ in range(rounds):
        this = next_round(policy, roster, chase, at)
        told.append((at, this))
        at, chase = this.look_at, Chase(this.following)
    return told


def _people(roster: Roster, step: Step, chase: Chase, now: int) -> list[Adult]:
    there = adults.named(roster.adults)
    on_call = [who for who in roster.on_call(now) if who not in chase.skip]
    ids: list[str] = [] if chase.holder is None else [chase.holder]
    for who in step.who:
        ids += _named(who, on_call, roster)
    if chase.holder is not None and not set(ids) - {chase.holder}:
        ids += [who for who in on_call if who != chase.holder][:1]
    return [there[who] for who in dict.fromkeys(ids) if who in there and who not in chase.skip]


def _named(who: str, on_call: Sequence[str], roster: Roster) -> Sequence[str]:
    """The ids that a word of a step stands for."""
    kind, _, which = who.partition(":")
    if kind == "on_call":
        if not roster.rota.shifts or not which:
            return on_call
        return on_call[int(which) - 1 : int(which)] if which.isdecimal() else ()
    if kind == "role":
        return [one.id for one in roster.adults if one.role == which]
    if who == "everybody":
        return [one.id for one in roster.adults]
    return [who]


def _contacts(one: Adult, step: Step, roster: Roster, chase: Chase) -> list[str]:
    """The contacts of a person that this step uses and that may work, in their order."""
    up = roster.channels
    return [
        contact.id
        for contact in one.contacts
        if (not step.channels or contact.channel in step.channels)
        and (up is None or contact.channel in up)
        and contact.id not in chase.failed
    ]


def _proven(contact: Contact, now: int) -> bool:
    return adults.proven(contact, None, now)


def _ways(one: Adult, step: Step, roster: Roster, chase: Chase) -> tuple[str, ...]:
    """Every contact of a person, what may work first; only those of the step if it names any."""
    good = _contacts(one, step, roster, chase) or _contacts(one, EVERYBODY, roster, chase)
    rest = [each.id for each in one.contacts if each.id not in good and not step.channels]
    return (*good, *rest)


def _pages(
    policy: Policy, ways: Mapping[str, Sequence[str]], now: int, wait: int
) -> tuple[Planned, ...]:
    """A page for each of these contacts, by whose they are; the first of each person now.

    All of them come within `wait`: what is not sent when the next round begins is cancelled.
    """
    latest = max(0, wait - policy.look_ms)
    planned = []
    for who, contacts in ways.items():
        for place, contact in enumerate(contacts):
            later = max(0, place - AT_ONCE + 1) * policy.second_ms
            planned.append(Planned(who, contact, now + min(later, latest)))
    return tuple(planned)


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
