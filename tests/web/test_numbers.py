"""The numbers page: its figures, and its file for spreadsheets."""

from __future__ import annotations

import csv
import io

import pytest

from moderation.terms import Attention, Category, Delivery, Finding
from tests.web.site import Site
from web.numbers import as_csv

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


async def test_the_figures_of_a_period_are_counted(site: Site) -> None:
    """Each day of the period is there, and nothing of what was said."""
    room = await site.room()
    found = Finding(Category.BULLYING, Attention.QUEUE, Delivery.DELIVER, "phrases", "insult", 0, 4)
    await site.say(room, 0, "a secret word", found)
    headers = await site.as_staff("lee")
    answer = await site.get("/api/numbers?days=7", headers)
    told = await answer.json()
    assert len(told["days"]) == 7
    assert (told["days"][-1]["messages"], told["days"][-1]["queued"]) == (1, 1)
    assert told["legs"][0]["name"] == "decided"
    assert "secret" not in await answer.text()
    for days in ("0", "-1", "100000", "x"):
        assert (await site.get(f"/api/numbers?days={days}", headers)).status == 400


async def test_the_file_for_a_spreadsheet_has_a_line_a_day(site: Site) -> None:
    """It is offered as a file, with a heading that names units."""
    answer = await site.get("/api/numbers.csv?days=30", await site.as_staff("una"))
    assert answer.content_type == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    head, *rows = csv.reader(io.StringIO(await answer.text()))
    assert head[:3] == ["day", "messages", "queued"]
    assert "look p50 ms" in head
    assert len(rows) == 30
    assert all(len(row) == len(head) for row in rows)


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_a_formula(text: str) -> None:
    """Whatever a cell holds, a spreadsheet takes it for text, and a reader gets it back."""
    ((cell, other),) = csv.reader(io.StringIO(as_csv([[text, -5]]), newline=""))
    assert cell == f"'{text}"
    assert other == "-5"
