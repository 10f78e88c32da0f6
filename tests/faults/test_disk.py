"""A disk that is full, and one that no longer confirms what was written (F14, F15)."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.faults.needs import need
from tests.faults.scene import Scene, a_scene
from tests.faults.talkers import CRY


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """The directory of a school's data, which is a disk of its own with little room."""
    need("mount", root=True)
    data = tmp_path / "data"
    data.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", data], check=True)
    yield data
    subprocess.run(["umount", "--lazy", data], check=True)


def fill(file: Path) -> None:
    """Take all the room there is."""
    with file.open("wb", buffering=0) as filler:
        for size in (1 << 20, 1 << 12):
            with contextlib.suppress(OSError):
                while True:
                    filler.write(bytes(size))


async def hear(scene: Scene, text: str, cid: str | None = None) -> None:
    """What one says is kept and reaches the other."""
    await scene.one.until("ack", cid=await scene.one.say(text, cid))
    assert (await scene.other.until("message"))["text"] == text


async def test_F14_a_full_disk_keeps_nothing_reads_on_and_pages_on(
    tmp_path: Path, small: Path
) -> None:
    """Its writer is told, the peer sees nothing, history can be read, the telephone rings on."""
    async with a_scene(tmp_path) as scene:
        await scene.again()
        await hear(scene, "before it was full")
        await scene.one.until("ack", cid=await scene.one.say(CRY))
        await scene.other.until("message")
        await asyncio.wait_for(scene.rang.get(), 60)
        kept = await scene.kept()
        fill(small / "filler")
        refused = []
        while len(refused) < 3:  # what the log still has room for may be kept
            cid = await scene.one.say("x" * 900)
            frame = await scene.one.frame()
            while frame.get("cid") != cid:
                frame = await scene.one.frame()
            refused += [cid] if frame["t"] == "error" else []
            assert frame["t"] == "ack" or frame["code"] == "unavailable"
        code = {frame["mid"] for frame in scene.one.seen if frame["t"] == "ack"}
        assert {mid for _, mid in await scene.kept()} == code | {mid for _, mid in kept}
        await asyncio.wait_for(scene.rang.get(), 60)
        await asyncio.wait_for(scene.rang.get(), 60)
        (small / "filler").unlink()
        await scene.one.until("ack", cid=await scene.one.say("there is room", refused[0]))
        assert scene.told.read_text().count("Traceback") == 0


@contextlib.asynccontextmanager
async def failing_syncs(pid: int) -> AsyncIterator[None]:
    """From now on the kernel answers every sync of that process with EIO."""
    tracer = await asyncio.create_subprocess_exec(
        *("strace", "-f", "-p", str(pid), "-e", "trace=fsync,fdatasync"),
        *("-e", "inject=fsync,fdatasync:error=EIO"),
        stderr=subprocess.PIPE,
    )
    assert tracer.stderr is not None
    said = await tracer.stderr.readline()
    if b"attached" not in said:
        pytest.skip(f"this machine lets nobody trace: {said.decode().strip()}")
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            tracer.terminate()
        await tracer.communicate()


async def test_F15_a_failed_sync_ends_the_server_and_loses_nothing(tmp_path: Path) -> None:
    """It acknowledges nothing more and is gone; started again, it has all that it acknowledged."""
    need("strace", root=True)
    async with a_scene(tmp_path) as scene:
        await scene.again()
        await hear(scene, "before the disk failed")
        seen = len(scene.one.seen)
        async with failing_syncs(scene.servers.pid):
            cid = await scene.one.say("what becomes of this")
            assert await scene.servers.ends() == os.EX_IOERR
            await scene.one.closed()
            await scene.other.closed()
        told = scene.one.seen[seen:] + scene.other.seen
        assert cid not in {frame.get("cid") for frame in told}
        await scene.again()  # what was written and not confirmed may have lasted, or not
        await scene.one.until("ack", cid=await scene.one.say("what becomes of this", cid))
        shown = [frame["seq"] for frame in scene.other.seen if frame["t"] == "message"]
        assert shown == [2] or (await scene.other.until("message"))["seq"] == 2
        assert len(await scene.kept()) == 2
