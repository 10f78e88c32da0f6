"""A server that is killed while a moderator has an item in hand."""

from __future__ import annotations

import secrets
from pathlib import Path

import house
from chat.settings_file import load
from tests.clients import Moderator, Student
from tests.faults.servers import Servers
from tests.journeys.conftest import PASSWORD
from tests.servers import free_port

HELD = "kill yourself you worthless freak"

_CONFIG = """
[school]
id = "test"
demo = true
[server]
port = {port}
data = "{data}"
[chat]
needs_staff = false
judge_seconds = 30
"""


async def test_M3_F1_F24_a_claimed_item_and_its_note_outlive_the_server(tmp_path: Path) -> None:
    """After kill -9 the item is free, its message still held, and the note is on its card."""
    config = tmp_path / "peerline.toml"
    config.write_text(_CONFIG.format(port=free_port(), data=tmp_path / "data"))
    settings = load(config, {})
    origin = f"http://127.0.0.1:{settings.server.port}"
    async with house.open_ground(settings) as ground:
        await ground.people.add_staff("mo", "Mo", "moderator", PASSWORD)
        cards = await ground.people.issue_cards(2)
    servers = await Servers.ready(config)
    try:
        await servers.start()
        one, other = [await Student.ready(origin, card) for card in cards]
        for page in (one, other):
            await page.send("join", topic="mood")
        for page in (one, other):
            await page.until("resumed")
        cid = await one.say(HELD)
        assert (await one.until("ack", cid=cid))["state"] == "held"
        mo = await Moderator.open(origin, "mo", PASSWORD)
        (item,) = (await mo.until("queue"))["items"]
        await mo.send("claim", item=item["id"])
        await mo.until("opened")
        note = secrets.token_urlsafe(16)
        await mo.send("keep_note", item=item["id"], note=note, text="he said it before")
        await mo.until("done", act="noted")
        await servers.kill()

        await servers.start()
        mo = await Moderator.open(origin, "mo", PASSWORD)
        (found,) = (await mo.until("queue"))["items"]
        assert (found["id"], found["claimed_by"], found["held"]) == (item["id"], None, True)
        await mo.send("claim", item=item["id"])
        card = await mo.until("opened")
        assert [past["text"] for past in card["past"]] == ["he said it before"]
        other = await Student.open(origin, other.token)
        await other.until("resumed")
        await mo.send("act", item=item["id"], act="release")
        await mo.until("done", act="release")
        assert (await other.until("message"))["text"] == HELD
        await servers.stop()
    finally:
        await servers.close()
