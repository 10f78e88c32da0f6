from __future__ import annotations

from pathlib import Path

import pytest

import house
import run_server
from chat.settings import Server, Settings
from commands import doctor
from moderation.records.audit import CONSOLE, Entry, append

YEAR = 365 * 86_400


def test_a_new_key_is_made_and_told(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The verb says what was sealed anew, where both keys lie, and what is to be done with them."""
    assert run_server.main(["cards", "issue", "--count", "1", "--config", str(config)]) == 0
    path = tmp_path / "data" / "master.key"
    old = path.read_bytes()
    assert run_server.main(["keys", "rotate", "--config", str(config)]) == 0
    told = capsys.readouterr().out
    (aside,) = path.parent.glob("master.key.before-*")
    assert aside.read_bytes() == old != path.read_bytes()
    for words in ("Sealed anew: keys of rooms 0", f"{path} is new", f"lies at {aside}"):
        assert words in told
    assert run_server.main(["keys", "rotate", "--delete-old", "--config", str(config)]) == 0
    assert sorted(path.parent.glob("master.key*")) == [path, aside]
    run_server.main(["check", "--config", str(config)])
    assert f"advice     {aside} lies beside its successor" in capsys.readouterr().out


async def test_a_key_is_advised_to_be_changed_after_two_years(tmp_path: Path) -> None:
    """Two years from its making, and from every change, nothing is said; then it is."""
    settings, now = Settings(server=Server(data=str(tmp_path))), 1_800_000_000.0
    async with house.open_ground(settings, clock=lambda: now) as ground:
        store = ground.records.store
        assert await doctor.keys(settings, store, now) == []
        begun = Entry(int(now * 1000), CONSOLE, "begun", "records")
        await store.write(append, begun)
        assert await doctor.keys(settings, store, now + 1.9 * YEAR) == []
        (words,) = await doctor.keys(settings, store, now + 2.1 * YEAR)
        assert "keys rotate" in words
