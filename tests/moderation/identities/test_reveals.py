from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from moderation.identities.reveal import LIMIT_MS, REVIEW_MS, State
from moderation.identities.reveals import Began, Reveals
from moderation.identities.sealed import (
    HALF_BYTES,
    Half,
    Identity,
    Sealed,
    bytes_of,
    fingerprint,
    open_half,
    open_identity,
    seal_half,
)
from moderation.on_call.auditor import HELD_MS, LATE_MS, troubles_of
from moderation.people.sessions import StaffMember
from moderation.records import audit, contacts, custody, identities, watch
from moderation.records import identity_tables as i
from moderation.records import tables as t
from moderation.records.contacts import Arrived, Leads
from moderation.records.reveals import Handed
from moderation.records.store import Store
from tests.moderation.custody import WHY, School, new_key, school
from tests.moderation.night import BASE
from tests.servers import Postgres

ANN = Identity("Ann Lee", "9B")
LIMIT = LIMIT_MS / 1000


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """The address of a database of each kind; of a file, none is needed."""
    if request.param == "sqlite":
        return ""
    postgres: Postgres = request.getfixturevalue("postgres")
    return asyncio.run(postgres.database("school"))


@pytest.fixture
async def elm(url: str, tmp_path: Path) -> AsyncIterator[School]:
    """A school on a database of each kind."""
    async with school(tmp_path, url) as made:
        yield made


@pytest.fixture
async def glass(tmp_path: Path) -> AsyncIterator[School]:
    """A school that allows one person to open alone."""
    async with school(tmp_path, break_glass=True) as made:
        yield made


async def acts(elm: School) -> list[tuple[str, str]]:
    """What the audit log says about reveals, in order: who by name, and what."""
    query = (
        select(t.audit.c.who, t.audit.c.act)
        .where(t.audit.c.act.like("reveal%"), t.audit.c.act != "reveal_key")
        .order_by(t.audit.c.n)
    )
    names = {one.staff.id: name for name, one in elm.custodians.items()}
    return [(names.get(who, who), act) for who, act in await elm.world.rows(query)]


def staff(elm: School, name: str) -> StaffMember:
    return elm.custodians[name].staff


async def passed(elm: School, code: str) -> bytes | None:
    """The half that lies there for whoever asked."""
    ((found,),) = await elm.world.rows(select(i.reveals.c.passed).where(i.reveals.c.code == code))
    return found


async def test_P10_two_people_of_two_ranks_open_an_identity(elm: School) -> None:
    """Asked for, agreed to, opened once by whoever asked; each step stands in the audit log."""
    code = await elm.ask(await elm.incident("Ann Lee", "Ben Moss"))
    assert await elm.approve(code) is State.APPROVED
    assert await elm.open(code) == ANN
    assert await elm.open(code) == "changed"
    assert await acts(elm) == [
        ("Lee", "reveal_ask"),
        ("Sue", "reveal_half"),
        ("Sue", "reveal_approve"),
        ("Lee", "reveal_open"),
    ]
    about = await elm.world.rows(select(t.audit.c.about).where(t.audit.c.act == "reveal_open"))
    assert about == [(f"{code} life",)]
    assert await elm.world.store.read(audit.verify) is None
    (row,) = await elm.reveals.log(staff(elm, "Sam"))
    assert (row.state, row.requester, row.answerer, row.why) == ("opened", "Lee", "Sue", WHY)


