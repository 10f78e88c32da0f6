from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from moderation.people.cards import ALPHABET, RECEIPT_BYTES, code_of, read

_CHANCE = st.binary(min_size=10, max_size=10)


@given(chance=_CHANCE)
def test_a_code_is_four_groups_of_four(chance: bytes) -> None:
    """A printed code has four groups of four letters that nobody mistakes for one another."""
    groups = code_of(chance).split("-")
    assert [len(group) for group in groups] == [4, 4, 4, 4]
    assert set("".join(groups)) <= set(ALPHABET)
    assert not set("ILOU") & set(ALPHABET)


@given(one=_CHANCE, other=_CHANCE)
def test_every_bit_counts(one: bytes, other: bytes) -> None:
    """Different random bytes give different codes: all 80 bits are in it."""
    assert (code_of(one) == code_of(other)) == (one == other)


@given(chance=_CHANCE, data=st.data())
def test_entry_forgives(chance: bytes, data: st.DataObject) -> None:
    """Case, spaces, dashes, and the letters people write for digits make no difference."""
    code = code_of(chance)
    typed = []
    for letter in code:
        meant = {"0": "0oO", "1": "1iIlL", "-": ["-", " ", "", "\u2013"]}.get(letter)
        typed.append(data.draw(st.sampled_from(meant or [letter.upper(), letter.lower()])))
        typed.append(data.draw(st.sampled_from(["", "", "", " "])))
    assert read("".join(typed)) == code.replace("-", "")


@given(typed=st.text())
def test_entry_reads_only_whole_codes(typed: str) -> None:
    """Whatever is typed is sixteen letters of the alphabet or nothing at all."""
    letters = read(typed)
    assert letters is None or (len(letters) == 16 and set(letters) <= set(ALPHABET))


def test_what_is_no_code_is_nothing() -> None:
    """Too short, too long, or with a letter that is on no card: nothing."""
    whole = code_of(bytes(10))
    assert read(whole) == "0" * 16
    for wrong in ("", whole[:-1], f"{whole}0", whole.replace("0", "U", 1), "0" * 10_000):
        assert read(wrong) is None


@given(chance=st.binary(min_size=RECEIPT_BYTES, max_size=RECEIPT_BYTES))
def test_a_receipt_is_two_groups_of_four_and_no_card(chance: bytes) -> None:
    """It is read back with the same forgiveness, and never taken for a card."""
    code = code_of(chance)
    assert [len(group) for group in code.split("-")] == [4, 4]
    assert read(f" {code.lower()} ", RECEIPT_BYTES) == code.replace("-", "")
    assert read(code) is None
