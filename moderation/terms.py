"""The words of judging: what was seen in a message, and what must then happen.

Pure data, used by every other module of the three packages; nothing here decides anything.
A *finding* says what a detector saw. A *decision* says what happens, on two independent axes:
whom the message disturbs (`Attention`) and what the peer sees (`Delivery`).
"""

from __future__ import annotations

import enum
from typing import Literal

import msgspec


class Attention(enum.IntEnum):
    """Whom a message disturbs; the higher one wins when several apply."""

    NONE = 0
    QUEUE = 1
    PAGE = 2

    @property
    def word(self) -> str:
        """The name used on the wire, in tables and in evaluation records."""
        return self.name.lower()


class Delivery(enum.IntEnum):
    """What the peer sees; the stricter (higher) one wins when several apply."""

    DELIVER = 0
    MASK = 1
    REDACT = 2
    HOLD = 3

    @property
    def word(self) -> str:
        """The name used on the wire, in tables and in evaluation records."""
        return self.name.lower()


class Category(enum.StrEnum):
    """What a finding is about; `FAULT` is a failure of judging itself, never of a child.

    `LANGUAGE` says that no rule reads the language of the words: nobody knows what they say.
    """

    SUICIDE = "suicide"
    SELF_HARM = "self_harm"
    HARM_TO_OTHERS = "harm_to_others"
    ABUSE = "abuse"
    EXPLOITATION = "exploitation"
    BULLYING = "bullying"
    HATE = "hate"
    EATING_DISORDER = "eating_disorder"
    SUBSTANCE = "substance"
    CONCERN_FOR_OTHER = "concern_for_other"
    IDENTITY = "identity"
    PROFANITY = "profanity"
    LANGUAGE = "language"
    FAULT = "fault"


State = Literal["released", "masked", "redacted", "held", "withheld", "taken_back", "told"]
"""What became of a message: as written, words starred out, part hidden, being checked, or not.

`told` are words of staff to one student alone; they have no place in the room.
"""

CRY_FOR_HELP = frozenset(
    {
        Category.SUICIDE,
        Category.SELF_HARM,
        Category.ABUSE,
        Category.EATING_DISORDER,
        Category.SUBSTANCE,
        Category.CONCERN_FOR_OTHER,
    }
)
"""Categories in which a student asks for help: such a message is never held for its words."""


class Finding(msgspec.Struct, frozen=True, gc=False):
    """One thing one detector saw in one message.

    `start` and `end` are character offsets into the message as the student wrote it
    (half-open); an empty span means the whole message. `rule` names the rule and `detector` the
    file that holds it, so that a moderator can be told why. `signal` names a weak sign (a passive
    wish, a goodbye): alone it may disturb nobody, but two different ones together do.
    """

    category: Category
    attention: Attention
    delivery: Delivery
    detector: str
    rule: str
    start: int = 0
    end: int = 0
    signal: str = ""


class Decision(msgspec.Struct, frozen=True, gc=False):
    """What happens to one message: the outcome of judging it.

    `shown` is what the peer may see when `delivery` is not `HOLD`: the text itself, or the text
    with words starred out or spans replaced. `version` names the rules that decided.
    """

    attention: Attention
    delivery: Delivery
    findings: tuple[Finding, ...]
    shown: str
    version: str

    @property
    def category(self) -> Category | None:
        """The category of the finding that disturbs most, or None when nothing was found."""
        if not self.findings:
            return None
        return max(self.findings, key=lambda f: (f.attention, f.delivery)).category

    @property
    def asks_for_help(self) -> bool:
        """Whether some finding is a cry for help that a person should see."""
        return any(f.attention and f.category in CRY_FOR_HELP for f in self.findings)


class Text(str):
    """A student's words, which no log line or traceback may show: the repr is only a length."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<text of {len(self)} characters>"
