"""How much of the worst is enough."""

from __future__ import annotations

from chat.desk.care import for_another, is_enough, load

MUCH = {"suicide": 3, "abuse": 2, "profanity": 90}
LITTLE = {"suicide": 1}


def test_M13_only_what_is_heavy_weighs() -> None:
    """Strong language does not use up anybody."""
    assert load(MUCH) == 5
    assert (is_enough(MUCH, 5), is_enough(MUCH, 6)) == (True, False)


def test_M13_the_next_heavy_item_goes_to_somebody_who_read_less() -> None:
    """But never when nobody could take it, and other items go on as before."""
    assert for_another("suicide", MUCH, [LITTLE], 5)
    assert not for_another("suicide", MUCH, [MUCH], 5)
    assert not for_another("suicide", MUCH, [], 5)
    assert not for_another("profanity", MUCH, [LITTLE], 5)
    assert not for_another("suicide", LITTLE, [LITTLE], 5)
