"""New names for things."""

from __future__ import annotations

import os
import re

from moderation.ids import _PLAIN, new_code, new_id, new_nonce, new_token


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


def test_a_forked_process_draws_its_own() -> None:
    """Two processes never have the same id, nor the same nonce under one key."""
    new_id(), new_nonce()  # some of each are fetched and wait
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, new_id().encode() + new_nonce())
        os._exit(0)
    os.waitpid(child, 0)
    theirs = os.read(reading, 64)
    assert len(theirs) == 22 + 12
    assert theirs[:22] != new_id().encode()
    assert theirs[22:] != new_nonce()
    os.close(reading)
    os.close(writing)
