"""Reads what a page sent, strictly: a frame, or the refusal it earns; pure.

Used by `students/session.py` and `desk/session.py`, so that both sockets refuse alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

import msgspec

from chat.errors import error
from chat.frames import from_student, shared

FrameT = TypeVar("FrameT")

_strings = re.compile(rb'"([^"\\]*(?:\\.[^"\\]*)*)"(\s*:)?').findall
"""Every string of valid JSON in turn, and whether it is a key."""

_QUOTES: dict[type[object], int] = {from_student.Say: 12}
"""How many quotation marks a frame has that names each field once and quotes nothing."""


def read(decode: Callable[[bytes], FrameT], raw: bytes) -> FrameT | shared.Error:
    """The frame in `raw`, or an error naming at most the path of the field that is wrong."""
    try:
        frame = decode(raw)
    except msgspec.ValidationError as wrong:
        return _wrong_field(str(wrong))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return error("bad_json")
    if raw.count(b'"') == _QUOTES.get(type(frame)):
        return frame
    return _named_once(raw) or frame


def _named_once(raw: bytes) -> shared.Error | None:
    """A refusal if a field stands twice: which one counts would depend on who reads it."""
    seen = set()
    for name, is_key in _strings(raw):
        if is_key and (name in seen or b"\\" in name):
            return error("bad_field", path=None if b"\\" in name else name.decode())
        if is_key:
            seen.add(name)
    return None


def _wrong_field(words: str) -> shared.Error:
    """Msgspec says `… - at `$.resume.seq``; without a path the whole frame is wrong."""
    path = words.rpartition("`$.")[2].rstrip("`") if "`$." in words else None
    if path == "t":
        return error("unknown_type")
    return error("bad_field", path=path)
