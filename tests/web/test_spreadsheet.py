from __future__ import annotations

import csv
import io

import pytest

from web.spreadsheet import as_csv

FORMULAS = (
    "=1+1",
    "=cmd|' /C calc'!A0",
    "+1",
    "-1",
    "@SUM(1+1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "|calc",
    "%0A=1",
    '=HYPERLINK("http://x","y")',
    "=1,2",
    '="a""b"',
)


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_a_formula(text: str) -> None:
    """Whatever a cell holds, a spreadsheet takes it for text, and a reader gets it back."""
    ((cell, other),) = csv.reader(io.StringIO(as_csv([[text, -5]]), newline=""))
    assert cell == f"'{text}"
    assert other == "-5"
