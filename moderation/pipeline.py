"""Judges a message: reads it, asks every detector, looks at what came before, decides.

Pure once built (`Judge.load` reads the rule files). Used by the chat before anything is delivered.
A detector that raises or answers nonsense is itself a finding: the message is held and queued, and
the other detectors still run. A message too long to be read whole is held in the same way.
Chat repeats itself ("lol", "same here"): what was found in the last ordinary messages, which
disturb nobody, is remembered for a while in memory, and only there.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from moderation.conversation import (
    OTHER_LANGUAGE,
    ConversationState,
    Seat,
    built_up,
    heard_from,
    joined_pieces,
    not_again,
    remember,
    signals_of,
    told_of_it,
    within_reach,
)
from moderation.decide import decide
from moderation.detectors import Detector, shipped
from moderation.disguise import Undone, second_view, suspicious
from moderation.doubt import heeded, weighed
from moderation.examples import check
from moderation.layer import lowered
from moderation.outcomes import FILE, Change, table_of
from moderation.rule_files import as_on_disk, text_of
from moderation.rulebook import LEXICON, Rulebook, added, load
from moderation.setting import Eased, eased, easing, told_lately
from moderation.terms import Attention, Category, Decision, Delivery, Finding
from moderation.text import Reading, called_by_signs, read, understand
from moderation.tokens import Calling, Words

MOST_ORDINARY = 4_096
"""Ordinary messages remembered with what was found in them; the older half goes at once."""
LONGEST_ORDINARY = 160
"""Characters of a message that may be remembered; longer ones hardly ever come again."""
MOST_HEARD = 512
"""Sets of signals of which it is remembered what eases them, and what they could build up to."""
_SCORE = "linear"


class _Seen(msgspec.Struct, frozen=True, gc=False):
    """What is seen in a message, and what is decided where nothing builds up with it.

    `eased` is the same in settings in which some of it weighs less.
    """

    found: tuple[Finding, ...]
    signals: frozenset[str]
    decision: Decision
    eased: dict[Eased, _Seen]


def fault(rule: str, detector: str = "pipeline") -> Finding:
    """The finding that stands for a failure of judging itself: held, and a person looks."""
    return Finding(Category.FAULT, Attention.QUEUE, Delivery.HOLD, detector, rule)


class Judge:
    """Judges messages by one rule book; safe to share: no message changes another's decision.

    `numbered` are the detectors, each with its bit of `Reading.calls`.
    """

    def __init__(
        self,
        book: Rulebook,
        detectors: Sequence[Detector],
        changes: Mapping[Category, Change] | None = None,
    ) -> None:
        """Judge as the book's decision table says, with a school's `changes` to it.

        Raises:
            LexiconError: the decision table is not whole.
            FloorError: a change goes below a floor of the table.
        """
        self.book = book
        self.detectors = tuple(detectors)
        self.table = table_of(book.data.get(FILE, {}), changes)
        self.version = book.version
        if self.table.version:
            both = f"{book.version}{self.table.version}".encode()
            self.version = hashlib.sha256(both).hexdigest()[:12]
        unread = (Category.LANGUAGE, Attention.QUEUE, Delivery.DELIVER)
        # What a school holds waits for a moderator each time.
        self._told_once = self.table.outcomes.get(unread, unread[1:])[1] == Delivery.DELIVER
        calling = [getattr(detector, "calling", None) for detector in self.detectors]
        known = [one or Calling() for one in calling]
        self._words = Words(book.vocabulary, book.index.gate, known)
        self._always = sum(1 << at for at, one in enumerate(calling) if one is None)
        numbered = [(1 << at, detector) for at, detector in enumerate(self.detectors)]
        self.numbered = numbered
        self._called = functools.cache(lambda calls: [one for bit, one in numbered if calls & bit])
        self._sure = frozenset(rule.id for rule in book.rules if rule.sure)
        score = next((one for one in self.detectors if one.name == _SCORE), None)
        self._scored = score is not None
        self._undone = Undone(book.vocabulary, getattr(score, "knows", book.vocabulary.known))
        in_reach = functools.partial(within_reach, book.composites)
        self._in_reach = functools.lru_cache(MOST_HEARD)(in_reach)
        self._windows = {one.signal: one.window for one in book.settings}
        self._easing = functools.lru_cache(MOST_HEARD)(functools.partial(easing, book.settings))
        self._ordinary: dict[str, _Seen] = {}
        self._older: dict[str, _Seen] = {}

    @staticmethod
    def load(
        extra: Sequence[Path] = (),
        changes: Mapping[Category, Change] | None = None,
        *,
        directory: Path = LEXICON,
    ) -> Judge:
        """A judge with the rules of `directory`, and a school's own files and changes on top.

        The shipped rules are read and checked once, as long as they are the same on disk; a
        school's own are added to a copy of them.

        Raises:
            LexiconError: a rule file that must not be used, with path, line and reason.
            FloorError: a change goes below a floor of the decision table.
        """
        judge = _shipped(as_on_disk(directory)) if directory == LEXICON else _of_folder(directory)
        if extra:
            judge = _with_layer(judge, {path: text_of(path) for path in extra})
        return Judge(judge.book, judge.detectors, changes) if changes else judge

    def judge(self, text: str, context: Sequence[str] = ()) -> Decision:
        """The decision for `text`, after the same speaker's earlier texts (oldest first)."""
        state = ConversationState()
        for earlier in context:
            self.judge_turn(earlier, state, 0)
        return self.judge_turn(text, state, 0)

    def judge_turn(self, text: str, state: ConversationState, seat: int) -> Decision:
        """The decision for what `seat` (0 or 1) says next in a room; takes it into `state`.

        Raises:
            IndexError: `seat` is neither 0 nor 1.
        """
        own = state.seats[seat]
        seen = self._seen(text)
        if OTHER_LANGUAGE in seen.signals and self._told_once and told_of_it(state):
            seen = self._decided(text, not_again(seen.found))
        if own.pieces and (joined := self._from_pieces(text, own, seen.found)):
            seen = self._decided(text, seen.found + joined)
        decision = self._after(text, seen, state, own) if seen.found else seen.decision
        remember(state, seat, text, decision.findings)
        return decision

    def reading(self, text: str) -> Reading:
        """The message as the detectors see it, with a second view when it looks disguised."""
        reading, words = read(text), self._words
        reading.calls = (
            self._always | understand(reading.views[0], words) | called_by_signs(reading, words)
        )
        if suspicious(reading):
            other = second_view(reading, self._undone)
            if other is not None:
                reading.calls |= understand(other, words)
                reading.views.append(other)
        return reading

    def findings(self, text: str) -> list[Finding]:
        """Everything all detectors see in one message that stands alone."""
        return list(self._seen(text).found)

    def _seen(self, text: str) -> _Seen:
        seen = self._ordinary.get(text) or self._older.get(text)
        if seen is None:
            seen = self._decided(text, tuple(self._look(text)))
            disturbs = any(found.attention or found.delivery for found in seen.found)
            if len(text) <= LONGEST_ORDINARY and not disturbs:
                self._ordinary[text] = seen
                if len(self._ordinary) >= MOST_ORDINARY // 2:
                    self._older, self._ordinary = self._ordinary, {}
        return seen

    def _decided(self, text: str, found: tuple[Finding, ...]) -> _Seen:
        decision = decide(text, found, self.version, self.table)
        return _Seen(found, signals_of(found), decision, {})

    def _look(self, text: str, worth: Callable[[Finding], bool] | None = None) -> Sequence[Finding]:
        """Everything all detectors see; the score only if something is `worth` its word."""
        try:
            reading = self.reading(text)
        except Exception:  # noqa: BLE001 - whatever went wrong, the message must not pass
            return [fault("unreadable")]
        found: list[Finding] = [] if reading.whole else [fault("too_long")]
        for detector in self._called(reading.calls):
            if worth and detector.name == _SCORE and not any(map(worth, found)):
                continue
            try:
                if (answer := detector.find(reading)) != []:
                    found += _checked(answer, len(text))
            except Exception:  # noqa: BLE001 - the same
                found.append(fault("failed", detector.name))
        if not found:
            return found
        found = weighed(found, self._sure, scored=self._scored)
        return heeded(text, found, self.table, self._sure)

    def _after(self, text: str, seen: _Seen, state: ConversationState, own: Seat) -> Decision:
        """What is decided with all that was said before: of what they talk, what builds up."""
        told = told_lately(self._windows, state.seats)
        light = self._easing(told, seen.signals)
        if light.categories or light.lately:
            seen = self._lighter(text, seen, light)
        signals, heard = seen.signals, heard_from(own, seen.signals)
        if light.explained:
            signals, heard = signals - light.explained, heard - light.explained
        reach = self._in_reach(signals, heard)
        built = built_up(reach, seen.found, own, light.explained) if reach else []
        if not built:
            return seen.decision
        return decide(text, [*seen.found, *built], self.version, self.table)

    def _lighter(self, text: str, seen: _Seen, light: Eased) -> _Seen:
        lighter = seen.eased.get(light)
        if lighter is None:
            lighter = self._decided(text, tuple(eased(seen.found, light, self._sure)))
            seen.eased[light] = lighter
        return lighter

    def _from_pieces(self, text: str, seat: Seat, found: Iterable[Finding]) -> tuple[Finding, ...]:
        """Findings that appear only when the speaker's last short messages are read as one."""
        joined = joined_pieces(seat, text)
        if not joined:
            return ()
        known = {finding.rule for finding in found}
        earlier = {one.name for one in seat.signals}

        def worth(f: Finding) -> bool:
            new = f.rule not in known and f.signal not in earlier
            return new and f.end > len(joined) - len(text) and bool(f.attention or f.delivery)

        return tuple(
            Finding(f.category, f.attention, f.delivery, f.detector, f.rule, 0, len(text), f.signal)
            for f in filter(worth, self._look(joined, worth))
        )