async def test_P10_one_half_is_all_that_anybody_is_handed(elm: School) -> None:
    """The senior leader gets B and no identity, the lead A after the word; neither opens alone."""
    code = await elm.ask(await elm.incident("Ann Lee", "Ben Moss"))
    assert await elm.reveals.open(code, staff(elm, "Lee")) == "changed"
    handed = await elm.reveals.half(code, staff(elm, "Sue"))
    assert isinstance(handed, Handed)
    assert (set(handed.halves), handed.identity) == ({"b"}, b"")
    assert await elm.approve(code) is State.APPROVED
    got = await elm.reveals.open(code, staff(elm, "Lee"))
    assert isinstance(got, Handed)
    assert set(got.halves) == {"a", code}
    second = open_half(handed.halves["b"], Half.B, got.pseudonym, elm.custodians["Sue"].private)
    for name in ("Sue", "Sam", "Lou"):
        with pytest.raises(Sealed):
            open_half(got.halves["a"], Half.A, got.pseudonym, elm.custodians[name].private)
    with pytest.raises(Sealed):
        open_identity(got.identity, got.pseudonym, second, second)


async def test_P10_nothing_that_opens_it_stays_behind(elm: School) -> None:
    """Half B, sealed for the requester, is gone once it was handed out or its time is over."""
    incident = await elm.incident("Ann Lee", "Ben Moss")
    code = await elm.ask(incident)
    await elm.approve(code)
    assert len(await passed(elm, code) or b"") == HALF_BYTES
    assert await elm.open(code) == ANN
    assert await passed(elm, code) is None
    late = await elm.ask(incident)
    await elm.approve(late)
    elm.world.clock.wait(LIMIT)
    assert await elm.open(late) == "over"
    await elm.reveals.tick()
    assert await passed(elm, late) is None
    assert await elm.open(late) == "changed"


async def test_P10_a_refusal_is_recorded_with_its_reason(elm: School) -> None:
    """It ends the request; whoever asked reads why, and the log keeps it."""
    code = await elm.ask(await elm.incident("Ann Lee", "Ben Moss"))
    refused = await elm.reveals.refuse(code, staff(elm, "Sam"), "her mother is with her now")
    assert refused is State.REFUSED
    assert await elm.approve(code) == "changed"
    (row,) = await elm.reveals.log(staff(elm, "Lee"))
    assert (row.answerer, row.answer) == ("Sam", "her mother is with her now")
    assert (await acts(elm))[-1] == ("Sam", "reveal_refuse")


async def test_P10_fifteen_minutes_without_an_answer_are_recorded(elm: School) -> None:
    """After that nobody can agree; the log says that it timed out, and one may ask again."""
    incident = await elm.incident("Ann Lee", "Ben Moss")
    code = await elm.ask(incident)
    assert await elm.reveals.ask(incident, staff(elm, "Lou"), WHY) == "changed"
    elm.world.clock.wait(LIMIT - 1)
    await elm.reveals.tick()
    assert (await elm.reveals.log(staff(elm, "Lee")))[0].state == "asked"
    elm.world.clock.wait(1)
    assert await elm.approve(code) == "over"
    await elm.reveals.tick()
    assert (await elm.reveals.log(staff(elm, "Lee")))[0].state == "timed_out"
    assert (await acts(elm))[-1] == ("house", "reveal_timed_out")
    assert isinstance(await elm.reveals.ask(incident, staff(elm, "Lou"), WHY), Began)


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


async def test_P10_who_may_know_the_student_is_not_asked(elm: School) -> None:
    """A lead who stepped aside from the case cannot ask, and reads no word of who does."""
    incident = await elm.incident("Ann Lee", "Ben Moss")
    await elm.world.incidents.recuse(incident, staff(elm, "Lee"))
    assert await elm.reveals.ask(incident, staff(elm, "Lee"), WHY) == "forbidden"
    assert isinstance(await elm.reveals.ask(incident, staff(elm, "Lou"), WHY), Began)
    (row,) = await elm.reveals.log(staff(elm, "Lee"))
    assert (row.why, row.steps) == (None, ())


