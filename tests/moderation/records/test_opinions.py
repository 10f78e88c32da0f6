from __future__ import annotations

import dataclasses

import msgspec

from moderation.ids import new_id
from moderation.records import items, messages, transcript
from moderation.records.audit import verify
from moderation.records.opinions import Heard, Opinion, raise_attention
from moderation.records.store import Store
from moderation.terms import Attention, Category, Delivery, Finding
from tests.moderation.records.sample import SCHOOL, new_incident, new_item, open_room, spoken


def _finding(attention: Attention) -> Finding:
    return Finding(
        Category.SUICIDE, attention, Delivery.DELIVER, "second_opinion", "scored.suicide"
    )


async def _opinion(store: Store, attention: Attention, before: int = 0) -> Opinion:
    room = await open_room(store)
    message = msgspec.structs.replace(spoken(room), attention=before)
    await store.write(messages.say, message)
    incident = new_incident(room, "K7F-2M4Q") if attention is Attention.PAGE else None
    return Opinion(message.mid, room, _finding(attention), new_item(room), incident)


async def test_a_quiet_message_is_raised_with_its_reason_and_an_item(store: Store) -> None:
    """The message keeps why it was raised, a moderator is asked, and the log says who did it."""
    opinion = await _opinion(store, Attention.QUEUE)
    opinion = dataclasses.replace(opinion, item=dataclasses.replace(opinion.item, mid=opinion.mid))
    assert await store.write(raise_attention, opinion) == Heard(opinion.item.id, None)
    message = await store.read(transcript.by_mid, opinion.mid)
    assert message is not None
    assert message.attention == Attention.QUEUE
    assert message.delivery == Delivery.DELIVER
    assert "scored.suicide" in str(message.findings)
    assert [item.id for item in await store.read(items.open_items, SCHOOL)] == [opinion.item.id]
    assert await store.read(verify) is None


async def test_the_same_or_less_changes_nothing(store: Store) -> None:
    """A message that was paged stays paged, with no second item and no other reason."""
    for before in (Attention.QUEUE, Attention.PAGE):
        opinion = await _opinion(store, Attention.QUEUE, before)
        assert await store.write(raise_attention, opinion) is None
        message = await store.read(transcript.by_mid, opinion.mid, opinion.room)
        assert message is not None
        assert (message.attention, message.findings) == (before, None)
    assert await store.read(items.open_items, SCHOOL) == []


async def test_a_page_brings_an_incident_and_raises_the_item_that_waits(store: Store) -> None:
    """A message already in the queue is not there twice; its item becomes the incident's."""
    opinion = await _opinion(store, Attention.PAGE)
    waiting = dataclasses.replace(opinion.item, id=new_id(), mid=opinion.mid)
    await store.write(items.add_items, waiting)
    heard = await store.write(raise_attention, opinion)
    assert heard is not None
    assert heard.item == waiting.id
    (item,) = await store.read(items.open_items, SCHOOL)
    assert (item.attention, item.incident) == (Attention.PAGE, heard.incident)
    assert item.incident


async def test_an_opinion_about_nothing_is_nothing(store: Store) -> None:
    """A message that was never kept cannot be raised."""
    opinion = await _opinion(store, Attention.QUEUE)
    unknown = dataclasses.replace(opinion, mid=new_id())
    assert await store.write(raise_attention, unknown) is None
