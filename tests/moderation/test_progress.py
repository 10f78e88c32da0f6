from __future__ import annotations

import io
from itertools import count

from moderation.progress import shown


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_nothing_is_written_where_nobody_watches() -> None:
    """Output into a file or a pipe carries no progress."""
    stream = io.StringIO()
    assert list(shown(range(5), 5, "judged", stream)) == [0, 1, 2, 3, 4]
    assert stream.getvalue() == ""


def test_a_terminal_is_told_how_far_the_work_is_and_left_clean() -> None:
    """The line says how many of how many, and is gone at the end."""
    seconds = count(0.0, 0.06)
    stream = Terminal()
    assert len(list(shown(range(1000), 1000, "judged", stream, lambda: next(seconds)))) == 1000
    assert "judged: 500 of 1,000, 50 %" in stream.getvalue()
    assert stream.getvalue().endswith("\r\x1b[K")