async def test_whoever_makes_two_keys_at_once_has_one(tmp_path: Path, postgres: Postgres) -> None:
    """From two pages, at two nodes: the later one takes the place of the other."""
    url = await postgres.database("school")
    current = select(i.custodian_keys.c.print).where(i.custodian_keys.c.ended_at.is_(None))
    async with school(tmp_path, url) as elm:
        beside = await Store.open(url)
        other = Reveals(replace(elm.world.records, store=beside))
        for _ in range(6):
            keys = (bytes_of(new_key().public_key()) for _ in range(2))
            await asyncio.gather(
                *(one.register(staff(elm, "Lee"), next(keys)) for one in (elm.reveals, other))
            )
            mine = current.where(i.custodian_keys.c.staff == staff(elm, "Lee").id)
            assert len(await elm.world.rows(mine)) == 1
        await beside.close()


async def test_P10_two_leads_at_two_nodes_ask_once(tmp_path: Path, postgres: Postgres) -> None:
    """Of two who ask about one incident at the same moment one is told that it is asked already."""
    url = await postgres.database("school")
    async with school(tmp_path, url) as elm:
        beside = await Store.open(url)
        other = Reveals(replace(elm.world.records, store=beside))
        for _ in range(6):
            incident = await elm.incident("Ann Lee", "Ben Moss")
            answers = await asyncio.gather(
                elm.reveals.ask(incident, staff(elm, "Lee"), WHY),
                other.ask(incident, staff(elm, "Lou"), WHY),
            )
            assert sorted(isinstance(one, Began) for one in answers) == [False, True]
            assert "changed" in answers
        await beside.close()


async def test_P10_what_was_never_sealed_is_told_as_such(elm: School) -> None:
    """Cards without an identity, no key, no incident: each is said before anybody waits."""
    room = await elm.world.room()
    unknown = await elm.world.say(room)
    assert await elm.reveals.ask(unknown, staff(elm, "Lee"), WHY) == "not_sealed"
    incident = await elm.incident("Ann Lee", "Ben Moss")
    newcomer = await elm.world.adult("New", "safeguarding_lead")
    assert await elm.reveals.ask(incident, newcomer, WHY) == "no_key"  # type: ignore[arg-type]
    await elm.hire("Nia", "safeguarding_lead")
    assert await elm.reveals.ask(incident, staff(elm, "Nia"), WHY) == "not_sealed"
    await elm.hire("Ned", "senior_leader")
    code = await elm.ask(incident)
    assert await elm.approve(code, "Ned") == "not_sealed"
    assert await elm.reveals.ask("AAA-2222", staff(elm, "Lee"), WHY) == "not_found"


async def test_P10_practice_goes_the_whole_way_and_is_nobody(elm: School) -> None:
    """A canary is asked for, agreed to and opened as a pupil is; no pupil can be practised on."""
    await elm.enrol("Ann Lee")
    began = await elm.reveals.practise(staff(elm, "Lou"))
    assert isinstance(began, Began)
    assert await elm.approve(began.code, "Sam") is State.APPROVED
    found = await elm.open(began.code, "Lou")
    assert isinstance(found, Identity)
    assert "nobody" in found.name


async def test_P11_alone_only_where_the_school_allows_it(elm: School) -> None:
    """Off by default: even with a key in the safe nothing is handed out to one person."""
    incident = await elm.incident("Ann Lee", "Ben Moss")
    assert await elm.reveals.break_glass(incident, staff(elm, "Lee"), WHY) == "no_safe_key"
    assert await acts(elm) == []


async def test_P11_one_opens_alone_and_all_are_told_within_ten_seconds(glass: School) -> None:
    """With the safe's key; every custodian is paged at once, whoever opened too."""
    incident = await glass.incident("Ann Lee", "Ben Moss")
    await glass.world.wait(1)
    glass.world.channel.taken.clear()
    began = await glass.reveals.break_glass(incident, staff(glass, "Lee"), WHY)
    assert isinstance(began, Began)
    start = glass.world.clock.steady
    await glass.world.wait(10)
    told = [one for one in glass.world.channel.taken if one[2].code == began.code]
    assert sorted(to for _, to, _ in told) == [f"{name}@noting" for name in sorted(RANKED)]
    assert all(at - start <= 10 for at, _, _ in told)
    assert {notice.kind for _, _, notice in told} == {
        "an identity is being opened by one person alone: review it"
    }
    assert await glass.open(began.code) == ANN
    assert [act for _, act in await acts(glass)] == ["reveal_alone", "reveal_open"]


