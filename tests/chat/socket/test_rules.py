from __future__ import annotations

import pytest
from websockets.frames import Frame, Opcode

from chat.errors import refusal
from chat.socket.rules import HEADS, SLOW_READER, text_header


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65535, 65536, 1 << 20])
def test_our_header_is_the_one_websockets_would_write(size: int) -> None:
    """At every boundary of the length field the frame is the same to the byte."""
    data = bytes(size)
    assert text_header(size) + data == Frame(Opcode.TEXT, data).serialize(mask=False)


def test_heads_made_beforehand_are_those_of_their_sizes() -> None:
    """No frame is written with another's length."""
    assert all(head == text_header(size) for size, head in enumerate(HEADS))


def test_a_slow_reader_is_closed_with_the_code_of_the_table() -> None:
    """chat/errors.py and the socket agree."""
    assert refusal("slow_reader").close == SLOW_READER
