from __future__ import annotations

import logging
import logging.config
from pathlib import Path

import pytest

from chat.faults import QUIET, told_safely


def test_a_fault_is_told_by_type_and_place_without_its_words() -> None:
    """An exception's message and its arguments stay out of the log."""
    with pytest.raises(ValueError, match="invalid literal") as found:
        int("words of a student")
    told = told_safely(found.value)
    assert told["error"] == "ValueError"
    assert told["where"].startswith(Path(__file__).name + ":")
    assert "words" not in repr(told)


def test_no_fault_is_told_as_none() -> None:
    """A log line has the same fields whether or not there was an exception."""
    assert told_safely(None) == {"error": "none", "where": ""}


def test_no_logging_configuration_makes_websockets_print_payloads() -> None:
    """Loggers can be set to DEBUG by name; this one cannot."""
    named = logging.getLogger("websockets.server")
    before = named.level
    named.setLevel(logging.DEBUG)
    try:
        assert not QUIET.isEnabledFor(logging.DEBUG)
        assert QUIET.isEnabledFor(logging.WARNING)
    finally:
        named.setLevel(before)
