"""What leaves the house in a page, and what the log says of it."""

import asyncio
import json
from dataclasses import replace
from typing import Any

from structlog.testing import capture_logs

from moderation.incidents.duty import Duty
from moderation.incidents.sender import DutySettings
from moderation.pager import Ways, channels, networks
from moderation.pager.channel import Notice
from moderation.records import tables as t
from tests.moderation.night import BASE, World
from tests.moderation.noting import CANARY, NIGHT, Noting, fails, raises, useless
from tests.moderation.pager.listeners import mail_server, web_server
from tests.moderation.pager.test_mail import Server


async def test_P1_payload_holds_only_code_class_time_link(world: World) -> None:
    """Every byte that leaves by mail and webhook is searched for a child's words and pseudonyms."""
    async with mail_server() as box, web_server() as hook:
        world.channels |= channels(Ways(Server(port=box.port), 5, named=networks(["127.0.0.1"])))
        world.restart()
        await world.adult("Ada", "counsellor", "mail", "webhook")
        room = await world.room()
        await world.say(room)
        secret = await world.rows(t.seats.select())
        contacts = await world.rows(t.contacts.select())
        async with asyncio.timeout(30):
            for contact, address in zip(contacts, ("ada@school.example", hook.url), strict=True):
                await _address(world, contact.id, address)
            await world.look()
    letters = [bytes(letter.content or b"") for letter in box.letters]
    posts = [body for _, body in hook.posts]
    assert len(letters) == len(posts) == 1
    assert set(json.loads(posts[0])) == {"code", "class", "time", "link"}
    (page,) = [page.id for page in await world.pages() if page.contact == contacts[1].id]
    assert json.loads(posts[0])["link"] == f"{BASE}/staff/page/{world.vault.sign_link(page)}"
    forbidden = [CANARY, *CANARY.split(), room, *(seat.student for seat in secret)]
    forbidden += [seat.handle for seat in secret]
    for payload in (*letters, *posts, repr(hook.posts[0][0]).encode()):
        assert not [word for word in forbidden if len(word) > 3 and word.encode() in payload]


async def _address(world: World, contact: str, address: str) -> None:
    sealed = world.vault.seal_field(address, contact)

    def update(conn: Any, _rows: Any) -> list[None]:
        conn.execute(
            t.contacts.update().where(t.contacts.c.id == contact).values(sealed_address=sealed)
        )
        return [None]

    await world.store.write(update, None)


async def test_P1_notice_is_made_of_the_row_alone(world: World) -> None:
    """Code, plain class, time with its zone, and a link that needs a login."""
    await world.adult("Ada")
    code = await world.say(await world.room())
    await world.look()
    ((_, address, notice),) = world.channel.taken
    assert address == "Ada@noting"
    assert notice == Notice(
        code,
        "possible suicide risk",
        "14:13 on Monday 21 September 2026 (UTC)",
        f"{BASE}/staff/page/{world.vault.sign_link((await world.pages())[0].id)}",
        (await world.pages())[0].id,
    )


async def test_nothing_logged_or_told_names_an_address(world: World) -> None:
    """Log lines of pages sent, failed and raising hold ids and states, never whom they reach."""
    await world.adult("Ada")
    await world.adult("Lin", "counsellor", "pigeon")
    code = await world.say(await world.room())
    with capture_logs() as logs:
        for provider in (raises, fails, useless, Noting(world.clock).provider):
            world.channel.provider = provider
            await world.wait(95)
    assert len(logs) > 4
    for word in ("Ada@", "Lin@", CANARY):
        assert word not in repr(logs)
    assert code in world.changes


async def test_base_url_may_end_in_a_slash(world: World) -> None:
    """The link of a page has no doubled slash."""
    settings = DutySettings(BASE + "/", replace(world.policy))
    world.duty = Duty(world.records, world.channels, settings)
    await world.adult("Ada")
    await world.say(await world.room())
    await world.look()
    assert world.channel.taken[0][2].link.startswith(f"{BASE}/staff/page/")
    assert world.duty.looked_at == int(NIGHT * 1000)
