from __future__ import annotations

import pytest
from sqlalchemy import select

from moderation.on_call.contacts import Added, Contacts
from moderation.pager.channel import Channel
from moderation.pager.post import Poster
from moderation.pager.webhook import Webhook
from moderation.records import tables as t
from tests.moderation.night import Adult, World


def _contacts(world: World) -> Contacts:
    channels: dict[str, Channel] = {**world.channels, "webhook": Webhook(Poster(5))}
    return Contacts(world.records, channels, chance=lambda n: b"k" * n)


async def _new(world: World) -> tuple[Contacts, Adult, str]:
    contacts, ada = _contacts(world), await world.adult("Ada")
    added = await contacts.add(ada, "noting", "ada at home", "home")
    assert isinstance(added, Added)
    return contacts, ada, added.id


async def test_an_address_is_sealed_and_never_answered(world: World) -> None:
    """What was typed is in no row as it is, and in nothing its owner is shown."""
    contacts, ada, made = await _new(world)
    lines = await contacts.of(ada)
    assert [line.label for line in lines if line.id == made] == ["home"]
    assert "ada at home" not in repr(lines)
    await contacts.test(ada, made)
    await world.look()
    assert [address for _, address, _ in world.channel.taken] == ["ada at home"]


async def test_a_webhook_gets_a_key_that_is_told_once(world: World) -> None:
    """The answer to adding it holds the key; nothing after that does."""
    contacts, ada = _contacts(world), await world.adult("Ada")
    added = await contacts.add(ada, "webhook", "https://bell.example/x", "bell")
    assert isinstance(added, Added)
    assert added.secret is not None
    assert added.secret.startswith("whsec_")
    assert added.secret not in repr(await contacts.of(ada))


@pytest.mark.parametrize(
    ("channel", "address", "label", "code"),
    [
        ("nothing", "x", "", "bad_field"),
        ("noting", "x", "l" * 41, "bad_field"),
        ("noting", "x", "two\nlines", "bad_field"),
        ("noting", "x" * 4097, "", "bad_address"),
        ("webhook", "https://10.0.0.1/", "", "bad_address"),
        ("webhook", "http://bell.example/", "", "bad_address"),
    ],
)
async def test_what_cannot_be_reached_is_not_kept(
    world: World, channel: str, address: str, label: str, code: str
) -> None:
    """A way that could never ring is refused with a word for it, and nothing is written."""
    contacts, ada = _contacts(world), await world.adult("Ada")
    before = await contacts.of(ada)
    assert await contacts.add(ada, channel, address, label) == code
    assert await contacts.of(ada) == before


async def test_P13_only_a_page_that_was_heard_proves_a_contact(world: World) -> None:
    """One that came without a sound leaves it unproven; one that was heard proves it."""
    contacts, ada, made = await _new(world)
    for heard in (False, True):
        assert await contacts.test(ada, made) is None
        await world.look()
        code = world.channel.taken[-1][2].code
        assert await contacts.answer(ada, code, heard=heard)
        (line,) = [one for one in await contacts.of(ada) if one.id == made]
        assert line.proven_at == (world.clock.ms if heard else None)
        world.clock.wait(120)


async def test_test_pages_are_for_their_owner_and_not_too_many(world: World) -> None:
    """Somebody else's contact is not there, nor is their test page; a minute lies between two."""
    contacts, ada, made = await _new(world)
    bob = await world.adult("Bob")
    assert await contacts.test(bob, made) == "not_found"
    assert await contacts.test(ada, made) is None
    assert await contacts.test(ada, made) == "rate_limited"
    await world.look()
    assert not await contacts.answer(bob, world.channel.taken[0][2].code, heard=True)


async def test_a_contact_taken_out_is_gone(world: World) -> None:
    """Its owner may take it out, nobody else may, and it is not paged again.

    Neither the address stays nor what its owner called it: a timeline shows the channel alone.
    """
    contacts, ada, made = await _new(world)
    bob = await world.adult("Bob")
    assert not await contacts.remove(bob, made)
    assert await contacts.remove(ada, made)
    assert made not in {line.id for line in await contacts.of(ada)}
    assert await contacts.test(ada, made) == "not_found"
    kept = await world.rows(select(t.contacts.c.sealed_address, t.contacts.c.label))
    assert (b"", None) in kept


async def test_what_makes_an_adult_count_as_reachable_is_audited(world: World) -> None:
    """A way to be reached that was added, heard or not, and taken out; never where it leads."""
    contacts, ada, made = await _new(world)
    for heard in (False, True):
        await contacts.test(ada, made)
        await world.look()
        assert await contacts.answer(ada, world.channel.taken[-1][2].code, heard=heard)
        world.clock.wait(120)
    assert await contacts.remove(ada, made)
    entries = await world.rows(select(t.audit.c.who, t.audit.c.act, t.audit.c.about))
    acts = ("added", "not_heard", "heard", "removed")
    assert entries == [(ada.id, f"contact_{act}", made) for act in acts]


async def test_F21_a_forged_word_leads_nowhere(world: World) -> None:
    """Only what this house signed is a page; nothing is written for anything else."""
    contacts = _contacts(world)
    await world.adult("Ada")
    await world.say(await world.room())
    await world.look()
    word = world.channel.taken[0][2].link.rpartition("/")[2]
    for forged in ("", "x", word[:-1], word[::-1]):
        assert await contacts.arrived(forged) is None
    assert (await world.pages())[0].state == "sent"
    assert await contacts.arrived(word) is not None
    assert (await world.pages())[0].state == "delivered"
