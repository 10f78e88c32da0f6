import msgspec
import pytest

from moderation.incidents.record import MAX_ANSWER, Record, read, sealable, unfit

WHOLE = Record("a message", "spoke with them", "the lead", "there was a plan", "2026-03-04")


def test_P16_a_whole_record_says_all_five_things() -> None:
    """Four answers and a day, or none when nobody need look again; it reads back the same."""
    for record in (WHOLE, msgspec.structs.replace(WHOLE, follow_up=None)):
        assert unfit(record) is None
        assert read(sealable(record)) == record


@pytest.mark.parametrize("answer", ["seen", "done", "told", "why"])
def test_P16_no_answer_may_be_missing(answer: str) -> None:
    """An empty answer is no answer, and an endless one is refused."""
    assert unfit(msgspec.structs.replace(WHOLE, **{answer: " \n"})) == "empty"
    assert unfit(msgspec.structs.replace(WHOLE, **{answer: "x" * (MAX_ANSWER + 1)})) == "too_long"


@pytest.mark.parametrize("day", ["", "tomorrow", "2026-02-30", "20260304", "2026-03-04T10:00"])
def test_a_day_is_a_day(day: str) -> None:
    """Only a day of the calendar, written as ISO 8601 does, is a day to look again."""
    assert unfit(msgspec.structs.replace(WHOLE, follow_up=day)) == "bad_field"
