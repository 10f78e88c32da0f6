"""What a page says, and what a channel promises.

Pure; used by every file of this package and by `incidents/duty.py`. A page says four
things and no more: the incident's code, its class, the time, and a link that needs a login. A
provider, a lock screen or a family member may read all of it.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Protocol


class Outcome(enum.StrEnum):
    """What became of one attempt; the values are page states.

    `SENT` means a provider took the page, which is not that anybody read it. `FAILED_FOR_GOOD` is
    kept for what no retry can change: a channel that is not set up, an address it cannot use.
    Whatever a provider answers is `FAILED_FOR_NOW`, since its "no" may be gone in a minute.
    """

    SENT = "sent"
    FAILED_FOR_NOW = "failed-for-now"
    FAILED_FOR_GOOD = "failed-for-good"


@dataclass(frozen=True, slots=True)
class Notice:
    """One page in plain words: `kind` is the class, `when` a time ready to be read.

    `key` names the page without saying anything: the same for every try, for receivers that can
    tell a repeat by it.
    """

    code: str
    kind: str
    when: str
    link: str
    key: str = ""

    @property
    def subject(self) -> str:
        """One line, for a lock screen."""
        return f"Peerline {self.code}: {self.kind}"

    @property
    def body(self) -> str:
        """The four things, one a line."""
        return f"{self.code}\n{self.kind}\n{self.when}\n{self.link}"

    @property
    def spoken(self) -> str:
        """What a voice says: the code letter by letter, and no link, which nobody can hear."""
        letters = ", ".join(letter for letter in self.code if letter.isalnum())
        return f"{self.kind}. {self.when}. The code is {letters}."

    @property
    def fields(self) -> dict[str, str]:
        """The four things by name, for channels that carry data."""
        return {"code": self.code, "class": self.kind, "time": self.when, "link": self.link}


class Channel(Protocol):
    """One way to reach an adult.

    `send` may take as long as its provider does, and is cancelled at the caller's timeout; it
    raises nothing for a provider's failure. No channel logs an address or keeps one.
    """

    def accepts(self, address: str) -> bool:
        """Whether a page could be sent there at all, judged without asking anybody."""

    async def send(self, address: str, notice: Notice) -> Outcome:
        """Send one page to one address."""
