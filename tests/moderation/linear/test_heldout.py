from __future__ import annotations

from moderation.linear.heldout import held_out

FIRST = [15, 17, 28]


def test_about_a_tenth_is_held_out_and_always_the_same() -> None:
    """The mark depends on the id alone, so no later training takes such a record in."""
    marked = [number for number in range(2_000) if held_out(f"uk-{number:04}")]
    assert 150 < len(marked) < 250
    assert marked[:3] == FIRST