RANKED = ("Lee", "Lou", "Sam", "Sue")


async def test_P11_an_opening_alone_is_reviewed_by_somebody_else_in_a_day(glass: School) -> None:
    """It stays open until another custodian closes it, and after a day all are paged again."""
    incident = await glass.incident("Ann Lee", "Ben Moss")
    began = await glass.reveals.break_glass(incident, staff(glass, "Lee"), WHY)
    assert isinstance(began, Began)
    await glass.open(began.code)
    (row,) = await glass.reveals.log(staff(glass, "Sue"))
    assert row.review_due_at == glass.world.clock.ms + REVIEW_MS
    assert [list(one.steps) for one in await glass.reveals.log(staff(glass, "Lou"))] == [["review"]]
    assert await glass.reveals.review(began.code, staff(glass, "Lee"), "fine") == "own_change"
    await glass.world.look()
    first = len([one for one in glass.world.channel.taken if one[2].code == began.code])
    glass.world.clock.wait(REVIEW_MS / 1000)
    await glass.world.look()
    again = [one for one in glass.world.channel.taken if one[2].code == began.code]
    assert len(again) == 2 * first
    assert await glass.reveals.review(began.code, staff(glass, "Sue"), "right") is State.OPENED
    (row,) = await glass.reveals.log(staff(glass, "Sue"))
    assert (row.reviewer, row.review, row.steps) == ("Sue", "right", ())


async def test_P11_a_review_in_time_ends_the_pages(glass: School) -> None:
    """Nobody is woken the next day for what was looked at already."""
    incident = await glass.incident("Ann Lee", "Ben Moss")
    began = await glass.reveals.break_glass(incident, staff(glass, "Lee"), WHY)
    assert isinstance(began, Began)
    await glass.open(began.code)
    await glass.world.look()
    await glass.reveals.review(began.code, staff(glass, "Sam"), "right")
    before = len(glass.world.channel.taken)
    await glass.world.change(t.incidents, state="resolved", due_at=None)
    glass.world.clock.wait(REVIEW_MS / 1000)
    await glass.world.look()
    assert len(glass.world.channel.taken) == before


async def test_P11_a_review_that_never_comes_is_told_outside(glass: School) -> None:
    """When the second round of pages brought nobody either, the auditor says so until one did."""
    incident = await glass.incident("Ann Lee", "Ben Moss")
    began = await glass.reveals.break_glass(incident, staff(glass, "Lee"), WHY)
    assert isinstance(began, Began)
    await glass.open(began.code)
    words = "1 identities that one person opened alone were not reviewed in a day."
    glass.world.clock.wait(REVIEW_MS / 1000)
    assert words not in await told_outside(glass)
    glass.world.clock.wait(1)
    assert words in await told_outside(glass)
    await glass.reveals.review(began.code, staff(glass, "Sue"), "right")
    assert words not in await told_outside(glass)


async def told_outside(school: School) -> list[str]:
    """What the auditor would say now."""
    now = school.world.clock.ms
    found = await school.world.store.read(watch.look, now, LATE_MS, HELD_MS, watch.Mark())
    return troubles_of(found, now)


async def test_P11_without_an_envelope_for_the_safe_no_setting_helps(tmp_path: Path) -> None:
    """A school that enrolled without a safe key has nothing that one person could open."""
    async with school(tmp_path, break_glass=True) as glass:
        incident = await glass.incident("Ann Lee", "Ben Moss")
        safe = i.halves.delete().where(i.halves.c.half == Half.SAFE.value)
        await glass.world.store.write(lambda conn, _: [conn.execute(safe).close()], None)
        refused = await glass.reveals.break_glass(incident, staff(glass, "Lee"), WHY)
        assert refused == "no_safe_key"


