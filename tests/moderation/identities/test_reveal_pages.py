"""Who is paged about a reveal, and what the page says."""

from __future__ import annotations

from moderation.records import contacts, watch
from moderation.records.contacts import Arrived, Leads
from tests.moderation.custody import LIMIT, School, staff
from tests.moderation.night import BASE


async def test_P10_senior_leaders_are_paged_until_one_answers(elm: School) -> None:
    """At once and every five minutes (to a look), over every way; nobody else; then no more."""
    incident = await elm.incident("Ann Lee", "Ben Moss")
    await elm.world.wait(1)
    elm.world.channel.taken.clear()
    began = elm.world.clock.steady
    code = await elm.ask(incident)
    await elm.world.wait(301)
    sent = [
        ((at - began) // 30 * 30, to)
        for at, to, notice in elm.world.channel.taken
        if notice.code == code
    ]
    assert sorted(sent) == [(at, f"{name}@noting") for at in (0, 300) for name in ("Sam", "Sue")]
    await elm.approve(code)
    await elm.world.wait(600)
    told = [to for _, to, notice in elm.world.channel.taken if notice.code == code]
    assert told[len(sent) :] == ["Lee@noting"]


async def test_P10_whoever_asked_is_paged_what_came_of_it(elm: School) -> None:
    """They may be with the student by then: agreed to, refused, or over without an answer."""
    words = {
        "agreed": "the identity you asked for may be opened now",
        "refused": "the identity you asked for stays sealed: read why",
        "over": "the time for the identity you asked for is over: ask again if you need it",
    }
    for what, kind in words.items():
        code = await elm.ask(await elm.incident("Ann Lee", "Ben Moss"))
        if what == "agreed":
            await elm.approve(code)
        elif what == "refused":
            await elm.reveals.refuse(code, staff(elm, "Sue"), "a parent will do")
        else:
            elm.world.clock.wait(LIMIT)
            await elm.reveals.tick()
        await elm.world.look()
        told = {
            notice.kind
            for _, to, notice in elm.world.channel.taken
            if (notice.code, to) == (code, "Lee@noting")
        }
        assert told == {kind}


async def test_P10_who_has_opened_it_is_paged_no_more(elm: School) -> None:
    """Nobody is called to open what they have open."""
    code = await elm.ask(await elm.incident("Ann Lee", "Ben Moss"))
    await elm.approve(code)
    await elm.open(code)
    await elm.world.wait(60)
    told = [to for _, to, notice in elm.world.channel.taken if notice.code == code]
    assert "Lee@noting" not in told


async def test_P10_a_page_says_code_class_time_and_link_only(elm: School) -> None:
    """Not the threat, not the student, not the incident; its link leads to the reveal."""
    incident = await elm.incident("Ann Lee", "Ben Moss")
    code = await elm.ask(incident)
    await elm.world.look()
    notice = next(one for _, _, one in elm.world.channel.taken if one.code == code)
    assert notice.kind == "you are asked to open an identity: danger to life"
    assert set(notice.fields) == {"code", "class", "time", "link"}
    word = notice.link.removeprefix(f"{BASE}/staff/page/")
    page = elm.world.vault.page_of(word)
    assert page is not None
    for words in ("plan for tonight", "emergency services", incident, "Ann", "Otter"):
        assert words not in f"{notice.subject}{notice.body}{notice.spoken}"
    arrived = await elm.world.store.write(contacts.arrived, Arrived(page, 5))
    assert arrived == Leads(code, "identities")


async def test_P10_a_page_to_a_custodian_that_does_not_leave_is_trouble(elm: School) -> None:
    """The auditor counts it as it counts pages about a child: somebody waits for an answer."""
    incident = await elm.incident("Ann Lee", "Ben Moss")
    await elm.world.look()
    await elm.ask(incident)
    now = elm.world.clock.ms

    async def late(at: int) -> int:
        found = await elm.world.store.read(watch.look, at, 60_000, 10_000, watch.Mark())
        return found.late_pages

    assert await late(now + 60_000) == 0
    assert await late(now + 61_000) == 2
    await elm.world.look()
    assert await late(now + 61_000) == 0
