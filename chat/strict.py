"""Reads what a page sent, strictly: a frame, or the refusal it earns; pure.

Used by `session.py` and `desk.py`, so that both sockets refuse alike.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import msgspec

from chat import wire
from chat.errors import refusal

FrameT = TypeVar("FrameT")


def read(decode: Callable[[bytes], FrameT], raw: bytes) -> FrameT | wire.Error:
    """The frame in `raw`, or an error naming at most the path of the field that is wrong."""
    try:
        return decode(raw)
    except msgspec.ValidationError as wrong:
        return _wrong_field(str(wrong))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _error("bad_json")


def _wrong_field(words: str) -> wire.Error:
    """Msgspec says `… - at `$.resume.seq``; without a path the whole frame is wrong."""
    path = words.rpartition("`$.")[2].rstrip("`") if "`$." in words else None
    if path == "t":
        return _error("unknown_type")
    return _error("bad_field", path)


def _error(code: str, path: str | None = None) -> wire.Error:
    return wire.Error(code, refusal(code).words, path=path)
