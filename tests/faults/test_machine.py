"""A machine that is out of files or memory, whose clock jumps, that stalls, or knows no names."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import socket
import time
from pathlib import Path

import aiohttp
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.clients import Moderator, Student
from tests.faults.needs import need
from tests.faults.network import Network
from tests.faults.scene import REPEAT, Scene, a_scene
from tests.faults.talkers import CRY
from tests.journeys.conftest import PASSWORD

FILES = 260
"""Files the server may open; a quarter of them are for connections."""


async def exchange(scene: Scene, text: str) -> None:
    """What one of the two says reaches the other."""
    await scene.one.until("ack", cid=await scene.one.say(text))
    assert (await scene.other.until("message"))["text"] == text


async def rings(scene: Scene) -> str:
    """The telephone of the adult on call rings."""
    async with asyncio.timeout(60):
        return (await scene.rang.get())["code"]


async def as_soon_as_there_is_room(origin: str) -> Student:
    """A page that comes in once the server has noticed that others are gone."""
    while True:
        with contextlib.suppress(InvalidStatus, ConnectionError):
            return await Student.connect(origin)
        await asyncio.sleep(0.05)


async def test_F16_out_of_files_strangers_give_way_and_pages_ring(tmp_path: Path) -> None:
    """Who asks takes the place of who is silent, and a cry for help reaches the adult."""
    need("prlimit")
    patient = {"PEERLINE__SERVER__HEADER_DEADLINE": "300"}
    limit = ("prlimit", f"--nofile={FILES}:{FILES}")
    async with a_scene(tmp_path, before=limit, also=patient) as scene:
        await scene.again()
        port = int(scene.origin.rpartition(":")[2])
        crowd = [await asyncio.open_connection("127.0.0.1", port) for _ in range(FILES)]
        longest_silent, _ = crowd[0]
        with contextlib.suppress(ConnectionError):
            assert await longest_silent.read() == b""
        async with aiohttp.ClientSession() as http, http.get(f"{scene.origin}/") as answer:
            assert answer.status == 200
        await exchange(scene, "are you there")
        await scene.one.say(CRY)
        await rings(scene)
        for _, writer in crowd:
            writer.close()
        late = await as_soon_as_there_is_room(scene.origin)
        await late.send("hello", token=secrets.token_urlsafe(32))
        assert (await late.until("error"))["code"] == "bad_ticket"


async def test_F16_out_of_memory_is_a_crash_like_any_other(tmp_path: Path) -> None:
    """A server that is killed for its memory has kept what it acknowledged."""
    groups = Path("/sys/fs/cgroup/memory")
    need(root=True, device=str(groups))
    group = groups / f"peerline-{os.getpid()}"
    group.mkdir()
    try:
        async with a_scene(tmp_path) as scene:
            await scene.again()
            await exchange(scene, "before the end")
            (group / "memory.swappiness").write_text("0")
            (group / "memory.limit_in_bytes").write_text(str(128 << 10))
            (group / "cgroup.procs").write_text(str(scene.servers.pid))
            said = []
            with contextlib.suppress(ConnectionClosed):
                while True:
                    said.append(await scene.one.say(f"what becomes of number {len(said)}"))
                    await asyncio.sleep(0.01)
            await scene.servers.is_killed()
            for page in (scene.one, scene.other):
                await page.closed()
            acked = [f["cid"] for f in scene.one.seen if f["t"] == "ack"]
            kept = [cid for cid, _ in await scene.kept()]
            assert kept[: len(acked)] == acked
            await scene.again()
            await exchange(scene, "and all goes on")
    finally:
        group.rmdir()


def faked(clock: Path) -> dict[str, str]:
    """The environment of a process whose wall clock is as far off as that file says."""
    need("faketime")
    (library,) = Path("/usr/lib").glob("*/faketime/libfaketime.so.1")
    return {
        "LD_PRELOAD": str(library),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }


async def test_F17_a_clock_that_jumps_loses_no_page_and_makes_no_storm(tmp_path: Path) -> None:
    """Three days on and an hour back the adult is still paged, in the usual round.

    Sessions end by the clock, as documented: after three days a student signs in again.
    """
    clock = tmp_path / "clock"
    clock.write_text("+0")
    async with a_scene(tmp_path, also=faked(clock)) as scene:
        await scene.again()
        await scene.one.until("ack", cid=await scene.one.say(CRY))
        code = await rings(scene)
        for step in ("+3d", "-1h"):
            clock.write_text(step)
            begun = time.monotonic()
            while not scene.rang.empty():
                scene.rang.get_nowait()
            heard = [await rings(scene) for _ in range(3)]
            assert set(heard) == {code}
            waited = time.monotonic() - begun
            assert scene.rang.qsize() <= waited / REPEAT + 2
            if step == "+3d":
                again = await Student.open(scene.origin, scene.other.token)
                assert (await again.until("error"))["code"] == "bad_ticket"


async def test_F18_a_loop_that_stalls_is_told_and_drops_nobody(tmp_path: Path) -> None:
    """Two seconds of nothing are in the log; systemd hears no beat meanwhile; pages stay."""
    heart = tmp_path / "heart"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(heart))
        systemd.setblocking(False)
        loop = asyncio.get_running_loop()
        async with a_scene(tmp_path, also={"NOTIFY_SOCKET": str(heart)}) as scene:
            await scene.again("stalled:3")
            told = b""
            while b"READY" not in told:
                told = await loop.sock_recv(systemd, 64)
            await exchange(scene, "before it stalls")
            for _ in range(2):
                scene.servers.stand_still()
                await asyncio.sleep(2.0)
                scene.servers.go_on()
                await exchange(scene, "after it stood still")
            while "loop_stalled" not in scene.told.read_text():
                assert await loop.sock_recv(systemd, 64) == b"WATCHDOG=1"
            assert scene.one.socket.close_code is None
            await exchange(scene, "as if nothing had been")


async def test_F30_names_that_nobody_answers_for_stop_nobody(tmp_path: Path) -> None:
    """No name server, mail server or sign-in of the school: chat, pages and passwords work."""
    more = """
[pager.mail]
host = "mail.example.org"
sender = "peerline@example.org"
[sso]
issuer = "https://login.example.org"
client = "peerline"
secret = "not a secret"
"""
    with Network.own() as network:
        async with a_scene(tmp_path, more=more) as scene:
            await scene.has_mail_too()
            network.swallow_the_world()
            await scene.again()
            async with aiohttp.ClientSession() as http:
                leaving = asyncio.ensure_future(http.get(f"{scene.origin}/staff/sso"))
                await exchange(scene, "can you hear me")
                await scene.one.say(CRY)
                await rings(scene)
                mo = await Moderator.open(scene.origin, "mo", PASSWORD)
                await mo.until("queue")
                answer = await asyncio.wait_for(leaving, 60)
                assert answer.status == 400


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that is starved answers late."""
    monkeypatch.setattr("tests.clients.PATIENCE", 60.0)
