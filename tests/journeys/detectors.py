"""Detectors of the journeys: one that holds what a test marks, one that fails in every way."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from moderation.pipeline import Judge
from moderation.terms import Attention, Category, Delivery, Finding
from moderation.text import Reading

HELD = "please look at this"
"""Words that the marking detector holds, so that no test depends on a phrase of the lexicon."""

_FOUND = Finding(Category.BULLYING, Attention.QUEUE, Delivery.HOLD, "marking", "marked", 0, 6)


class Marking:
    """Holds what says HELD."""

    name = "marking"

    def find(self, reading: Reading) -> Sequence[Finding]:
        return [_FOUND] if HELD in reading.original else []


def _raises(_reading: Reading) -> Any:
    raise RuntimeError("the detector is broken")


def _recurses(reading: Reading) -> Any:
    """Goes as deep as Python lets it.

    Once in some thousand times the collector would run near the bottom, and a weak reference's
    callback of somebody else meet the limit there: Python tells that to nobody but pytest.
    """
    gc.disable()
    try:
        return _deeper(reading)
    finally:
        gc.enable()


def _deeper(reading: Reading) -> Any:
    return _deeper(reading)


def _hangs(_reading: Reading) -> Any:
    while True:
        pass


def _hangs_and_swallows(_reading: Reading) -> Any:
    while True:
        try:
            while True:
                pass
        except Exception:  # noqa: BLE001, S112 - as bad code does
            continue


def _breaks_off(_reading: Reading) -> Any:
    yield _FOUND
    raise ValueError("half way")


def _changed(**values: object) -> Callable[[Reading], Any]:
    wrong = msgspec.structs.replace(_FOUND, **values)  # type: ignore[arg-type]
    return lambda _reading: [wrong]


FAILURES: dict[str, Callable[[Reading], Any]] = {
    "raises": _raises,
    "recurses": _recurses,
    "hangs": _hangs,
    "hangs and swallows": _hangs_and_swallows,
    "breaks off": _breaks_off,
    "answers nothing": lambda _reading: None,
    "answers a number": lambda _reading: float("nan"),
    "answers words": lambda _reading: ["bullying"],
    "answers a dictionary": lambda _reading: {"category": "suicide"},
    "names no category": _changed(category="cheating"),
    "names no attention": _changed(attention=7),
    "names no delivery": _changed(delivery=None),
    "names no signal": _changed(signal=None),
    "points behind the end": _changed(end=10_000),
    "points before the start": _changed(start=-3),
    "points backwards": _changed(start=5, end=2),
    "points nowhere": _changed(start=float("nan")),
}


def answers_once_only(_reading: Reading) -> Any:
    """No failure: a right answer that can be gone through only once."""
    return iter([_FOUND])


class Unruly:
    """Fails as it is told, and sees nothing once it is repaired."""

    name = "unruly"

    def __init__(self, fails: Callable[[Reading], Any]) -> None:
        self._fails: Callable[[Reading], Any] | None = fails

    def find(self, reading: Reading) -> Any:
        return [] if self._fails is None else self._fails(reading)

    def repair(self) -> None:
        """From now on it works."""
        self._fails = None


def with_detector(judge: Judge, detector: Any) -> Judge:
    """A judge that asks one detector more."""
    return Judge(judge.book, [*judge.detectors, detector])