async def test_a_key_takes_the_place_of_the_one_before(elm: School) -> None:
    """It opens nothing that was sealed before; the old fingerprint can never be taken again."""
    await elm.enrol("Ann Lee")
    lee = elm.custodians["Lee"]
    before = lee.public
    assert await elm.reveals.register(lee.staff, bytes_of(new_key().public_key())) is None
    lines = {one.name: one for one in (await elm.reveals.custody("school")).lines}
    assert (lines["Lee"].opens, lines["Lou"].opens) == (0, 1)
    assert await elm.reveals.register(lee.staff, before) == "changed"
    assert await elm.reveals.register(staff(elm, "Sue"), before) == "changed"
    for raw in (b"", secrets.token_bytes(65), b"\x04" + bytes(64)):
        assert await elm.reveals.register(lee.staff, raw) == "bad_field"
    counsellor = await elm.world.adult("Dana", "counsellor")
    key = bytes_of(new_key().public_key())
    assert await elm.reveals.register(counsellor, key) == "forbidden"  # type: ignore[arg-type]


async def test_whoever_reads_the_log_without_a_key_reads_no_words(elm: School) -> None:
    """An auditor sees who asked when, of which class, and what came of it."""
    code = await elm.ask(await elm.incident("Ann Lee", "Ben Moss"))
    await elm.reveals.refuse(code, staff(elm, "Sam"), "her mother is with her")
    auditor = await elm.world.adult("Una", "auditor")
    (row,) = await elm.reveals.log(auditor)  # type: ignore[arg-type]
    assert (row.why, row.answer, row.steps) == (None, "", ())
    assert (row.reason, row.requester, row.state) == ("danger to life", "Lee", "refused")


async def test_whom_the_term_before_was_sealed_for_is_no_trouble(elm: School) -> None:
    """Records of ended cards, kept a month for what is not resolved, make nothing red."""
    await elm.enrol("Ann Lee")
    end = identities.EndTerm("school", frozenset(), elm.world.clock.ms)
    assert await elm.world.store.write(identities.end_term, end) == 1
    for name in ("Nia", "Noa"):
        await elm.hire(name, "safeguarding_lead")
    await elm.enrol("Ben Moss")
    lines = {one.name: one.opens for one in (await elm.reveals.custody("school")).lines}
    assert set(lines.values()) == {1}
    assert (await elm.reveals.custody("school")).enrolled == 1


async def troubles(elm: School) -> list[str]:
    return await elm.world.store.read(custody.troubles, "school", elm.world.clock.ms)


async def test_too_few_custodians_are_trouble(elm: School) -> None:
    """Two of each rank whose keys open everything, reached by a pager, practised this term."""
    assert any("no identity is enrolled" in words for words in await troubles(elm))
    await elm.enrol("Ann Lee")
    assert [words for words in await troubles(elm) if "canary" not in words] == []
    await elm.practise()
    assert await troubles(elm) == []
    elm.world.clock.wait(custody.PRACTISED_WITHIN / 1000 + 1)
    assert any("canary" in words for words in await troubles(elm))
    await elm.reveals.register(staff(elm, "Lou"), bytes_of(new_key().public_key()))
    assert any("1 safeguarding leads" in words for words in await troubles(elm))
    await elm.world.change(t.contacts, removed_at=1)
    assert any("no way to be paged" in words for words in await troubles(elm))


async def given(elm: School, giver: str, to: str) -> int | str:
    """What the giver's browser does: open every half that the other lacks, and seal it again."""
    one, other = elm.custodians[giver], elm.custodians[to]
    print_ = fingerprint(other.public)
    found = await elm.reveals.lacking(one.staff, print_)
    if isinstance(found, str):
        return found
    again = [
        (name, seal_half(open_half(half, one.half, name, one.private), one.half, name, found.point))
        for name, half in found.halves
    ]
    return await elm.reveals.give(one.staff, print_, again)


