"""What every session can do with its page."""

from __future__ import annotations

import json

from chat.frames import shared
from chat.speaking import Speaking


class Line:
    """A connection that remembers what went over it."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.closed: list[tuple[int, str]] = []

    def send(self, frame: bytes) -> None:
        self.sent.append(frame)

    def close(self, code: int, reason: str = "") -> None:
        self.closed.append((code, reason))


def connected() -> tuple[Speaking, Line]:
    speaking, line = Speaking(), Line()
    speaking._connection = line  # type: ignore[assignment]
    return speaking, line


def test_a_frame_goes_out_as_json() -> None:
    """What is sent is the frame as the wire describes it."""
    speaking, line = connected()
    speaking.send(shared.Typing())
    assert line.sent == [b'{"t":"typing"}']


def test_a_refusal_that_ends_a_connection_says_so_first() -> None:
    """The page reads the words before its socket closes with the code of the table."""
    speaking, line = connected()
    speaking.refuse("bad_ticket")
    assert json.loads(line.sent[0])["code"] == "bad_ticket"
    assert line.closed == [(4503, "bad_ticket")]


def test_other_refusals_leave_the_connection_open() -> None:
    """A refusal without a close code is only told."""
    speaking, line = connected()
    speaking.refuse("not_in_room")
    assert line.closed == []


def test_nothing_is_sent_to_a_page_that_is_gone() -> None:
    """Without a connection both are silent."""
    speaking = Speaking()
    speaking.send(shared.Typing())
    speaking.refuse("bad_ticket")
