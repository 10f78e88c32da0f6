from __future__ import annotations

import stat
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from moderation.deadline import Deadline
from moderation.in_force import InForce, load_rules
from moderation.layer import Add, Lower
from moderation.people.sessions import StaffMember
from moderation.pipeline import Judge
from moderation.records import tables as t
from moderation.records.of_school import SchoolRecords
from moderation.records.store import Store
from moderation.records.vault import Vault
from moderation.rules_page import FILE, Proposed, RulesPage, Unusable
from moderation.terms import Attention
from moderation.trial import Trial
from tests.moderation.judging import OWN, judged, shared_judge
from tests.web.site import SCHOOL, WRITTEN, Site, open_site

BAD = Add(
    id="own.bad",
    category="abuse",
    attention="page",
    delivery="deliver",
    say=("zorgshed",),
    match=("a shed",),
    miss=("he keeps me in the zorgshed",),
)
LOWER = Lower(id="suicide_intent", reason="paged for the school play all week")
TEXT = "a new zorgshed"


@dataclass
class Desk:
    """Two leads and a senior leader before the rules of a school."""

    site: Site
    rules_page: RulesPage
    deadline: Deadline
    lee: StaffMember
    sue: StaffMember
    mo: StaffMember

    async def audited(self) -> list[str]:
        def acts(conn: Connection) -> list[str]:
            return list(conn.scalars(select(t.audit.c.act).order_by(t.audit.c.n)))

        return await self.site.store.read(acts)

    async def agreed(self, change: Add | Lower, *steps: str) -> str:
        """A change proposed by Lee and taken these steps by Sue; its id."""
        proposed = await self.rules_page.propose(change, self.lee)
        assert isinstance(proposed, Proposed)
        name = proposed.id
        for step in steps:
            taken = await self.rules_page.step(name, step, self.sue, "no longer needed")  # type: ignore[arg-type]
            assert not isinstance(taken, str), taken
            assert taken.refused == ""
        return name


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_site(tmp_path) as site:
        rules_page, deadline = _rules_page(site.store, site.vault, tmp_path)
        staff = []
        for login in ("lee", "sue", "mo"):
            cookie = (await site.as_staff(login))["Cookie"].partition("=")[2]
            member = await site.people.sessions.staff(cookie)
            assert member is not None
            staff.append(member)
        yield Desk(site, rules_page, deadline, *staff)
        deadline.close()


def _rules_page(store: Store, vault: Vault, data: Path) -> tuple[RulesPage, Deadline]:
    deadline = Deadline(shared_judge(), 30.0, lambda: 0.0)
    rules = InForce(deadline, lambda: load_rules(data, {}), lambda: 5.0)
    rules_page = RulesPage(
        SchoolRecords(SCHOOL, store, vault, lambda: 5.0), rules, data, {}, written=WRITTEN
    )
    return rules_page, deadline


async def test_a_new_rule_is_agreed_recorded_in_force_and_rolled_back(
    desk: Desk, tmp_path: Path
) -> None:
    """At each step it does what that step allows, and every step is in the audit log.

    What it finds while it is only recorded is counted; what is in force is so for a new process.
    """
    found = [judged(desk.deadline, TEXT)]
    name = await desk.agreed(OWN, "second")
    found.append(judged(desk.deadline, TEXT))
    room = await desk.site.room()
    await desk.site.say(room, 0, TEXT, found[-1].findings[0])
    await desk.site.say(room, 0, "nothing here")
    (standing,) = await desk.rules_page.standing(desk.sue)
    assert (standing.hits, standing.steps) == (1, ("live", "end"))
    await desk.rules_page.step(name, "live", desk.sue, "")
    found.append(judged(desk.deadline, TEXT))
    file = tmp_path / "rules" / FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    written = file.read_text()
    file.unlink()
    other, deadline = _rules_page(desk.site.store, desk.site.vault, tmp_path)
    beside, theirs = _rules_page(desk.site.store, desk.site.vault, tmp_path)
    await other.refresh()
    await beside.refresh()  # it finds the file written by another process on the same disk
    assert (file.read_text(), deadline.version) == (written, found[-1].version)
    assert theirs.version == deadline.version
    for one in (deadline, theirs):
        one.close()
    await desk.rules_page.step(name, "end", desk.sue, "no longer needed")
    found.append(judged(desk.deadline, TEXT))
    assert [one.attention.word for one in found] == ["none", "none", "page", "none"]
    assert [bool(one.findings) for one in found] == [False, True, True, False]
    assert len({one.version for one in found}) == 4
    acts = ["rules_try", "rules_propose", "rules_second", "rules_live", "rules_end"]
    assert [act for act in await desk.audited() if act.startswith("rules")] == acts
    (standing,) = await desk.rules_page.standing(desk.lee)
    assert (standing.state, standing.why) == ("ended", "no longer needed")
    assert (standing.proposer, standing.seconder, standing.ender) == ("Lee", "Sue", "Sue")


