"""The rules page of staff: why a message is judged so, and changes that two people agree to.

A shell over `rule_change.py` (who may do what), `layer.py` (what a change is) and `in_force.py`. A
change is tried before it is proposed: a judge is built with it, its examples run, and both judges
compared over what it can touch of the written corpus and of the stored messages, of which only
counts leave this file. Approved changes are written into one rule file and read like any other.
Every act is in the audit log.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from moderation.background import resting
from moderation.corpus_lines import CORPUS, corpus
from moderation.explain import Explanation, explanation
from moderation.ids import new_id
from moderation.in_force import InForce, Loaded, load_rules
from moderation.layer import Change, toml_of
from moderation.outcomes import Change as TableChange
from moderation.people.sessions import StaffMember
from moderation.pipeline import Judge
from moderation.records import audit, rule_changes
from moderation.records.audit import Entry
from moderation.records.of_school import SchoolRecords
from moderation.records.rule_changes import NewChange, Stepped, StoredChange, StoredWords
from moderation.records.vault import Tampered
from moderation.rule_change import State, Step, open_steps, stepped
from moderation.rule_files import put
from moderation.rules import LexiconError
from moderation.terms import Category
from moderation.trial import Trial, tried

FILE = "approved.toml"
"""The rule file, in `rules/` of the data directory, that holds what was agreed on."""
MOST_STORED = 2_000
"""Stored messages that a trial looks at, the last ones."""
MOST_OPEN = 50
"""Changes that may be proposed or in force at the same time."""


class Standing(msgspec.Struct, frozen=True):
    """A change as staff see it; `steps` are those that whoever asks may take now."""

    id: str
    change: Change
    state: str
    trial: Trial
    proposer: str
    proposed_at: int
    seconder: str | None
    seconded_at: int | None
    live_at: int | None
    ender: str | None
    ended_at: int | None
    why: str
    hits: int
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Unusable:
    """A change that cannot be used, with the reason for whoever wrote it."""

    reason: str


@dataclass(frozen=True, slots=True)
class Proposed:
    """A change that was written down, by its id."""

    id: str


_PLACE = re.compile(rf"\S*/rules/(?:{re.escape(FILE)}:\d+: )?")
"""Where a change stands in a file that whoever wrote it never sees."""
_trials = msgspec.json.Decoder(Trial)
_changes: msgspec.json.Decoder[Change] = msgspec.json.Decoder(Change)


class RulesPage:
    """What the rules page does; one trial at a time, since each costs seconds of a processor.

    They are seconds of a thread that rests whenever the chat may want the interpreter.
    """

    def __init__(
        self,
        records: SchoolRecords,
        rules: InForce,
        data: Path,
        table: Mapping[Category, TableChange],
        *,
        written: Path = CORPUS,
    ) -> None:
        """`data` is the data directory, `table` the school's changes to the decision table.

        `written` are the messages every trial looks at.
        """
        self._records = records
        self._store = records.store
        self._vault = records.vault
        self.rules = rules
        self._data = data
        self._table = table
        self._written = written
        self._applied = _read(data / "rules" / FILE)
        self._trying = asyncio.Lock()
        self._last: tuple[list[tuple[Change, bool]], str, Trial] | None = None

    def explain(self, text: str, before: Sequence[str]) -> Explanation:
        """Why a message is judged as it is now; nothing of it is kept."""
        return explanation(self.rules.judge, text, before)

    async def standing(self, staff: StaffMember) -> list[Standing]:
        """Every change, newest first, with what this person may do about it."""
        found = await self._store.read(rule_changes.changes, self._records.school)
        return [await self._standing(row, staff) for row in reversed(found)]

    async def try_out(self, change: Change, staff: StaffMember) -> Trial | Unusable | str:
        """What a change would alter; a code when another trial is under way."""
        if self._trying.locked():
            return "busy"
        async with self._trying:
            entry = Entry(self._records.now(), staff.id, "rules_try", change.id[:32])
            await self._store.write(audit.append, entry)
            layer = [*await self._layer(), (change, False)]
            words = await self._store.read(
                rule_changes.recent_words, self._records.school, MOST_STORED
            )
            found = await asyncio.to_thread(self._tried, layer, words)
            if isinstance(found, Trial):
                self._last = (layer, self.rules.judge.version, found)
            return found

    async def propose(self, change: Change, staff: StaffMember) -> Proposed | Unusable | str:
        """Write a change down; a string is the code of a refusal.

        It is tried first, unless the last trial was of this change beside these rules.
        """
        open_now = await self._layer(*State)
        if len(open_now) >= MOST_OPEN:
            return "too_many_changes"
        if any(other.id == change.id for other, _ in open_now):
            return Unusable(f"There is an open change of {change.id} already; end it first.")
        trial = await self._just_tried(change) or await self.try_out(change, staff)
        if not isinstance(trial, Trial):
            return trial
        name = new_id()
        sealed = self._vault.seal_field(msgspec.json.encode(change).decode(), name)
        counts = msgspec.json.encode(msgspec.structs.replace(trial, examples=())).decode()
        row = NewChange(name, self._records.school, sealed, counts, staff.id, self._records.now())
        await self._store.write(rule_changes.propose, row)
        return Proposed(name)

    async def step(self, name: str, step: Step, staff: StaffMember, why: str) -> Loaded | str:
        """Take a change a step further and judge by it; answers a code when it may not be."""
        found = await self._store.read(rule_changes.changes, self._records.school)
        row = next((row for row in found if row.id == name), None)
        if row is None:
            return "not_found"
        after = stepped(State(row.state), step, row.proposed_by, staff.id, staff.role)
        if not isinstance(after, State):
            return after
        sealed = self._vault.seal_field(why, name) if step == "end" else None
        taken = Stepped(
            name, row.state, after, f"rules_{step}", staff.id, self._records.now(), sealed
        )
        if not await self._store.write(rule_changes.step, taken):
            return "changed"
        return await self.refresh()

    async def reload(self, staff: StaffMember) -> Loaded:
        """Read every rule file again because somebody asked; audited."""
        await self._store.write(
            audit.append, Entry(self._records.now(), staff.id, "rules_reload", "all")
        )
        return await self._judge_by(await self._write())

    async def refresh(self) -> Loaded:
        """Judge by what is agreed on, if that is not what this process judges by already."""
        text = await self._write()
        if text == self._applied:
            return self.rules.last
        return await self._judge_by(text)

    async def _judge_by(self, text: str) -> Loaded:
        """Read the files, of which `text` is what was agreed on; refused, they are tried again."""
        loaded = await self.rules.reload()
        if not loaded.refused:
            self._applied = text
        return loaded

    # --- parts -------------------------------------------------------------------------------

    async def _write(self) -> str:
        """Write what is agreed on into the rule file, where it says something else; answers it."""
        text = toml_of(await self._layer())
        await asyncio.to_thread(_replace, self._data / "rules" / FILE, text)
        return text

    async def _layer(self, *states: State) -> list[tuple[Change, bool]]:
        """The changes in these states (in shadow or live), each with whether it is in shadow."""
        wanted = frozenset(states or (State.SHADOW, State.LIVE)) - {State.ENDED}
        found = await self._store.read(rule_changes.changes, self._records.school)
        return [
            (self._opened(row), row.state != State.LIVE) for row in found if row.state in wanted
        ]

    def _opened(self, row: StoredChange) -> Change:
        return _changes.decode(self._vault.open_field(row.sealed, row.id).encode())

    async def _just_tried(self, change: Change) -> Trial | None:
        if self._last is None:
            return None
        layer, version, trial = self._last
        same = layer == [*await self._layer(), (change, False)]
        return trial if same and version == self.rules.judge.version else None

    async def _standing(self, row: StoredChange, staff: StaffMember) -> Standing:
        change = self._opened(row)
        hits = 0
        if row.state in (State.SHADOW, State.LIVE) and row.seconded_at is not None:
            hits = await self._store.read(rule_changes.hits, change.id, row.seconded_at)
        return Standing(
            id=row.id,
            change=change,
            state=row.state,
            trial=_trials.decode(row.trial),
            proposer=row.proposer,
            proposed_at=row.proposed_at,
            seconder=row.seconder,
            seconded_at=row.seconded_at,
            live_at=row.live_at,
            ender=row.ender,
            ended_at=row.ended_at,
            why=str(self._vault.open_field(row.sealed_why, row.id)) if row.sealed_why else "",
            hits=hits,
            steps=tuple(open_steps(State(row.state), row.proposed_by, staff.id, staff.role)),
        )

    def _tried(
        self, layer: Sequence[tuple[Change, bool]], words: Sequence[StoredWords]
    ) -> Trial | Unusable:
        """In a thread: build the judge, and compare it with the one in force."""
        now = self.rules.judge
        # A judge of its own beside the running one: they share what never changes.
        old = Judge(now.book, now.detectors, self._table)
        try:
            new = self._built(layer)
        except LexiconError as error:
            return Unusable(_without_paths(str(error)))
        written = [record for record in corpus(str(self._written)) if "text" in record]
        return tried(old, new, written, self._talk(words), resting)

    def _built(self, layer: Sequence[tuple[Change, bool]]) -> Judge:
        """The judge with the school's other files and this layer in place of the approved one."""
        with tempfile.TemporaryDirectory() as folder:
            rules = Path(folder) / "rules"
            rules.mkdir()
            for path in (self._data / "rules").glob("*.toml"):
                (rules / path.name).write_bytes(path.read_bytes())
            (rules / FILE).write_text(toml_of(layer), encoding="utf-8")
            return load_rules(Path(folder), self._table)

    def _talk(self, words: Iterable[StoredWords]) -> dict[str, list[tuple[int, str]]]:
        """The stored messages of each room in the order they were said, but for any damaged."""
        talk: dict[str, list[tuple[int, str]]] = {}
        for one in words:
            with contextlib.suppress(Tampered):
                key = self._vault.room(one.wrapped_key)
                talk.setdefault(one.room, []).append((one.seat, key.open(one.sealed, one.mid)))
        return talk


def _without_paths(reason: str) -> str:
    """The reason without the folders of this machine."""
    return _PLACE.sub("", reason)


def _read(path: Path) -> str:
    """What the rule file says; what it would say with nothing agreed on, when there is none."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return toml_of([])


def _replace(path: Path, text: str) -> None:
    """Put `text` there, unless it is there already."""
    if _read(path) != text:
        put(path, text)
