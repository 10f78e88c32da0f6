"""The log page: who did what, for leads and auditors, and its file."""

from __future__ import annotations

import csv
import io

from moderation.records import audit
from moderation.records.audit import Entry
from tests.web.site import Site


async def test_the_log_is_read_newest_first_a_page_at_a_time(site: Site) -> None:
    """Each entry once, people by their names, and the end of the chain to write down."""
    headers = await site.as_staff("una")
    for n in range(150):
        await site.store.write(audit.append, Entry(site.now, audit.CONSOLE, "set_password", str(n)))
    told = await (await site.get("/api/log", headers)).json()
    numbers = [one["n"] for one in told["entries"]]
    assert (len(numbers), told["more"], numbers[0]) == (100, True, told["last"])
    last, digest = await site.store.read(audit.head)
    assert (told["last"], told["end"]) == (last, digest.hex())
    rest = await (await site.get(f"/api/log?before={numbers[-1]}", headers)).json()
    numbers += [one["n"] for one in rest["entries"]]
    assert numbers == list(range(last, 0, -1))
    assert not rest["more"]
    for before in ("-1", "x", "1" * 16, ""):
        assert (await site.get(f"/api/log?before={before}", headers)).status == 400


async def test_whoever_takes_the_log_away_stands_in_it(site: Site) -> None:
    """The file holds the period that was asked for, with the taking of it as its first line."""
    headers = await site.as_staff("lee")
    old = Entry(site.now - 40 * 86_400_000, audit.CONSOLE, "restore", "=cmd()")
    await site.store.write(audit.append, old)
    answer = await site.get("/api/log.csv?days=30", headers)
    head, first, *rows = csv.reader(io.StringIO(await answer.text()))
    assert head == ["number", "time (UTC)", "who", "what", "about"]
    assert first[2:] == ["Lee", "log_export", "30"]
    assert "restore" not in {row[3] for row in rows}
    whole = await (await site.get("/api/log.csv?days=90", headers)).text()
    assert ",restore,'=cmd()" in whole
    assert (await site.get("/api/log.csv?days=31", headers)).status == 400
