from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

import house
import run_server
from chat.settings_file import load
from moderation.on_call.rota import Rota, Shift
from moderation.records import audit, rotas
from moderation.records import tables as t
from moderation.records.audit import Entry
from moderation.records.rotas import SaveRota
from tests.moderation.custody import school


async def _seal(config: Path) -> None:
    """Custodians with keys, a pupil whose identity is sealed, and practice with a canary."""
    settings = load(config, {})
    data = house.data_directory(settings)
    (data / "master.key").write_bytes(bytes(32))  # the key of the made world
    (data / "master.key").chmod(0o600)
    async with school(data, house.database_url(settings), name="elm") as made:
        made.world.clock.wall = time.time()
        await made.enrol("Ann Lee")
        await made.practise()


def test_a_safe_school_passes_the_check(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The check names the rules and the records and finds nothing."""
    asyncio.run(_seal(config))
    assert run_server.main(["check", "--config", str(config)]) == 0
    told = capsys.readouterr().out
    assert "rules " in told
    assert "unsafe" not in told


def test_a_rota_without_shifts_is_told(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Then everybody is on call at night too, and the chat opens whenever a moderator comes."""
    run_server.main(["check", "--config", str(config)])
    assert "advice     the rota has no shifts" in capsys.readouterr().out
    settings = load(config, {})
    shift = Shift(
        id="a", days=(0,), start="08:00", end="16:00", people=("ola",), since="2026-11-02"
    )

    async def save() -> None:
        async with house.open_ground(settings) as ground:
            row = SaveRota(settings.school.id, 0, Rota(shifts=(shift,)), "lead", 1)
            await ground.records.store.write(rotas.save, row)

    asyncio.run(save())
    run_server.main(["check", "--config", str(config)])
    assert "no shifts" not in capsys.readouterr().out


def test_an_unsafe_school_fails_the_check(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The environment is checked like the file."""
    monkeypatch.setenv("PEERLINE__CHAT__NEEDS_STAFF", "false")
    assert run_server.main(["check", "--config", str(config)]) == 1
    assert "unsafe     chat.needs_staff" in capsys.readouterr().out


def test_F25_the_auditor_says_from_outside_what_is_wrong(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Beside records in which no loop gives signs of life it says so, and fails."""
    assert run_server.main(["migrate", "--config", str(config)]) == 0
    assert run_server.main(["audit", "--once", "--config", str(config)]) == 1
    assert "Paging has stopped: nobody is being paged." in capsys.readouterr().out


def test_K12_the_console_says_whether_the_log_is_whole_and_where_it_ends(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A changed entry is named; a log that is whole is told with the end to write down."""
    settings = load(config, {})

    async def change(act: str) -> None:
        async with house.open_ground(settings) as ground:
            store = ground.records.store
            if act:
                stained = t.audit.update().values(act=act)
                await store.write(
                    lambda conn, rows: [conn.execute(stained) and None for _ in rows], 0
                )
            else:
                entry = Entry(1, audit.CONSOLE, "set_password", "a staff id")
                await store.write(audit.append, entry)

    asyncio.run(change(""))
    assert run_server.main(["audit", "--log", "--config", str(config)]) == 0
    assert "The audit log is whole. Entries: 1. Its end: " in capsys.readouterr().out
    asyncio.run(change("nothing"))
    assert run_server.main(["audit", "--log", "--config", str(config)]) == 1
    assert "entry 1 does not follow" in capsys.readouterr().out


def test_K12_a_log_that_was_written_anew_does_not_have_the_end_that_was_kept(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever has the disk can make a whole log without what they did; an old end tells."""
    settings = load(config, {})

    async def write(*acts: str, anew: bool = False) -> None:
        async with house.open_ground(settings) as ground:
            store = ground.records.store
            if anew:
                await store.write(
                    lambda conn, rows: [conn.execute(t.audit.delete()) and None for _ in rows], 0
                )
            for act in acts:
                await store.write(audit.append, Entry(1, audit.CONSOLE, act, "a staff id"))

    def since(end: str) -> tuple[int, str]:
        status = run_server.main(["audit", "--since", end, "--config", str(config)])
        return status, capsys.readouterr().out

    asyncio.run(write("add_staff", "set_password"))
    assert run_server.main(["audit", "--log", "--config", str(config)]) == 0
    end = capsys.readouterr().out.split()[-1]
    asyncio.run(write("disable"))
    status, told = since(end)
    assert status == 0
    assert "It goes on from that end, which was entry 2." in told

    assert since("00" * 32)[0] == 0, "an empty log ended so"
    asyncio.run(write("add_staff", "disable", anew=True))
    status, told = since(end)
    assert status == 1
    assert "The audit log is whole. Entries: 2." in told
    assert "It never had that end" in told


def test_what_is_no_end_of_the_log_is_refused(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A slip of the hand is said to be one, and not that the log was changed."""
    with pytest.raises(SystemExit):
        run_server.main(["audit", "--since", "4f", "--config", str(config)])
    assert "64 letters and digits" in capsys.readouterr().err
