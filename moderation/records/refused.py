"""What an operation answers when the rules say no; for every file that asks them over the rows."""

from __future__ import annotations


class Refused(Exception):  # noqa: N818 - an answer, told to a person
    """The rules say no; `code` stands in the table of refusals."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
