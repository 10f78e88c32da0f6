"""The made-up school of `make run`."""

from __future__ import annotations

import dataclasses
import stat
from pathlib import Path

import aiohttp
import pytest
from msgspec.structs import replace

import house
from chat.settings import Audit, Server, Settings
from commands import demo
from moderation.identities import keyfile
from moderation.records import custody
from tests.servers import free_port


def made_up(tmp_path: Path) -> Settings:
    return demo.settings(Settings(server=Server(data=str(tmp_path))))


def test_a_demo_is_named_as_one_and_kept_apart(tmp_path: Path) -> None:
    """It opens without staff, says that it is made up, and has records of its own."""
    real = Settings(
        server=Server(data=str(tmp_path), host="0.0.0.0"),  # noqa: S104 - nobody opens it
        database="sqlite:///real.db",
        redis="redis://127.0.0.1/0",
        audit=Audit(dead_man_url="https://alive.school.example/"),
    )
    made = demo.settings(real)
    assert (made.server.host, made.redis, made.audit) == ("127.0.0.1", "", Audit())
    assert made.school.demo
    assert "made up" in made.school.name
    assert not made.chat.needs_staff
    assert house.database_url(made) == f"sqlite:///{tmp_path}/demo/peerline.db"
    assert made.server.port == real.server.port


async def test_its_people_can_come_in_and_stay_the_same(tmp_path: Path) -> None:
    """Cards and passwords work, are the same the next time, and are for their owner only."""
    chosen = made_up(tmp_path)
    async with house.open_ground(chosen) as ground:
        bell = await demo.furnish(ground, free_port())
        await bell.close()
        cards, password = bell.keys["cards"], bell.keys["password"]
        assert isinstance(cards, list)
        for card in cards:
            assert await ground.people.sign_in_student(card)
            assert card in bell.welcome("http://localhost:8080")
        for login in ("moderator", "oncall", "lead", "admin"):
            assert await ground.people.sign_in_staff(login, str(password))
            assert f"login {login} " in bell.welcome("http://localhost:8080")
        before = {name: kept for name, kept in bell.keys.items() if name != "administrator"}
        older = dataclasses.replace(bell, keys=before)
        assert "login admin" not in older.welcome("http://localhost:8080")
        for login in ("lead", "leader"):
            raw = (tmp_path / "demo" / "keys" / f"{login}.key").read_bytes()
            assert keyfile.unlock(raw, str(bell.keys["passphrase"]))
        records = ground.records
        troubles = await records.store.read(custody.troubles, "demo", records.now())
        assert troubles == ["no canary was opened for a term: practise on the page Identities"]
        again = await demo.furnish(ground, free_port())
        await again.close()
        assert again.keys == bell.keys
    keys = tmp_path / "demo" / "demo.json"
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600


async def test_the_bell_rings_in_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A page shows its code, its class and its link."""
    chosen, port = made_up(tmp_path), free_port()
    async with house.open_ground(chosen) as ground:
        bell = await demo.furnish(ground, port)
        page = {"code": "ABC-2345", "class": "a child may be in danger", "link": "http://x/staff"}
        async with (
            aiohttp.ClientSession() as http,
            http.post(f"http://127.0.0.1:{port}/bell", json=page) as answer,
        ):
            assert answer.status == 200
        await bell.close()
    shown = capsys.readouterr().out
    assert all(word in shown for word in page.values())


async def test_a_bell_whose_port_is_taken_is_told(tmp_path: Path) -> None:
    """Two demos on one machine do not ring for each other."""
    chosen, port = made_up(tmp_path), free_port()
    async with house.open_ground(chosen) as ground:
        bell = await demo.furnish(ground, port)
        with pytest.raises(OSError, match="in use"):
            await demo.furnish(ground, port)
        await bell.close()


async def test_the_bell_stays_where_pages_know_it(tmp_path: Path) -> None:
    """At first it has the port after the server's, and the same one when the server moves."""
    port = free_port()
    chosen = replace(made_up(tmp_path), server=Server(data=str(tmp_path), port=port - 1))
    async with house.open_ground(chosen) as ground:
        bell = await demo.furnish(ground)
        await bell.close()
        moved = replace(chosen, server=replace(chosen.server, port=free_port()))
        again = await demo.furnish(dataclasses.replace(ground, settings=moved))
        await again.close()
    assert bell.keys["bell"] == again.keys["bell"] == port
