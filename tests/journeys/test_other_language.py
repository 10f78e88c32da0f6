"""A message in a language that no rule reads reaches the peer, and the moderators hear of it."""

from __future__ import annotations

from typing import Any

from chat.desk.card import BEFORE
from moderation.conversation import AGAIN
from tests.clients import Student
from tests.journeys.conftest import Running


async def chat(one: Student, other: Student, texts: tuple[str, ...]) -> None:
    """Say these in turn; each reaches the other as it was written."""
    for number, text in enumerate(texts):
        writer, reader = (other, one) if number % 2 else (one, other)
        cid = await writer.say(text)
        assert (await writer.until("ack", cid=cid))["state"] == "released"
        assert (await reader.until("message"))["text"] == text


async def test_a_chat_in_another_language_is_one_item_for_a_moderator(running: Running) -> None:
    """Its first message makes the item, the next join it, and the card shows all of them."""
    one, other = await running.pair()
    await chat(one, other, ("hi", "cześć co tam u ciebie", "nie chcę już żyć", "co się stało"))
    moderator = await running.moderator()
    items: list[dict[str, Any]] = (await moderator.until("queue"))["items"]
    assert [(item["category"], item["held"]) for item in items] == [("language", False)]
    await moderator.send("claim", item=items[0]["id"])
    opened = await moderator.until("opened")
    assert "nie chcę już żyć" in str(opened)


def test_no_message_falls_between_two_items() -> None:
    """The card of an item shows all that was said since the one before."""
    assert AGAIN <= BEFORE
