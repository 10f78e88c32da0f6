from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

import house
import run_server
from chat.settings_file import load
from commands import cards
from tests.commands.conftest import audited


def test_cards_are_printed_and_work(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One code a line, as many as asked, and each lets a student in."""
    assert run_server.main(["cards", "issue", "--count", "3", "--config", str(config)]) == 0
    codes = capsys.readouterr().out.split()
    assert len(codes) == 3
    assert all(re.fullmatch(r"(\w{4}-){3}\w{4}", code) for code in codes)

    async def tokens() -> list[str | None]:
        async with house.open_ground(load(config, {})) as ground:
            return [await ground.people.sign_in_student(code) for code in codes]

    assert all(asyncio.run(tokens()))
    assert asyncio.run(audited(config)) == [("console", "issue_cards", "3 all")]


def test_more_cards_than_the_records_take_at_once_are_printed(
    config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many are asked for, each that was kept is printed."""
    monkeypatch.setattr(cards, "TOGETHER", 2)
    monkeypatch.setattr("moderation.records.store.MAX_WAITING", 2)
    assert run_server.main(["cards", "issue", "--count", "5", "--config", str(config)]) == 0
    assert len(set(capsys.readouterr().out.split())) == 5


@pytest.mark.parametrize("asked", [["cards", "issue", "--count"], ["serve", "--workers"]])
@pytest.mark.parametrize("count", ["0", "-1", "1.5", "x"])
def test_K15_no_cards_and_no_workers_are_refused(
    config: Path, capsys: pytest.CaptureFixture[str], asked: list[str], count: str
) -> None:
    """Less than one of anything is a slip of the hand, and is said to be one."""
    with pytest.raises(SystemExit) as ended:
        run_server.main([*asked, count, "--config", str(config)])
    assert ended.value.code == 2
    assert "not a whole number from 1 on" in capsys.readouterr().err


def test_F14_records_that_keep_nothing_are_told_in_one_line(
    config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing can be kept, no card is printed and the reason is."""
    monkeypatch.setattr("moderation.records.store.MAX_WAITING", 0)
    assert run_server.main(["cards", "issue", "--config", str(config)]) == 2
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert "the records do not answer" in told.err
