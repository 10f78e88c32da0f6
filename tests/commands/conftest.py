"""Settings and terminals for the tests of the command line."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

import house
from chat.settings_file import load
from moderation.records import tables as t
from tests.servers import free_port

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
    path.chmod(0o600)
    return path


@pytest.fixture
def types(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """What somebody pipes into the next command."""
    return lambda words: monkeypatch.setattr(sys, "stdin", io.StringIO(words))


async def audited(config: Path) -> list[tuple[str, str, str]]:
    """Who did what about what, in the order of the audit log."""
    async with house.open_ground(load(config, {})) as ground:
        columns = select(t.audit.c.who, t.audit.c.act, t.audit.c.about).order_by(t.audit.c.n)
        return await ground.records.store.read(
            lambda conn: [tuple(row) for row in conn.execute(columns)]
        )
