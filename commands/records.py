"""`migrate`, `backup` and `restore`: the records brought up to date, copied and put back."""

from __future__ import annotations

import argparse
import asyncio
import time
from datetime import UTC, datetime
from pathlib import Path

from chat.settings import Settings
from commands.verbs import Verbs
from house.auditing import auditor_file
from house.places import MASTER_KEY, data_directory, database_url
from moderation.records import backup
from moderation.records.migrations import migrate


def add(verbs: Verbs) -> None:
    """Add these verbs."""
    verbs.add("migrate", upgrade, "bring the tables of the database up to date")
    backing = verbs.add("backup", back_up, "copy the records to a file, also while serving")
    backing.add_argument("--to", type=Path, required=True, metavar="FILE", help="a new file")
    restoring = verbs.add(
        "restore", restore, "put a copy in the place of the records, while no server runs"
    )
    restoring.add_argument(
        "--from", dest="source", type=Path, required=True, metavar="FILE", help="a copy by `backup`"
    )


async def upgrade(_: argparse.Namespace, settings: Settings) -> int:
    """Bring the tables of the database up to date, and let this school in."""
    data_directory(settings)
    await asyncio.to_thread(migrate, database_url(settings), settings.school.id)
    print("The records are up to date.")
    return 0


async def back_up(options: argparse.Namespace, settings: Settings) -> int:
    """Copy the records to a file, while the server runs or not."""
    size = await asyncio.to_thread(backup.back_up, database_url(settings), options.to)
    print(f"{options.to} holds everything that was kept until now, {size:,} bytes.")
    key = data_directory(settings) / MASTER_KEY
    print(f"It opens with {key} only: keep that somewhere else.")
    return 0


async def restore(options: argparse.Namespace, settings: Settings) -> int:
    """Put a copy in the place of the records, and say what is lost."""
    data = data_directory(settings)
    now = int(time.time() * 1000)
    url = database_url(settings)
    found = await asyncio.to_thread(backup.restore, url, options.source, now)
    print(f"Rooms that are back: {found.rooms}. Pages that were open in one will draw a gap.")
    if found.until is not None:
        until = datetime.fromtimestamp(found.until / 1000, UTC)
        print(f"Newest message in the copy: {until:%Y-%m-%d %H:%M:%S} UTC; nothing after it.")
    if found.lost is not None:
        print(f"Lost from the old file: {found.lost[0]} messages, {found.lost[1]} incidents.")
    if found.carried:
        print("What was preserved, closed, ended, barred or kept apart since then stays so. Roles,")
        print("passwords and second steps are those of the copy: look through People.")
    else:
        print("What was preserved, closed, ended, barred or kept apart since then is not known:")
        print("see Forgetting in docs/records.md before a server starts on it.")
    if found.aside is not None:
        print(f"The old file lies at {found.aside}: tell the safeguarding lead before deleting it.")
    seen = auditor_file(settings)
    if seen.exists():
        seen.rename(seen.with_name(f"{seen.name}.before-{now}"))
        print("The audit log ends earlier than the auditor had seen: start the auditor anew.")
    if not (data / MASTER_KEY).exists():
        print(f"There is no {data / 'master.key'}: put it back too, or nothing can be opened.")
    return 0
