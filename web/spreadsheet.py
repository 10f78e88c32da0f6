"""A table as a file for a spreadsheet, safe to open in one.

Used by `numbers.py` and `reveals.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aiohttp import web

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
"""What a spreadsheet may take for the beginning of a formula (OWASP, CSV injection)."""


def spreadsheet(name: str, rows: Iterable[Sequence[object]]) -> web.Response:
    """Rows as a file of that name; the first says what stands in each column."""
    answer = web.Response(text=as_csv(rows), content_type="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def as_csv(rows: Iterable[Sequence[object]]) -> str:
    """Rows as CSV (RFC 4180); a cell that a spreadsheet could run is made text with a quote."""
    return "".join(",".join(map(_cell, row)) + "\r\n" for row in rows)


def _cell(value: object) -> str:
    if value is None:
        return ""
    text = str(value)
    if not isinstance(value, int | float) and text.lstrip(" ").startswith(_FORMULA):
        text = f"'{text}"
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in ',"\r\n\t ;') else text
