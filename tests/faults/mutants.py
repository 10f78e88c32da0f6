"""Faults put into the judging and delivering path one at a time, each to be found by the tests.

    make mutants                     all of them, some minutes; says which tests did not notice
    python -m tests.faults.mutants 3 17

Each would let a message pass that nobody judged, show one that is held, or tell of what is not
kept. A mutant runs in a process of its own: its source takes the place of the real one as it is
imported, and the tests named for it must fail. Used by `test_mutants.py`, which holds the list true.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import os
import select
import signal
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType

import pytest

ROOT = Path(__file__).parents[2]
_OURS = {"chat", "moderation", "web", "house", "commands", "run_server"}
LONGEST = 120
"""Seconds after which the tests of a mutant count as failed: it hangs."""

_DEADLINE = ("tests/moderation/test_deadline.py",)
_PIPELINE = ("tests/moderation/test_pipeline.py", *_DEADLINE)
_DECIDE = ("tests/moderation/test_decide.py",)
_ROOM = tuple(
    f"tests/chat/rooms/test_{name}.py" for name in ("room", "ending", "room_in_any_order")
)
_ORDER = ("tests/chat/rooms/test_order.py",)
_JOURNAL = ("tests/chat/rooms/test_journal.py", "tests/chat/rooms/test_rooms.py")
_RECORDS = tuple(
    f"tests/moderation/records/test_{name}.py" for name in ("messages", "store", "sqlite")
)
_STORED = ("tests/chat/rooms/test_replay.py", "tests/chat/rooms/test_loading.py")
_OPEN = ("tests/chat/rooms/test_open_room.py",)


@dataclass(frozen=True)
class Mutant:
    """In that file, those words become these; the tests are those that should notice."""

    file: str
    old: str
    new: str
    tests: tuple[str, ...]


def _in(file: str, tests: tuple[str, ...], *changes: tuple[str, str]) -> list[Mutant]:
    return [Mutant(file, old, new, tests) for old, new in changes]


MUTANTS: Sequence[Mutant] = (
    *_in(
        "moderation/deadline.py",
        _DEADLINE,
        ('decision = self._held(text, "crashed")', "decision = decide(text, [], self.version, self.inner.table)"),
        ('decision = self._held(text, "overdue")', "decision = decide(text, [], self.version, self.inner.table)"),
        ('return self._held(text, "put_aside")', "return decide(text, [], self.version, self.inner.table)"),
        ("            raise OverdueError\n", "            return\n"),
        ("if self._failures >= FAILURES_IN_A_ROW:\n            if", "if False:\n            if"),
        ("if own.turns == before:", "if False:"),
        ("if decision.attention or self._failures:", "if False:"),
        ("self._aside_until = self._clock() + ASIDE_SECONDS", "pass"),
    ),
    *_in(
        "moderation/pipeline.py",
        _PIPELINE,
        ('return [fault("unreadable")]', "return []"),
        ('found.append(fault("failed", detector.name))', "pass"),
        ('[] if reading.whole else [fault("too_long")]', "[]"),
        ("found += _checked(answer, len(text))", "found += tuple(answer)"),
        ("Attention.QUEUE, Delivery.HOLD, detector, rule)", "Attention.QUEUE, Delivery.DELIVER, detector, rule)"),
        ("if own.pieces and (joined", "if not own and (joined"),
        ("self._after(text, seen, state, own) if seen.found else seen.decision", "seen.decision"),
        ("LONGEST_ORDINARY and not disturbs:", "LONGEST_ORDINARY:"),
        ("remember(state, seat, text, decision.findings)", "remember(state, seat, text, ())"),
    ),
    *_in(
        "moderation/decide.py",
        _DECIDE,
        ("delivery = max(finding.delivery for finding in findings)", "delivery = min(finding.delivery for finding in findings)"),
        ("attention = max(finding.attention for finding in findings)", "attention = min(finding.attention for finding in findings)"),
        ("asked = _asks_for_help(text, findings, telling)", "asked = _asks_for_help(text, findings, telling) or 2"),
        ("if finding.category not in told]", "if False]"),
        ("if finding.category not in told]", "]"),
        ("if finding.category in table.always_holds:\n        return True", "if finding.category in table.always_holds:\n        return False"),
        ("not heard and finding.attention == Attention.PAGE and finding.category not in CRY_FOR_HELP", "False"),
        ("    if not spans:\n        return text", "    return text"),
        ("joined[-1] = (first, max(last, end), max(before, delivery))", "joined[-1] = (first, last, before)"),
    ),
    *_in(
        "chat/rooms/room.py",
        _ROOM,
        ("checked = decision.delivery is not _HOLD", "checked = True"),
        ("release = checked and (free or decision.asks_for_help)", "release = checked"),
        ("release = checked and (free or decision.asks_for_help)", "release = True"),
        ("free = not mine.line and not self.paused", "free = not mine.line"),
        ("shown = decision.shown if checked else text", "shown = text"),
        ("if self.paused or first is None or not first.checked:", "if self.paused or first is None:"),
        ("if self.paused or first is None or not first.checked:", "if first is None or not first.checked:"),
        ("if first.settling or first.mid in self._unkept:", "if first.settling:"),
        ("if before.text != text:", "if False:"),
        ('        if self.is_over(seat):\n            return [Send(seat, error("ended", cid))]', "        if False:\n            return []"),
        ("        if seq is not None:\n            effects.append(self._to_peer(waiting, seq))\n        if decision", "        effects.append(self._to_peer(waiting, seq or self.head + 1))\n        if decision"),
        ("mine.line.pop(mid, None)\n        mine.recent.pop", "mine.recent.pop"),
    ),
    *_in(
        "chat/rooms/room.py",
        (*_JOURNAL, *_ORDER),
        ("if after and mine.order.misses(after):", "if False:"),
        ("text, decision, release, None, after)", "text, decision, release)"),
        ("if after and decision.asks_for_help:", "if False:"),
        ("if cid in self.seats[seat].order:", "if False:"),
    ),
    *_in(
        "chat/rooms/order.py",
        _ORDER,
        ("while self._unsure and not next(reversed(self._unsure.values())):", "while self._unsure:"),
        ("        self._unsure[cid] = False", "        self._unsure.pop(cid)"),
    ),
    *_in(
        "chat/rooms/journal.py",
        _JOURNAL,
        ('state=mine.state if keep.release else "held"', "state=mine.state"),
        ("live.key.seal(shown, mid) if shown != text else None", "None"),
        ("if decision.attention or not mine.checked:", "if decision.attention:"),
        ("if decision.attention is Attention.PAGE:", "if False:"),
        ("self.perform(live, live.room.not_kept(row.mid, code))", "self.perform(live, live.room.kept(row.mid, None, reachable=False))"),
        ("            self.perform(live, live.room.not_settled(settle.mid))\n", "            self.perform(live, live.room.settled(settle.mid, settle.state, live.room.head + 1))\n"),
    ),
    *_in(
        "chat/rooms/repeats.py",
        ("tests/chat/rooms/test_repeats.py",),
        ("same = live.key.words(row.sealed, row.mid) == keep.text", "same = True"),
    ),
    *_in(
        "chat/rooms/judging.py",
        (*_JOURNAL, "tests/chat/desk/test_stops.py"),
        ("decision = needs.judge.judge_turn(text, live.talk, seat)", "decision = Decision(0, 0, (), text, '')  # type: ignore"),
        ("if left > 0 and not decision.asks_for_help:", "if False:"),
    ),
    *_in(
        "chat/rooms/open_room.py",
        _OPEN,
        ("if not isinstance(frame, to_student.Message) or frame.seq > shown:", "if True:"),
        ("if not isinstance(frame, to_student.Message) or frame.seq > shown:", 'if (getattr(frame, "seq", None) or shown + 1) > shown:'),
        ("if (later := self._later[seat]) is not None:\n            later.append(frame)\n        elif", "if"),
    ),
    *_in(
        "chat/rooms/stored.py",
        _STORED,
        ("row.sealed_shown or row.sealed, row.mid),\n        cid=", "row.sealed, row.mid),\n        cid="),
        ("delivery is not Delivery.HOLD)", "True)"),
    ),
    *_in(
        "moderation/records/messages.py",
        _RECORDS,
        ("if room is None or room.ended or row.seat == room.left:", "if room is None or row.seat == room.left:"),
        ("if room is None or room.ended or row.seat == room.left:", "if room is None or room.ended:"),
        ("_SETTLE if seq is None else _SHOW,", "_SETTLE,"),
        ("if cid in room.said:", "if False:"),
        ("if row.after and not all(", "if row.after and not any("),
        ("if row.state in SHOWN:\n            room.head", "if True:\n            room.head"),
        ("    if not changed:\n        return NotHeld()", "    if False:\n        return NotHeld()"),
        ('t.messages.c.mid == bindparam("held_mid"), t.messages.c.state == "held")\n    .values(\n        state=bindparam("new_state")', 't.messages.c.mid == bindparam("held_mid"))\n    .values(\n        state=bindparam("new_state")'),
    ),
    *_in(
        "moderation/records/sqlite.py",
        _RECORDS,
        ("return [StoreUnavailable()] * len(batch)", "return [None] * len(batch)"),
        ("            self._failed(error)\n            return [Store", "            return [Store"),
    ),
)  # fmt: skip


def changed(mutant: Mutant) -> str:
    """The source of its file with the fault in it; raises ValueError where it fits not once."""
    source = (ROOT / mutant.file).read_text(encoding="utf-8")
    if source.count(mutant.old) != 1:
        raise ValueError(f"{mutant.file}: {mutant.old!r} stands {source.count(mutant.old)} times")
    return source.replace(mutant.old, mutant.new)


class _Loader(importlib.machinery.SourceFileLoader):
    """Loads one module from a changed source."""

    def __init__(self, name: str, path: str, source: str) -> None:
        super().__init__(name, path)
        self._source = source

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._source, self.get_filename(fullname), "exec")


class _Finder(importlib.abc.MetaPathFinder):
    """Finds one module in a changed source, and leaves all others to everybody else."""

    def __init__(self, mutant: Mutant) -> None:
        self._name = mutant.file.removesuffix(".py").replace("/", ".")
        self._path = str(ROOT / mutant.file)
        self._source = changed(mutant)

    def find_spec(self, fullname: str, *_: object) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._name:
            return None
        loader = _Loader(fullname, self._path, self._source)
        return importlib.util.spec_from_file_location(fullname, self._path, loader=loader)


def noticed(mutant: Mutant) -> bool:
    """Whether the tests named for a mutant fail when it is in the product."""
    child = os.fork()
    if child == 0:
        os._exit(_run(mutant))
    ended = os.pidfd_open(child)
    if not select.select([ended], [], [], LONGEST)[0]:
        os.kill(child, signal.SIGKILL)
    os.close(ended)
    _, status = os.waitpid(child, 0)
    return status != 0


def _run(mutant: Mutant) -> int:
    for name in [name for name in sys.modules if name.split(".")[0] in _OURS]:
        del sys.modules[name]
    sys.meta_path.insert(0, _Finder(mutant))
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123 - a device
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    tests = [str(ROOT / test) for test in mutant.tests if (ROOT / test).exists()]
    options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-k", "not postgresql"]
    code = pytest.main([*options, *tests])
    return int(code in {pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.INTERRUPTED})


def main(numbers: Sequence[str]) -> int:
    """Run these mutants, or all; answers how many nobody noticed."""
    if sys.dont_write_bytecode:  # else every child would compile everything anew
        sys.dont_write_bytecode = False
        sys.pycache_prefix = tempfile.mkdtemp(prefix="peerline-pyc-")
    import run_server  # noqa: F401, PLC0415 - what it is built on is loaded once, for every child

    chosen = [int(number) for number in numbers] or range(len(MUTANTS))
    survived = 0
    for number in chosen:
        mutant = MUTANTS[number]
        found = noticed(mutant)
        survived += not found
        word = "noticed" if found else "SURVIVED"
        print(f"{number:3} {word:8} {mutant.file}: {mutant.new.strip()[:70]!r}", flush=True)
    print(f"{len(chosen)} mutants, {survived} not noticed")
    return survived


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
