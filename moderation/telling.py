"""Tells a message that reports, asks for help or comforts from one that does the harm itself; pure.

Both hold the same words: "nobody wants you here" is an insult, and "they go 'nobody wants you
here' when I sit down" is a child who needs somebody. What sets them apart is who does it to whom.
The words are data (`[telling]` of `lexicon/decisions.toml`), made into patterns by
`telling_words.py`. Used by `decide.py`, and only for the few messages that something would hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from moderation.terms import Category
from moderation.text import read

_QUOTE = re.compile(r"""["“”„«][^"“”„«»]{1,300}["“”»]|(?<!\w)['‘].{1,300}?['’](?!\w)""")
"""What somebody says word for word; an apostrophe inside a word ends nothing."""
_LEET = str.maketrans("013457", "oieast")
"""Digits that stand for letters inside a word."""
_SOMEBODY = r" \1 someone"
"""In the place of "my older cousin": one of the others, and still mine."""

LONGEST = 1_000
"""Characters in which care, advice, quotes and threats that are told are looked for: the patterns
with most words between would take tens of milliseconds of a longer message that is made for it."""

MOST_QUOTES = 4
"""Quotes of which is asked whose they are."""


@dataclass(frozen=True, slots=True)
class Telling:
    """The patterns by which telling is known, over folded words, each behind one space."""

    reader: re.Pattern[str]
    speaker: re.Pattern[str]
    own: re.Pattern[str]
    doer: re.Pattern[str]
    witness: re.Pattern[str]
    joins: re.Pattern[str]
    own_harm: re.Pattern[str]
    speech: re.Pattern[str]
    at_home: re.Pattern[str]
    plea: re.Pattern[str]
    dread: re.Pattern[str]
    addressed: re.Pattern[str]
    forced: re.Pattern[str]
    extorted: re.Pattern[str]
    comfort: re.Pattern[str]
    kind: Mapping[Category, re.Pattern[str]]
    gentle: re.Pattern[str]
    unkind: re.Pattern[str]
    lure: re.Pattern[str]
    insult: re.Pattern[str]
    speaking: re.Pattern[str]
    people: re.Pattern[str]
    others: re.Pattern[str]
    report: re.Pattern[str]
    done_to: re.Pattern[str]
    own_doing: re.Pattern[str]
    with_them: re.Pattern[str]
    unnamed: re.Pattern[str]
    quoted: re.Pattern[str]
    quoted_after: re.Pattern[str]
    like: re.Pattern[str]
    done: re.Pattern[str]
    company: re.Pattern[str]
    disowned: re.Pattern[str]
    confided: re.Pattern[str]

    def says_you(self, text: str) -> bool:
        """Whether the words speak to whoever reads them."""
        return self.reader.search(_plain(text)) is not None

    def speaks(self, text: str) -> bool:
        """Whether the words are about whoever writes them."""
        return self.speaker.search(_plain(text)) is not None

    def names(self, text: str) -> bool:
        """Whether the words name somebody else."""
        return self.others.search(self.people.sub(_SOMEBODY, _plain(text))) is not None

    def told(self, text: str, of: Iterable[Category]) -> frozenset[Category]:
        """Which of these the message only tells of, asks for help with, or comforts about."""
        plain = _plain(text)
        kind = {one for one in of if self._is_kind(plain, one)}
        told = self._told(plain, frozenset(of) - kind) | kind
        if Category.EXPLOITATION in frozenset(of) - told and self._is_quoted(text):
            told |= {Category.EXPLOITATION}
        return told

    def cared(self, text: str, of: Iterable[Category]) -> frozenset[Category]:
        """Which of these are heard only in care or advice of who tells nothing of their own."""
        plain = _plain(text)
        if (
            len(plain) > LONGEST
            or self.own.search(plain) is not None
            or self.report.search(plain) is not None
        ):
            return frozenset()
        return frozenset(one for one in of if self._is_cared(plain, one))

    def _is_kind(self, plain: str, category: Category) -> bool:
        """Whether it comforts, cares or advises; comfort frees an insult only."""
        if category == Category.BULLYING and self.comfort.search(plain) is not None:
            return self.unkind.search(self.comfort.sub(" ", plain)) is None
        return self._is_cared(plain, category)

    def _is_cared(self, plain: str, category: Category) -> bool:
        """Whether it cares or advises, and beside those words neither hurts nor lures."""
        kind = self.kind.get(category)
        if kind is None or len(plain) > LONGEST or kind.search(plain) is None:
            return False
        beside = self.comfort.sub(" ", self.gentle.sub(" ", plain))
        harms = (self.unkind, self.lure, *([self.insult] if category == Category.BULLYING else ()))
        return all(harm.search(beside) is None for harm in harms)

    def is_beside_care(self, text: str, start: int, end: int) -> bool:
        """Whether the words from `start` to `end` stand whole beside what cares or advises.

        Advice may sound like what it warns of; it makes nothing harmless that stands next to it.
        """
        beside = self.comfort.sub(" | ", self.gentle.sub(" | ", _plain(text)))
        return _plain(text[start:end]) in beside

    def _is_quoted(self, text: str) -> bool:
        """Whether all that speaks to the reader stands in the quoted words of somebody else."""
        quotes = list(_QUOTE.finditer(text)) if len(text) <= LONGEST else []
        beside = _plain(_QUOTE.sub(" ", text))
        return (
            0 < len(quotes) <= MOST_QUOTES
            and all(self._is_anothers(text, quote) for quote in quotes)
            and all(one.search(beside) is None for one in (self.reader, self.unkind, self.joins))
        )

    def _is_anothers(self, text: str, quote: re.Match[str]) -> bool:
        """Whether somebody is named as who says it, before it or behind."""
        before = self.people.sub(_SOMEBODY, _plain(text[: quote.start()]))
        behind = self.people.sub(_SOMEBODY, _plain(text[quote.end() :]))
        return bool(self.quoted.search(before) or self.quoted_after.match(behind))

    def _told(self, plain: str, of: frozenset[Category]) -> frozenset[Category]:
        """The same, of a message that neither comforts nor advises."""
        named = self.people.sub(_SOMEBODY, plain)
        dreads = self.dread.search(plain) is not None
        if self.reader.search(self._unaddressed(plain) if dreads else plain) is not None:
            if self._is_confided(named):
                return of & {Category.EXPLOITATION}
            return frozenset() if self._joins_in(plain) else self._retold(plain, named, of)
        if dreads:
            return of
        harmless = self.unkind.search(plain) is None
        asks = self.plea.search(plain) is not None and harmless
        under = self._under_threat(named) if harmless else frozenset()
        return frozenset(
            category
            for category in of
            if (asks and category != Category.HATE)
            or category in under
            or self._is_told(named, category)
        )

    def _is_confided(self, named: str) -> bool:
        """Whether "you" is only who hears what somebody else does with the writer."""
        beside = self.confided.sub(" ", named)
        return (
            beside != named
            and self.reader.search(beside) is None
            and self.unkind.search(beside) is None
            and self.speaker.search(beside) is not None
            and self.others.search(beside) is not None
        )

    def _unaddressed(self, plain: str) -> str:
        """Without the words that only ask the reader to stay: "can you talk me down"."""
        return self.addressed.sub(" ", self.dread.sub(" ", plain))

    def _under_threat(self, named: str) -> frozenset[Category]:
        """What is told by who must do harm, or must pay or else be shown to others."""
        if len(named) > LONGEST:
            return frozenset()
        forced = {Category.HARM_TO_OTHERS} if self.forced.search(named) else set()
        if self.extorted.search(named):
            forced |= {Category.HARM_TO_OTHERS, Category.EXPLOITATION, Category.BULLYING}
        return frozenset(forced)

    def _joins_in(self, plain: str) -> bool:
        """Whether the writer takes up what is told, or will do harm of their own."""
        if self.joins.search(plain) is not None:
            return True
        return self.own_harm.search(self.speech.sub(" ", plain)) is not None

    def _is_told(self, named: str, category: Category) -> bool:
        """Whether somebody else does it; nothing is said to the reader."""
        reported = self.report.search(named) is not None
        if category == Category.HARM_TO_OTHERS:
            return self._is_no_threat(named, reported=reported)
        if category == Category.EXPLOITATION:
            both = self.speaker.search(named) and self.others.search(named)
            with_them = self.own_doing.search(named) and self.with_them.search(named)
            unnamed = self.unnamed.search(named) is not None
            return reported or both is not None or with_them is not None or unnamed
        done = self.done_to.search(named) is not None
        return (reported and done) if category == Category.HATE else (reported or done)

    def _is_no_threat(self, named: str, *, reported: bool) -> bool:
        """Whether others threaten, it was done already, is disowned, or asks for company."""
        if self.company.search(named) or self.disowned.search(named):
            return True
        done = reported or self.done.search(named) is not None
        return done and self.doer.search(self.witness.sub(" ", named)) is None

    def _retold(self, plain: str, named: str, of: frozenset[Category]) -> frozenset[Category]:
        """Which are told though "you" stands there, as it must only behind what others said.

        Either it was done to who writes, or it is told word for word. Whoever threatens may put
        "he said" before it, so that a threat word for word is told only of somebody at home.
        """
        report = self.like.search(named) or self.report.search(named)
        if report is None or self.reader.search(named, 0, report.end()) is not None:
            return frozenset()
        if self.done_to.search(named) or self.plea.search(named):
            return of
        if self.speaking.match(named, report.end()) is None:
            return frozenset()
        return of if self.at_home.search(plain) else of - {Category.HARM_TO_OTHERS}


def _plain(text: str) -> str:
    """Folded words with one space before each."""
    words = re.findall(r"\w+", read(text).folded.replace("'", ""))
    return "".join([f" {one if one.isdigit() else one.translate(_LEET)}" for one in words])