@functools.lru_cache(maxsize=1)
def _shipped(_on_disk: tuple[tuple[str, int, int], ...]) -> Judge:
    return _of_folder(LEXICON)


def _of_folder(directory: Path) -> Judge:
    with _collector_resting():
        book = load(directory)
        return check(Judge(book, shipped(book)))


def _with_layer(before: Judge, files: Mapping[Path, str]) -> Judge:
    with _collector_resting():
        book = lowered(added(before.book, files), files)
        return check(Judge(book, shipped(book, before.detectors)), before)


@contextlib.contextmanager
def _collector_resting() -> Iterator[None]:
    """No search for garbage: building makes hardly any, and each search looks at all it made.

    What was made counts as old afterwards, for it stays: else the next three searches would too.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if not gc.get_freeze_count():
            gc.freeze()
            gc.unfreeze()
        if was:
            gc.enable()


def _checked(answer: Sequence[Finding], length: int) -> Sequence[Finding]:
    found = tuple(answer)  # an iterator could be looked at only once
    for finding in found:
        if (
            not isinstance(finding, Finding)
            or not isinstance(finding.category, Category)
            or not isinstance(finding.attention, Attention)
            or not isinstance(finding.delivery, Delivery)
            or not isinstance(finding.signal, str)
            or not 0 <= finding.start <= finding.end <= length
        ):
            raise ValueError("a detector answered something that is not a finding in the text")
    return found
