"""What an operation answers when the rules say no; for every file that asks them over the rows."""

from __future__ import annotations


class Refused(Exception):  # noqa: N818 - an answer, told to a person
    """The rules say no; `code` stands in the table of refusals.

    `retry_after` is in how many seconds they may say yes, where only time is wanting.
    """

    def __init__(self, code: str, retry_after: float | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after = retry_after
