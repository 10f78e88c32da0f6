from datetime import datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from moderation.conversation import ConversationState
from moderation.on_call.drill import WORDS, Plan, last_due, may_open, missed, still_begins
from moderation.on_call.rota import Holiday, Rota
from moderation.terms import Attention, Delivery
from tests.moderation.judging import shared_judge

PLAN = Plan("07:45")


def ms(text: str, zone: str = "Europe/London") -> int:
    """A moment as the clocks of that zone show it."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


def test_a_drill_is_due_on_school_days_by_the_schools_clocks() -> None:
    """At a quarter to eight on Monday; on Sunday it is still Friday's."""
    friday, monday = ms("2026-09-18T07:45"), ms("2026-09-21T07:45")
    assert last_due(PLAN, Rota(), monday - 1) == friday
    assert last_due(PLAN, Rota(), monday) == monday
    far = Rota(zone="Australia/Sydney")
    assert last_due(PLAN, far, ms("2026-09-21T09:00", "Australia/Sydney")) == ms(
        "2026-09-21T07:45", "Australia/Sydney"
    )


def test_no_drill_is_due_on_a_holiday_or_without_a_plan() -> None:
    """The last one before the holiday is the last one there was; without a time there is none."""
    off = Rota(holidays=(Holiday(first="2026-10-26", last="2026-10-30", name="Half term"),))
    assert last_due(PLAN, off, ms("2026-10-28T12:00")) == ms("2026-10-23T07:45")
    assert last_due(Plan(), Rota(), ms("2026-10-28T12:00")) is None


def test_the_morning_after_the_clocks_change_has_its_drill() -> None:
    """Sunday is the night of the change; a drill of every day comes once, an hour of UTC later."""
    every = Plan("07:45", days=range(7))
    assert last_due(every, Rota(), ms("2026-10-25T08:00")) == ms("2026-10-25T07:45")
    apart = ms("2026-10-25T07:45") - ms("2026-10-24T07:45")
    assert apart == 25 * 3_600_000


def test_a_drill_that_was_missed_wakes_nobody_at_night() -> None:
    """Until a quarter to eight in the evening it is made up for; then the next morning's is."""
    due = ms("2026-09-21T07:45")
    assert still_begins(due, due)
    assert still_begins(due, ms("2026-09-21T19:44"))
    assert not still_begins(due, ms("2026-09-21T19:45"))
    assert not still_begins(due, ms("2026-09-22T02:00"))
    assert not still_begins(None, due)
    assert missed(due, due - 1, ms("2026-09-21T20:00"))
    assert missed(due, None, ms("2026-09-21T20:00"))
    assert not missed(due, None, due)
    assert not missed(due, due, ms("2026-09-21T20:00"))
    assert not missed(None, None, due)


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_students_come_only_after_the_last_drill_that_was_due_was_answered(
    due: int, answered: int
) -> None:
    """An older answer opens nothing; a plan that only wants to know opens without one."""
    assert may_open(PLAN, due, answered) == (answered >= due)
    assert not may_open(PLAN, due, None)
    assert may_open(PLAN, None, None)
    assert may_open(Plan("07:45", needed=False), due, None)


def test_the_words_of_a_drill_page_an_adult_and_say_what_they_are() -> None:
    """The shipped rules page for them, deliver them, and whoever reads them knows."""
    decision = shared_judge().judge_turn(WORDS, ConversationState(), 0)
    assert (decision.attention, decision.delivery) == (Attention.PAGE, Delivery.DELIVER)
    assert "drill" in WORDS
    assert "nobody is in danger" in WORDS