async def test_P10_a_newcomer_opens_what_was_sealed_before_them(elm: School) -> None:
    """A colleague of the same rank gives each half again; no identity is opened for it."""
    incident = await elm.incident("Ann Lee", "Ben Moss")
    await elm.hire("Nia", "safeguarding_lead")
    await elm.hire("Ned", "senior_leader")
    assert await elm.reveals.ask(incident, staff(elm, "Nia"), WHY) == "not_sealed"
    both = 2 + 2 * 3  # two pupils, and the canaries of two enrolments
    assert await given(elm, "Lee", "Nia") == both
    assert await given(elm, "Sue", "Ned") == both
    assert await given(elm, "Lou", "Nia") == 0
    code = await elm.ask(incident, "Nia")
    assert await elm.approve(code, "Ned") is State.APPROVED
    assert await elm.open(code, "Nia") == ANN
    assert await _audited(elm, "reveal_share") == ["Lee", "Sue", "Lou"]
    assert await _audited(elm, "reveal_halves") == ["Lee", "Sue"]


async def _audited(elm: School, act: str) -> list[str]:
    """Who did that, in order."""
    rows = await elm.world.rows(select(t.audit.c.who).where(t.audit.c.act == act))
    names = {one.staff.id: name for name, one in elm.custodians.items()}
    return [names[who] for (who,) in rows]


async def test_P10_a_half_is_given_within_a_rank_only(elm: School) -> None:
    """Not to the other rank, a key that was replaced, a closed account, or oneself."""
    await elm.enrol("Ann Lee")
    assert await given(elm, "Lee", "Sue") == "not_found"
    assert await given(elm, "Lee", "Lee") == "not_found"
    old = elm.custodians["Lou"].public
    await elm.reveals.register(staff(elm, "Lou"), bytes_of(new_key().public_key()))
    assert await elm.reveals.lacking(staff(elm, "Lee"), fingerprint(old)) == "not_found"
    await elm.hire("Nia", "safeguarding_lead")
    closed = t.staff.update().where(t.staff.c.id == elm.custodians["Nia"].staff.id)
    close = closed.values(disabled_at=1)
    await elm.world.store.write(lambda conn, _: [conn.execute(close).close()], None)
    assert await given(elm, "Lee", "Nia") == "not_found"


async def test_P10_nobody_gives_what_they_do_not_have(elm: School) -> None:
    """Halves of unknown students, or of the wrong size, are not written down; none is replaced."""
    (student,) = await elm.enrol("Ann Lee")
    await elm.hire("Nia", "safeguarding_lead")
    to = fingerprint(elm.custodians["Nia"].public)
    lee, half = staff(elm, "Lee"), bytes(HALF_BYTES)
    assert await elm.reveals.give(lee, to, [(student, b"short")]) == "bad_field"
    assert await elm.reveals.give(lee, to, [("nobody", half), (student, half)]) == 1
    assert await elm.reveals.give(lee, to, [(student, half)]) == 0
    newcomer = await elm.world.adult("New", "safeguarding_lead")
    assert await elm.reveals.give(newcomer, to, []) == "no_key"  # type: ignore[arg-type]


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


async def test_P10_two_who_give_the_same_at_once_give_it_once(
    tmp_path: Path, postgres: Postgres
) -> None:
    """Of two colleagues at two nodes neither is told that something went wrong."""
    url = await postgres.database("school")
    async with school(tmp_path, url) as elm:
        students = await elm.enrol("Ann Lee", "Ben Moss")
        beside = await Store.open(url)
        other = Reveals(replace(elm.world.records, store=beside))
        halves = [(student, bytes(HALF_BYTES)) for student in students]
        for name in ("Nia", "Nell", "Noa"):
            await elm.hire(name, "safeguarding_lead")
            to = fingerprint(elm.custodians[name].public)
            answers = await asyncio.gather(
                elm.reveals.give(staff(elm, "Lee"), to, halves),
                other.give(staff(elm, "Lou"), to, halves),
            )
            assert sorted(answers) == [0, 2]  # type: ignore[type-var]
        await beside.close()
