"""The lobby: who waits, what they are told, and whom they meet."""

from __future__ import annotations

from chat.frames import to_student
from chat.live.memory import MemoryLive
from chat.students.lobby import KEEP_TICKET, TELL_EVERY, Lobby
from chat.students.matching import WIDEN, Pair, Ticket
from tests.chat.shells import Clock, Page


class Met:
    """A lobby, its clock, and the pairs it made."""

    def __init__(self, room_for: int = 100) -> None:
        self.clock = Clock(1_000.0)
        self.pairs: list[Pair] = []
        self.live, self.room_for = MemoryLive(), room_for
        self.lobby = Lobby(self.live, self.clock, self.pairs.append, lambda: self.room_for)

    async def knock(self, student: str, topic: str = "mood") -> Page:
        page = Page()
        ticket = Ticket(student, "elm", "all", topic, self.clock())
        await self.lobby.knock(ticket, page)
        return page


async def test_who_knocks_is_told_at_once() -> None:
    """The page hears that it waits before anything else, without an estimate nobody has."""
    met = Met()
    page = await met.knock("a")
    assert page.seen == [to_student.Waiting("mood", 0)]
    assert len(met.lobby) == 1


async def test_two_who_fit_meet() -> None:
    """The pair is handed on, and nobody waits any more."""
    met = Met()
    await met.knock("a")
    await met.knock("b")
    assert [[t.student for t in pair] for pair in met.pairs] == [["a", "b"]]
    assert len(met.lobby) == 0


async def test_time_brings_topics_together() -> None:
    """The clock of the house pairs those whom topics kept apart."""
    met = Met()
    await met.knock("a", "mood")
    await met.knock("b", "family")
    await met.lobby.tick(is_open=True)
    assert met.pairs == []
    met.clock.now += WIDEN
    await met.lobby.tick(is_open=True)
    assert len(met.pairs) == 1


async def test_M11_time_pairs_no_more_than_there_are_moderators_for() -> None:
    """Whoever has waited longest first, in whatever band; the others are still waiting."""
    met = Met(room_for=1)
    for band, students in (("older", "abc"), ("younger", "de")):
        for student in students:
            ticket = Ticket(student, "elm", band, f"topic {student}", met.clock())
            await met.lobby.knock(ticket, Page())
            met.clock.now -= 1
    met.clock.now += WIDEN + 5
    await met.lobby.tick(is_open=True)
    assert [[t.student for t in pair] for pair in met.pairs] == [["e", "d"]]
    await met.lobby.tick(is_open=True)
    assert [[t.student for t in pair] for pair in met.pairs[1:]] == [["c", "b"]]
    assert len(met.lobby) == 1


async def test_M11_nobody_is_paired_while_the_chat_is_closed() -> None:
    """Those who wait go on waiting, are told so, and are paired when it opens."""
    met = Met()
    page = await met.knock("a", "mood")
    await met.knock("b", "family")
    met.clock.now += WIDEN
    await met.lobby.tick(is_open=False)
    assert met.pairs == []
    assert isinstance(page.seen[-1], to_student.Waiting)
    await met.lobby.tick(is_open=True)
    assert len(met.pairs) == 1


async def test_M11_who_wishes_anew_while_there_is_no_place_is_matched_by_that_wish() -> None:
    """Another node finds nothing of the earlier one."""
    met = Met()
    await met.knock("a", "mood")
    met.room_for = 0
    await met.knock("a", "family")
    assert await met.live.ticket_of("a", met.clock()) is None
    met.room_for = 1
    await met.lobby.tick(is_open=True)
    ticket = await met.live.ticket_of("a", met.clock())
    assert ticket is not None
    assert ticket.topic == "family"


async def test_S13_who_waits_hears_at_once_that_nobody_can_be_matched() -> None:
    """And that it goes on; nobody is promised a time in which nothing can happen."""
    met = Met()
    for student in "abcdef":
        await met.knock(student)
        met.clock.now += 30
    page = await met.knock("g")
    told = []
    for is_open in (False, False, True):
        await met.lobby.tick(is_open=is_open)
        frame = page.seen[-1]
        assert isinstance(frame, to_student.Waiting)
        told.append((len(page.seen), frame.paused, frame.estimate is None))
    assert told == [(2, True, True), (2, True, True), (3, False, False)]


