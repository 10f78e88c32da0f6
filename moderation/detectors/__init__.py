"""What looks at a message: one file for each detector, one line for each in `shipped`.

A detector has a `name` and `find(reading)`, which returns findings and changes nothing. One that
raises, or returns what is not a finding inside the text, is caught by `moderation/pipeline.py`.
It may name in `calling` the tokens it is about (`moderation/tokens.py`): then it is asked only
about messages with one of them, as written or with a disguise undone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moderation.rulebook import Rulebook
    from moderation.terms import Finding
    from moderation.text import Reading


class Detector(Protocol):
    """What `moderation/pipeline.py` calls."""

    @property
    def name(self) -> str:
        """The name that findings and faults carry."""

    def find(self, reading: Reading) -> Sequence[Finding]:
        """Everything this detector sees in one message."""


def shipped(book: Rulebook, before: Sequence[Detector] = ()) -> list[Detector]:
    """The detectors of the product, in the order in which findings are listed.

    What was learnt is shared with those of `before`, made beside other rules, and not read again.
    """
    from moderation.detectors.contact import Contact  # noqa: PLC0415 - loads phonenumbers
    from moderation.detectors.languages import Languages  # noqa: PLC0415
    from moderation.detectors.linear import Linear  # noqa: PLC0415 - loads the weights
    from moderation.detectors.names import Names  # noqa: PLC0415
    from moderation.detectors.phrases import Phrases  # noqa: PLC0415
    from moderation.detectors.places import Places  # noqa: PLC0415
    from moderation.detectors.profanity import Profanity  # noqa: PLC0415

    read = next((one for one in before if isinstance(one, Linear)), None)
    linear = read.beside(book) if read else Linear(book)
    return [
        Phrases(book),
        Profanity(book),
        Contact(book, linear.knows),
        Names(book, linear.knows),
        Places(book),
        Languages(book, linear.knows),
        linear,
    ]
