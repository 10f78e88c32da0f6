"""A server that dies at the worst moments, one after another (tests/faults/failpoints.py)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.faults.scene import Scene, a_scene
from tests.faults.talkers import CRY, RUDE


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    """Everybody is ready; no server runs."""
    async with a_scene(tmp_path) as made:
        yield made


async def test_F2_F3_a_message_is_shown_once_wherever_the_server_dies(scene: Scene) -> None:
    """Before its commit it was never acknowledged nor seen; after it, it comes back as it was."""
    for number, point in enumerate(["judged", "handed_in", "kept", "sent"]):
        await scene.again(point)
        seen = [len(page.seen) for page in (scene.one, scene.other)]
        cid = await scene.one.say(f"did you see match number {number}")
        await scene.dies()
        told = [*scene.one.seen[seen[0] :], *scene.other.seen[seen[1] :]]
        kept = await scene.kept()
        if point != "sent":
            assert not [frame for frame in told if frame["t"] in {"ack", "message"}]
        assert len(kept) == number + (point in {"kept", "sent"}) or point == "handed_in"

        await scene.again()
        await scene.one.say(f"did you see match number {number}", cid)
        ack = await scene.one.until("ack", cid=cid)
        assert (await scene.kept())[number:] == [(cid, ack["mid"])]
        assert kept[number:] in ([], [(cid, ack["mid"])])
        # The peer may have been shown it in the server's last moment, and then is not again.
        both = [frame for frame in (*told, *scene.other.seen) if frame["t"] == "message"]
        shown = [frame for frame in both if frame["mid"] == ack["mid"]]
        message = shown[0] if shown else await scene.other.until("message")
        assert (message["seq"], message["mid"]) == (number + 1, ack["mid"])
        await scene.closes()


async def test_F3_what_waited_is_released_once_wherever_the_server_dies(scene: Scene) -> None:
    """A message behind a held one is shown once, though the server dies as it is released."""
    for number, point in enumerate(["releasing", "released"], 1):
        await scene.again()
        held = await scene.one.say(RUDE)
        await scene.one.until("ack", cid=held, state="held")
        behind = await scene.one.say("sorry about that")
        await scene.one.until("ack", cid=behind, state="held")
        await scene.closes()
        # The first thing settled is what is taken back, the second what waited behind it.
        await scene.again(f"{point}:2")
        await scene.one.until("status", cid=behind)
        await scene.one.send("take_back", cid=held)
        await scene.dies()
        assert not [frame for frame in scene.other.seen if frame.get("seq", 0) == number]

        await scene.again()
        seen = [frame for frame in scene.other.seen if frame["t"] == "message"]
        message = seen[0] if seen else await scene.other.until("message")
        assert (message["seq"], message["text"]) == (number, "sorry about that")
        assert (await scene.kept())[number - 1 :] == [(behind, message["mid"])]
        await scene.closes()


async def test_F3_what_a_moderator_released_reaches_the_peer_after_the_crash(scene: Scene) -> None:
    """The release is committed and nobody was told when the server dies: told by the next one."""
    await scene.again("decided")
    held = await scene.one.say(RUDE)
    await scene.one.until("ack", cid=held, state="held")
    mo, item = await scene.moderator()
    await mo.send("claim", item=item)
    await mo.until("opened")
    await mo.send("act", item=item, act="release")
    await scene.dies()
    assert not [frame for frame in scene.other.seen if frame["t"] == "message"]

    await scene.again()
    (message,) = [frame for frame in scene.other.seen if frame["t"] == "message"]
    assert (message["seq"], message["text"]) == (1, RUDE)


async def test_F22_a_page_that_went_out_unwritten_goes_out_again(scene: Scene) -> None:
    """The server dies after the provider's answer: one page too many, never one too few."""
    await scene.again("page_sent")
    await scene.one.say(CRY)
    await scene.dies()
    first = scene.rang.get_nowait()
    await scene.servers.start()
    assert (await scene.rang.get())["code"] == first["code"]