async def test_nobody_agrees_to_their_own_change_and_a_moderator_to_none(desk: Desk) -> None:
    """Two people are two people; a refused step changes nothing; one change of a rule at a time."""
    name = await desk.agreed(OWN)
    assert await desk.rules_page.step(name, "second", desk.lee, "") == "own_change"
    assert await desk.rules_page.step(name, "second", desk.mo, "") == "forbidden"
    assert await desk.rules_page.step(name, "live", desk.sue, "") == "changed"
    assert await desk.rules_page.step("no such change", "live", desk.sue, "") == "not_found"
    assert judged(desk.deadline, TEXT).findings == ()
    assert isinstance(await desk.rules_page.propose(OWN, desk.sue), Unusable)
    async with desk.rules_page._trying:
        assert await desk.rules_page.try_out(LOWER, desk.lee) == "busy"


async def test_a_page_rule_is_lowered_only_when_two_agree_and_with_its_reason(desk: Desk) -> None:
    """Agreed on, it still pages; in force it makes a moderator look; rolled back it pages again."""
    text = "im going to kill myself tonight"

    def rule() -> Attention:
        found = judged(desk.deadline, text).findings
        return max(f.attention for f in found if f.rule == LOWER.id)

    name = await desk.agreed(LOWER, "second")
    assert rule() is Attention.PAGE
    await desk.rules_page.step(name, "live", desk.sue, "")
    assert rule() is Attention.QUEUE
    assert "school play" in (desk.rules_page._data / "rules" / FILE).read_text()
    await desk.rules_page.step(name, "end", desk.lee, "the play is over")
    assert rule() is Attention.PAGE


async def test_a_trial_counts_written_and_stored_messages_and_shows_only_the_written(
    desk: Desk,
) -> None:
    """What a student wrote is counted where it would be decided otherwise, and never shown."""
    room = await desk.site.room()
    await desk.site.say(room, 0, "they put me in the zorgshed, never tell")
    await desk.site.say(room, 1, "oh no")
    trial = await desk.rules_page.try_out(OWN, desk.lee)
    assert isinstance(trial, Trial)
    assert trial.stored == 2
    assert [(one.after, one.count) for one in trial.moved_stored] == [("page", 1)]
    assert trial.written == 1_000
    assert "never tell" not in str(trial)
    lowered = await desk.rules_page.try_out(LOWER, desk.lee)
    assert isinstance(lowered, Trial)
    assert sum(one.count for one in lowered.moved_written) > 0
    assert lowered.examples


async def test_a_rule_that_does_not_hold_is_refused_with_its_reason(desk: Desk) -> None:
    """The lead reads which example fails; no folder of the machine is told."""
    tried = await desk.rules_page.try_out(BAD, desk.lee)
    assert isinstance(tried, Unusable)
    assert "must match 'a shed'" in tried.reason
    assert "/" not in tried.reason
    assert FILE not in tried.reason
    assert isinstance(await desk.rules_page.propose(BAD, desk.lee), Unusable)
    assert await desk.rules_page.standing(desk.lee) == []


async def test_reading_the_files_again_is_audited(desk: Desk, tmp_path: Path) -> None:
    """A bad file beside the agreed ones is told to whoever asked, and the old rules go on."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "own.toml").write_text("nonsense = 1\n")
    loaded = await desk.rules_page.reload(desk.lee)
    assert "nonsense" in loaded.refused
    assert desk.deadline.version == shared_judge().version
    assert (await desk.audited())[-1] == "rules_reload"


async def test_F23_agreed_rules_that_could_not_be_loaded_are_tried_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One short fault must not leave the old rules judging while a page calls the new ones live."""
    name = await desk.agreed(OWN, "second")
    build = desk.rules_page.rules._build
    monkeypatch.setattr(desk.rules_page.rules, "_build", _no_memory)
    await desk.rules_page.step(name, "live", desk.sue, "")
    assert judged(desk.deadline, TEXT).attention.word == "none"
    monkeypatch.setattr(desk.rules_page.rules, "_build", build)
    assert (await desk.rules_page.refresh()).refused == ""
    assert judged(desk.deadline, TEXT).attention.word == "page"


def _no_memory() -> Judge:
    raise MemoryError
