"""`make simulate`: writes the plots into docs/pictures, and the tables into docs/scale.md."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

from bench.simulate.draw import Plot, svg
from bench.simulate.figures import Figures, enough, lived, share_of
from bench.simulate.school import MINUTE, TWO_HOURS, School
from chat.desk.urgency import Class

DOCS = Path(__file__).parent.parent.parent / "docs"
BEGIN, END = "<!-- simulated: begin -->", "<!-- simulated: end -->"

BUSY = 0.1
"""Knocks for each student on a bad day: five times an ordinary one."""
WIDE = 100
"""Rooms for each moderator when only their queue is looked at."""
MINUTES = (0.5, 1, 2, 3, 5, 8, 10)
SIZES = (1_000, 3_000, 10_000, 30_000, 200_000)
COUNTRY, DISTRICT = 10_000_000, 200_000

Table = tuple[str, list[str], list[list[str]]]


def matched() -> tuple[Plot, Table]:
    """How soon a student is paired, by the size of the pool."""
    schools = [
        ("1,000", School(1_000, 4)),
        ("1,000, two hours", School(1_000, 4, hours=TWO_HOURS)),
        ("10,000", School(10_000, 4)),
        ("200,000", School(200_000, 24)),
    ]
    found = [(name, lived(school)) for name, school in schools]
    lines = [(n, [(m, 100 * f.paired_within(m * MINUTE)) for m in (0, *MINUTES)]) for n, f in found]
    title = "Students who have been paired"
    across, up = "minutes since they knocked", "per cent of all who knock"
    plot = Plot(title, across, up, lines, most=100, ticks=range(0, 11, 2))
    head = ["students in one pool", "paired at once", "in 1 min", "in 5 min", "gave up"]
    head += ["p50 wait, s", "p95 wait, s"]
    rows = [[name, *_shares(each)] for name, each in found]
    return plot, (title, head, rows)


def _shares(found: Figures) -> list[str]:
    shares = [found.paired_within(seconds) for seconds in (0, MINUTE, 5 * MINUTE)]
    shares.append(found.total("gave_up") / found.total("knocks"))
    waits = [share_of(found.waits(), share) for share in (0.5, 0.95)]
    return [*(f"{share:.0%}" for share in shares), *(f"{wait:,.0f}" for wait in waits)]


def ages() -> tuple[Plot, Table]:
    """How long items wait at a desk with more or fewer people, however many rooms they follow."""
    few = range(1, 8)
    days = [
        lived(School(10_000, moderators, visits=BUSY, rooms_each=WIDE), 10_000)
        for moderators in few
    ]
    title = "Age of items when somebody takes them, a bad day of 10,000 students"
    names: dict[Class, str] = {"page": "page", "waiting": "a student waits", "look": "to look at"}
    ages = {which: [share_of(day.ages(which), 0.95) for day in days] for which in names}
    lines = [
        (name, [(m, min(ages[which][n], 400.0)) for n, m in enumerate(few)])
        for which, name in names.items()
    ]
    across, up = "moderators on shift", "seconds, 95th percentile; cut off at 400"
    plot = Plot(title, across, up, lines, most=400, ticks=few)
    head = ["moderators", "page p50 · p95, s", "a student waits p50 · p95, s"]
    head += ["to look at p50 · p95, s", "at an item, share of time"]
    rows = [
        [
            str(day.school.moderators),
            *(
                " · ".join(f"{share_of(day.ages(which), share):,.0f}" for share in (0.5, 0.95))
                for which in names
            ),
            f"{day.busy():.0%}",
        ]
        for day in days
    ]
    return plot, (title, head, rows)


def needed() -> tuple[Plot, Table]:
    """How many moderators are enough, by size; and what breaks with one fewer."""
    title = "Moderators that are enough at the busiest hour"
    days = {"an ordinary day": 0.02, "a bad day": BUSY}
    found = {
        name: [enough(School(size, 1, visits=visits)) for size in SIZES]
        for name, visits in days.items()
    }
    lines = [
        (name, [(each.school.students, each.school.moderators) for each, _ in results])
        for name, results in found.items()
    ]
    plot = Plot(title, "students in one pool", "moderators", lines, logarithmic=True)
    head = ["students", "day", "knocks", "rooms at most", "moderators", "one fewer breaks"]
    head += ["queue alone needs", "pages a day"]
    rows = [
        _needed_row(f"{each.school.students:,}", name, each, broken, 1)
        for name, results in found.items()
        for each, broken in results
        if each.school.students != 3_000
    ]
    for name, results in found.items():
        each, broken = results[-1]
        times = COUNTRY // DISTRICT
        rows.append(_needed_row(f"{COUNTRY:,}, {times} districts", name, each, broken, times))
    return plot, (title, head, rows)


def _needed_row(size: str, day: str, found: Figures, broken: list[str], times: int) -> list[str]:
    alone, _ = enough(replace(found.school, rooms_each=WIDE))
    counts = (
        found.total("knocks") / len(found.days),
        found.rooms_at_most(),
        found.school.moderators,
    )
    told = [f"{count * times:,.0f}" for count in counts]
    pages = found.a_day("page") * times
    few = f"{pages:.1f}" if pages < 10 else f"{pages:,.0f}"
    by_queue = f"{alone.school.moderators * times:,}"
    return [size, day, *told, ", ".join(broken), by_queue, few]


def _as_table(table: Table) -> str:
    title, head, rows = table
    lines = [f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows)]
    return f"{title}:\n\n" + "\n".join(lines)


def main() -> None:
    parts = []
    for name, make in (("matched", matched), ("ages", ages), ("moderators", needed)):
        plot, table = make()
        (DOCS / f"pictures/simulated-{name}.svg").write_text(svg(plot), encoding="utf-8")
        points = [y for _, line in plot.lines for _, y in line]
        assert not any(map(math.isnan, points)), name
        parts.append(f"![{plot.title}](pictures/simulated-{name}.svg)\n\n{_as_table(table)}")
        print(f"{name}: done", flush=True)
    page = DOCS / "scale.md"
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    body = "\n\n".join(parts)
    page.write_text(f"{before}{BEGIN}\n\n{body}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
