from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode

from chat.socket.incoming import Incoming, Unacceptable, size_on_wire, whole_texts
from chat.socket.rules import INVALID_TEXT, POLICY, TOO_BIG, UNSUPPORTED, SocketLimits

LIMITS = SocketLimits(max_fragments=8, controls_per_second=3)
NOTHING: tuple[list[bytes], int] = ([], 0)
TEXT, CONT, PING, PONG = Opcode.TEXT, Opcode.CONT, Opcode.PING, Opcode.PONG


def never() -> float:
    raise AssertionError


def code_of(incoming: Incoming, *frames: Frame, now: float = 0.0) -> int:
    *before, last = frames
    for frame in before:
        assert incoming.take(frame, lambda: now) is None
    with pytest.raises(Unacceptable) as found:
        incoming.take(last, lambda: now)
    return found.value.code


@given(words=st.text(), cuts=st.lists(st.integers(0, 100), max_size=6))
def test_however_a_message_is_cut_it_comes_whole_and_once(words: str, cuts: list[int]) -> None:
    """Fragments may end anywhere, also within a character."""
    data = words.encode()
    ends = [*sorted(min(cut, len(data)) for cut in cuts), len(data)]
    starts = [0, *ends[:-1]]
    frames = [
        Frame(CONT if index else TEXT, data[start:end], fin=index == len(cuts))
        for index, (start, end) in enumerate(zip(starts, ends, strict=True))
    ]
    incoming = Incoming(LIMITS)
    for _ in range(2):
        assert [incoming.take(frame, never) for frame in frames] == [None] * len(cuts) + [data]


@given(st.binary())
def test_a_message_is_taken_only_if_it_is_utf8(data: bytes) -> None:
    """What Python cannot decode strictly is refused with 1007."""
    try:
        data.decode()
    except UnicodeDecodeError:
        assert code_of(Incoming(LIMITS), Frame(TEXT, data)) == INVALID_TEXT
    else:
        assert Incoming(LIMITS).take(Frame(TEXT, data), never) == data


def test_more_fragments_than_allowed_are_refused() -> None:
    """The number of fragments is bounded even if they are empty."""
    more = [Frame(CONT, b"", fin=False)] * (LIMITS.max_fragments - 1)
    first, last = Frame(TEXT, b"", fin=False), Frame(CONT, b"")
    incoming = Incoming(LIMITS)
    assert [incoming.take(frame, never) for frame in (first, *more[1:], last)][-1] == b""
    assert code_of(Incoming(LIMITS), first, *more, last) == TOO_BIG


def test_binary_is_refused_at_its_first_fragment() -> None:
    """Nothing of a binary message is kept."""
    assert code_of(Incoming(LIMITS), Frame(Opcode.BINARY, b"x", fin=False)) == UNSUPPORTED


def test_control_frames_are_counted_within_a_second() -> None:
    """Pings and pongs share one allowance, and a new second starts anew."""
    incoming = Incoming(LIMITS)
    for now in (10.0, 11.0, 12.5):
        for opcode in (PING, PONG, PING):
            assert incoming.take(Frame(opcode, b""), lambda now=now: now) is None  # type: ignore[misc]
    assert code_of(incoming, Frame(PONG, b""), now=13.0) == POLICY


@given(words=st.binary(max_size=300), mask=st.booleans(), fin=st.booleans())
def test_only_whole_masked_text_takes_the_short_way(words: bytes, *, mask: bool, fin: bool) -> None:
    """The short way reads what websockets would read, and leaves everything else to it."""
    frame = Frame(TEXT, words, fin=fin)
    wire = frame.serialize(mask=mask)
    short = mask and fin and len(words) <= 200
    assert whole_texts(wire, 200) == (([words], len(wire)) if short else NOTHING)
    if mask:
        assert size_on_wire(frame) == len(wire)


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=4))
def test_frames_that_come_together_are_read_one_after_another(messages: list[bytes]) -> None:
    """Each is read from where the one before it ended, up to what is no whole text."""
    wire = b"".join(Frame(TEXT, words).serialize(mask=True) for words in messages)
    ping = Frame(PING, b"").serialize(mask=True)
    assert whole_texts(wire + ping + wire, 8192) == (messages, len(wire))


@given(words=st.binary(max_size=300), cut=st.integers(1, 400))
def test_part_of_a_frame_goes_the_long_way(words: bytes, cut: int) -> None:
    """A frame that has not come to its end is websockets' to read."""
    wire = Frame(TEXT, words).serialize(mask=True)
    assert whole_texts(wire[: min(cut, len(wire) - 1)], 8192) == NOTHING


@given(st.binary(min_size=1, max_size=40), st.sampled_from([0x82, 0x88, 0x89, 0x01, 0xC1, 0x80]))
def test_no_other_kind_of_frame_takes_the_short_way(rest: bytes, first: int) -> None:
    """Binary, control, fragment and reserved bits are websockets' to judge."""
    assert whole_texts(bytes((first,)) + rest, 8192) == NOTHING


def test_a_length_in_too_many_bytes_goes_the_long_way() -> None:
    """RFC 6455 section 5.2 asks for the shortest length; what breaks it is websockets' matter."""
    assert whole_texts(b"\x81\xfe\x00\x05\0\0\0\0hello", 8192) == NOTHING
    assert whole_texts(b"\x81\xff" + b"\0" * 129, 8192) == NOTHING
