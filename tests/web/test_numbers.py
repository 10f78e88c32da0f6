"""The numbers page: its figures, and its file for spreadsheets."""

from __future__ import annotations

import csv
import io

from moderation.terms import Attention, Category, Delivery, Finding
from tests.web.site import Site


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
