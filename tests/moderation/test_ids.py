"""New names for things."""

from __future__ import annotations

import re

from moderation.ids import _PLAIN, new_code, new_id, new_token


def test_an_id_has_22_letters_of_128_bits_or_more() -> None:
    """Ids have the shape the wire asks for, and none comes twice."""
    ids = {new_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22}", one) for one in ids)


def test_a_token_is_256_bits_in_43_letters() -> None:
    """Tokens have the shape the wire asks for, and none comes twice."""
    tokens = {new_token() for _ in range(1000)}
    assert len(tokens) == 1000
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", one) for one in tokens)


def test_a_code_can_be_read_aloud() -> None:
    """Codes hold no letters or digits that look alike, and use all the others."""
    codes = {new_code() for _ in range(2000)}
    assert all(re.fullmatch(rf"[{_PLAIN}]{{3}}-[{_PLAIN}]{{4}}", one) for one in codes)
    assert set("".join(codes)) - {"-"} == set(_PLAIN)
    assert not set("01OIL") & set(_PLAIN)
    assert len(_PLAIN) == 31