async def test_S13_who_comes_while_moderators_are_busy_hears_that() -> None:
    """The first word already says so."""
    met = Met(room_for=0)
    assert (await met.knock("a")).seen == [to_student.Waiting("mood", 0, paused=True)]


async def test_S13_who_waits_for_moderators_has_lost_no_ticket() -> None:
    """It has not been handed in yet: nobody is looked for in the records every second."""
    met = Met()
    met.room_for = 0
    await met.knock("a")
    assert list(await met.lobby.lost_tickets()) == []
    met.room_for = 1
    await met.lobby.tick(is_open=True)
    await met.live.withdraw("a")
    assert list(await met.lobby.lost_tickets()) == ["a"]


async def test_S13_waiting_pages_hear_how_long() -> None:
    """Every few seconds each waiting page is told how long it has waited, and not more often."""
    met = Met()
    page = await met.knock("a")
    for _ in range(int(TELL_EVERY) * 2):
        met.clock.now += 1
        await met.lobby.tick(is_open=True)
    waited = [frame.waited for frame in page.seen if isinstance(frame, to_student.Waiting)]
    assert waited[0] == 0
    assert len(waited) in {2, 3}
    assert waited[-1] - waited[-2] <= 10


async def test_S13_an_estimate_is_told_only_when_there_is_one() -> None:
    """It comes from how long others waited, and is gone once it has passed."""
    met = Met()
    for n in range(3):
        await met.knock(f"first{n}")
        met.clock.now += 30
        await met.knock(f"second{n}")
    page = await met.knock("a")
    (told,) = page.seen
    assert isinstance(told, to_student.Waiting)
    assert told.estimate == 15
    met.clock.now += 40
    await met.lobby.tick(is_open=True)
    last = page.seen[-1]
    assert isinstance(last, to_student.Waiting)
    assert (last.waited, last.estimate) == (40, None)


async def test_who_leaves_is_not_matched() -> None:
    """A wish taken back is gone, and so is a wish left behind."""
    met = Met()
    await met.knock("a")
    await met.lobby.withdraw("a")
    await met.knock("b")
    assert met.pairs == []
    assert await met.lobby.left_behind("a") is None


async def test_a_lost_page_keeps_its_place_for_a_while() -> None:
    """Its ticket matches nobody meanwhile, and is given back if the page returns in time."""
    met = Met()
    page = await met.knock("a")
    await met.lobby.lost("a", page)
    await met.knock("b")
    assert met.pairs == []
    met.clock.now += KEEP_TICKET - 1
    ticket = await met.lobby.left_behind("a")
    assert ticket is not None
    assert ticket.since == 1_000.0
    await met.lobby.withdraw("a")
    assert await met.lobby.left_behind("a") is None


async def test_an_older_page_that_is_gone_takes_no_place_with_it() -> None:
    """Whoever waits with a newer page goes on waiting."""
    met = Met()
    old, _new = await met.knock("a"), await met.knock("a")
    await met.lobby.lost("a", old)
    await met.knock("b")
    assert len(met.pairs) == 1


async def test_a_ticket_left_behind_too_long_is_gone() -> None:
    """After the time set there is nothing to come back to, and nothing is remembered."""
    met = Met()
    page = await met.knock("a")
    await met.lobby.lost("a", page)
    await met.lobby.lost("nobody", page)
    met.clock.now += KEEP_TICKET
    assert await met.lobby.left_behind("a") is None
    page = await met.knock("b")
    await met.lobby.lost("b", page)
    assert list(met.live._left) == ["b"]


async def test_M11_nobody_is_paired_by_coming_back_while_the_chat_is_closed() -> None:
    """Who waits and had no line for a moment waits on; they are paired when it opens."""
    met = Met()
    page = await met.knock("a")
    await met.lobby.tick(is_open=False)
    await met.knock("b")
    assert met.pairs == []
    await met.lobby.lost("a", page)
    ticket = await met.lobby.left_behind("a")
    assert ticket is not None
    await met.lobby.knock(ticket, Page())
    await met.lobby.tick(is_open=False)
    assert met.pairs == []
    await met.lobby.tick(is_open=True)
    assert len(met.pairs) == 1
