"""A school's own model beside a running house: messages, the queue, and nobody kept waiting."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from chat.settings import Second
from moderation.pipeline import Judge
from tests.journeys.conftest import an_open_house, in_time, settings
from tests.moderation.scorers import models


async def test_a_model_of_the_school_raises_a_delivered_message_to_the_queue(
    tmp_path: Path, rules: Judge
) -> None:
    """The peer has the message at once; soon after, a moderator has it too, and sees why."""
    model = models.hears(tmp_path / "m.onnx", "moonbeam")
    chosen = replace(settings(tmp_path), second_opinion=Second(model=str(model), seconds=30))
    async with an_open_house(chosen, in_time(rules)) as running:
        one, other = await running.pair()
        moderator = await running.moderator()
        await moderator.until("queue")
        await one.say("a moonbeam on the water")
        shown = await other.until("message")
        item = (await moderator.until("item"))["item"]
        assert (item["attention"], item["held"], item["category"]) == ("queue", False, "suicide")
        await moderator.send("claim", item=item["id"])
        opened = await moderator.until("opened")
        (line,) = opened["lines"]
        assert line["text"] == shown["text"]
        assert [why["detector"] for why in line["why"]] == ["second_opinion"]


async def test_a_model_that_hangs_delays_no_message(tmp_path: Path, rules: Judge) -> None:
    """While the model counts for ever, twenty messages go through and the house closes."""
    model = models.hangs(tmp_path / "m.onnx")
    chosen = replace(settings(tmp_path), second_opinion=Second(model=str(model), seconds=600))
    async with an_open_house(chosen, in_time(rules)) as running:
        one, other = await running.pair()
        for number in range(5):
            await one.say(f"moonbeam {number}")
            assert (await other.until("message"))["text"] == f"moonbeam {number}"
