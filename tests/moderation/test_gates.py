from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from moderation.gates import MOST_NEEDS, Gates, Pair, all_met

LETTERS = "abcdef"
NEED = st.frozensets(st.sampled_from(LETTERS), min_size=1, max_size=3)
PAIR = st.tuples(NEED, NEED)
WAYS = st.lists(
    st.tuples(
        st.lists(NEED, min_size=1, max_size=MOST_NEEDS),
        st.lists(PAIR, max_size=1).map(tuple),
        st.integers(0, 9),
    ),
    max_size=12,
)


def _possible(gates: Gates, codes: str) -> set[int]:
    return gates.possible(codes, set(codes), [gates.gate(code) for code in codes])


@given(WAYS, st.text(LETTERS, max_size=8))
def test_a_pattern_is_possible_just_when_all_it_needs_is_there(
    ways: list[tuple[list[frozenset[str]], tuple[Pair, ...], int]], codes: str
) -> None:
    """Asking for all patterns at once gives what asking for each by itself gives."""
    gates = Gates(len)
    for needs, pairs, number in ways:
        gates.add(needs, pairs, number)
    together = [*pairwise(codes)]
    assert _possible(gates, codes) == {
        number
        for needs, pairs, number in ways
        if all_met(tuple(needs), set(codes))
        and all(
            any(one in firsts and other in lasts for one, other in together)
            for firsts, lasts in pairs
        )
    }


def test_needs_beyond_the_rarest_are_left_to_the_pattern_itself() -> None:
    """A pattern with many needs is possible when its rarest ones are met; none is ever missed."""
    gates = Gates(len)
    gates.add([frozenset("abcd"), frozenset("e"), frozenset("f"), frozenset("ab")], (), 7)
    assert _possible(gates, "efb") == {7}
    assert _possible(gates, "efd") == set()
    assert _possible(gates, "") == set()
