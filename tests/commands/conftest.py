"""Settings and terminals for the tests of the command line."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journeys.conftest import free_port

SAFE = """
[school]
id = "elm"
[server]
port = {port}
data = "{data}"
origins = ["https://chat.elm.example"]
[pager.mail]
host = "mail.elm.example"
[audit]
dead_man_url = "https://watch.example/ping"
[drills]
at = "07:45"
"""


@pytest.fixture
def config(tmp_path: Path, logs_as_before: None) -> Path:  # noqa: ARG001 - for what comes after
    """Settings with which nothing is unsafe."""
    path = tmp_path / "peerline.toml"
    path.write_text(SAFE.format(port=free_port(), data=tmp_path / "data"))
    return path


@pytest.fixture
def types(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """What somebody pipes into the next command."""
    return lambda words: monkeypatch.setattr(sys, "stdin", io.StringIO(words))
