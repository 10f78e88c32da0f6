"""Who may meet whom, as a machine that knocks, leaves and lets time pass in any order."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from chat.students.matching import ANYTHING, WIDEN, Pair, Ticket, Tickets, may_meet, suits

STUDENTS = tuple("abcdefgh")
TOPICS = ("mood", "family", ANYTHING)
POOLS = st.tuples(st.sampled_from(["elm", "oak"]), st.sampled_from(["lower", "upper"]))


def ticket(student: str, since: float = 0.0, topic: str = "mood", **changes: object) -> Ticket:
    values: dict[str, object] = {"school": "elm", "band": "all", **changes}
    return Ticket(student, topic=topic, since=since, **values)  # type: ignore[arg-type]


def names(pair: Pair | None) -> tuple[str, str] | None:
    return pair and (pair[0].student, pair[1].student)


def test_two_who_want_the_same_meet_at_once() -> None:
    """The second of two equal wishes is paired, and the first stands first."""
    tickets = Tickets()
    assert tickets.add(ticket("a"), 0) is None
    assert names(tickets.add(ticket("b", 1), 1)) == ("a", "b")
    assert len(tickets) == 0


def test_whoever_waited_longest_is_paired_first() -> None:
    """Of two that suit, the one that has waited longer is taken."""
    tickets = Tickets()
    avoid = frozenset({"a"})
    assert tickets.add(ticket("a", 0), 0) is None
    assert tickets.add(ticket("b", 1, avoid=avoid), 1) is None
    assert names(tickets.add(ticket("c", 2), 2)) == ("a", "c")


def test_a_ticket_that_comes_back_keeps_its_place() -> None:
    """A page that lost its connection is not overtaken by those who knocked meanwhile."""
    tickets = Tickets()
    tickets.add(ticket("b", 5, avoid=frozenset({"a"})), 5)
    tickets.add(ticket("a", 1), 6)
    assert names(tickets.add(ticket("c", 7), 7)) == ("a", "c")


def test_other_topics_meet_only_once_both_have_waited() -> None:
    """Different topics are paired when the later of the two has waited long enough."""
    tickets = Tickets()
    tickets.add(ticket("a", 0, "mood"), 0)
    assert tickets.add(ticket("b", 5, "family"), 5) is None
    assert tickets.widened(WIDEN + 4.9, 9) == []
    assert [names(pair) for pair in tickets.widened(WIDEN + 5, 9)] == [("a", "b")]


def test_anything_goes_with_every_topic_at_once() -> None:
    """Who is glad of any topic is paired without waiting."""
    tickets = Tickets()
    tickets.add(ticket("a", 0, "family"), 0)
    assert names(tickets.add(ticket("b", 0, ANYTHING), 0)) == ("a", "b")


def test_a_ticket_taken_back_is_gone() -> None:
    """Removing answers the ticket once, and nobody is paired with it afterwards."""
    tickets = Tickets()
    mine = ticket("a")
    tickets.add(mine, 0)
    assert "a" in tickets
    assert tickets.remove("a") is mine
    assert tickets.remove("a") is None
    assert tickets.add(ticket("b"), 0) is None


@given(ours=POOLS, theirs=POOLS, topic=st.sampled_from(TOPICS), waited=st.floats(0, 1e6))
def test_K9_nobody_meets_across_schools_or_bands(
    ours: tuple[str, str], theirs: tuple[str, str], topic: str, waited: float
) -> None:
    """However long two have waited and whatever they would talk about, they meet in one pool."""
    tickets = Tickets()
    tickets.add(Ticket("a", *ours, ANYTHING, 0.0), 0)
    pair = tickets.add(Ticket("b", *theirs, topic, 0.0), waited)
    met = pair is not None or tickets.widened(waited, 9) != []
    assert met == (ours == theirs)


def test_S12_two_hundred_rounds_never_pair_the_blocked() -> None:
    """Two of whom one avoids the other are never paired, however often both knock."""
    tickets = Tickets()
    for now in range(200):
        tickets.add(ticket("a", now, avoid=frozenset({"b"})), now)
        tickets.add(ticket("b", now), now)
        assert tickets.widened(now + 10 * WIDEN, 9) == []
        assert len(tickets) == 2


def expected_partner(mine: Ticket, others: list[Ticket], now: float) -> Ticket | None:
    """The rule in its plainest form."""
    fits = [other for other in others if may_meet(mine, other) and suits(mine, other, now)]
    return min(fits, key=lambda other: other.since, default=None)


class MatchingMachine(RuleBasedStateMachine):
    """Whatever happens in whatever order, the promises of matching hold."""

    def __init__(self) -> None:
        super().__init__()
        self.tickets = Tickets()
        self.known: dict[str, Ticket] = {}
        self.now = 0.0
        self.so_far = 0

    @rule(
        student=st.sampled_from(STUDENTS),
        pool=st.sampled_from([("elm", "lower"), ("elm", "upper"), ("oak", "lower")]),
        topic=st.sampled_from(TOPICS),
        avoid=st.frozensets(st.sampled_from(STUDENTS), max_size=3),
        ago=st.integers(0, 60),
    )
    def knocks(
        self, student: str, pool: tuple[str, str], topic: str, avoid: frozenset[str], ago: int
    ) -> None:
        self.now += 1.0
        self.so_far += 1
        since = self.now - ago - self.so_far / 1000  # no two alike
        mine = Ticket(student, *pool, topic, since, avoid)
        self.known.pop(student, None)
        other = expected_partner(mine, list(self.known.values()), self.now)
        pair = self.tickets.add(mine, self.now)
        if other is None:
            assert pair is None
            self.known[student] = mine
        else:
            assert pair is not None
            assert set(pair) == {mine, other}
            self.met(pair)

    @rule(student=st.sampled_from(STUDENTS))
    def leaves(self, student: str) -> None:
        assert self.tickets.remove(student) == self.known.pop(student, None)

    @rule(seconds=st.sampled_from([1.0, 10.0, WIDEN]), most=st.sampled_from([0, 1, 2, 9]))
    def time_passes(self, seconds: float, most: int) -> None:
        self.now += seconds
        ripe = sorted(
            (t for t in self.known.values() if self.now - t.since >= WIDEN), key=lambda t: t.since
        )
        expected = []
        left = dict(self.known)
        for mine in ripe:
            if mine.student not in left or len(expected) == most:
                continue
            other = expected_partner(mine, list(left.values()), self.now)
            if other is not None:
                del left[mine.student], left[other.student]
                expected.append({mine.student, other.student})
        pairs = self.tickets.widened(self.now, most)
        assert sorted(map(sorted, expected)) == sorted(sorted(names(pair) or ()) for pair in pairs)
        for pair in pairs:
            self.met(pair)

    def met(self, pair: Pair) -> None:
        one, other = pair
        assert one.since <= other.since
        assert one.student != other.student
        assert one.pool == other.pool
        assert one.student not in other.avoid
        assert other.student not in one.avoid
        for each in pair:
            self.known.pop(each.student, None)

    @invariant()
    def nobody_is_lost_and_nobody_stands_twice(self) -> None:
        """Exactly those wait who knocked and neither left nor met anybody."""
        assert len(self.tickets) == len(self.known)
        for student in STUDENTS:
            assert (student in self.tickets) == (student in self.known)


TestMatchingMachine = MatchingMachine.TestCase
TestMatchingMachine.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
