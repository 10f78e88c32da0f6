"""What is unsafe about an installation, each with what to do about it.

Used by `watch.py`. `unsafe` looks at the settings alone; `look` also at this machine and
the servers that the settings name; `advice` is about what is not unsafe, only unwise.
"""

from __future__ import annotations

import os
import resource
import stat
from datetime import date
from pathlib import Path

from sqlalchemy import Connection, make_url

from chat.settings import BadSettings, Settings, Staff
from chat.socket.no_room import SPARE_FILES
from house.auditing import unusable
from house.places import MASTER_KEY, tls_of
from moderation.records import custody, rotas, sealed_with
from moderation.records.server import is_loopback
from moderation.records.store import Store

KEY_YEARS = 2
"""Years after which a new master key is advised."""
NO_SHIFTS = (
    "the rota has no shifts: everybody is on call day and night, and the chat opens at any hour at"
    " which somebody is at the queue"
)
SOON = 14
"""Days before the end of a term on which it is told."""


def unsafe(settings: Settings) -> list[str]:
    """What is unsafe about these settings; nothing when students may come."""
    server = settings.server
    several = bool(settings.redis)
    shared = settings.database.startswith("postgresql")
    open_to_all = not is_loopback(server.host) and not server.tls_certificate
    found = {
        "school.demo is for trying things out: never with students": settings.school.demo,
        "chat.needs_staff is off: students could chat while nobody watches": (
            not settings.chat.needs_staff
        ),
        "server.origins is empty: name the address browsers use, https://…": not server.origins,
        "server.origins has an http:// address: sign-ins would be readable": any(
            origin.startswith("http://") for origin in server.origins
        ),
        "pager.mail.host is empty, pager.services too: pages could go by webhook only": (
            not settings.pager.mail.host and not settings.pager.services
        ),
        "drills.at is empty: nobody would notice that pages reach nobody until a child needs one": (
            not settings.drills.at
        ),
        "audit.dead_man_url is empty: nobody would learn that this machine stopped, and no end of"
        " the audit log would be kept elsewhere": not settings.audit.dead_man_url,
        "server.host is open to the network without TLS: set tls_certificate and tls_key, or listen"
        " on 127.0.0.1 behind a proxy": open_to_all,
        "redis is set but database is no PostgreSQL: nodes would match students and not share their"
        " rooms": several and not shared,
    }
    return [fault for fault, is_there in found.items() if is_there] + [
        *unusable(settings),
        *_tls(settings),
    ]


async def look(settings: Settings, store: Store) -> list[str]:
    """What is unsafe about this machine and the servers that the settings name."""
    found = _directory(Path(settings.server.data))
    if settings.database and make_url(settings.database).get_backend_name() == "postgresql":
        found += await store.read(_postgres)
    if settings.redis:
        found += await _redis(settings.redis)
    return found


def exposed(settings: Settings, config: Path | None) -> list[str]:
    """Which files with passwords or keys in them everybody on this machine can read."""
    files = [config, Path(settings.server.tls_key) if settings.server.tls_key else None]
    return [
        f"{file} can be read by everybody on this machine, with what is secret in it: chmod o= it"
        for file in files
        if file is not None and file.is_file() and file.stat().st_mode & stat.S_IROTH
    ]


async def custodians(settings: Settings, store: Store, now: float) -> list[str]:
    """Why identities could not be opened by two people; `now` in seconds since 1970."""
    return await store.read(custody.troubles, settings.school.id, int(now * 1000))


async def keys(settings: Settings, store: Store, now: float) -> list[str]:
    """What would be wise about the master key; `now` in seconds since 1970."""
    since, path = await store.read(sealed_with.since), Path(settings.server.data) / MASTER_KEY
    found = [
        f"{aside} lies beside its successor: keep it with the backups it opens, or destroy it"
        for aside in sorted(path.parent.glob(f"{path.name}.before-*"))
    ]
    if since is not None and now - since / 1000 > KEY_YEARS * 365 * 86_400:
        found.append(f"master.key is older than {KEY_YEARS} years: stop the server, keys rotate")
    return found


async def hours(settings: Settings, store: Store) -> list[str]:
    """What would be wise about when adults are on call, and so when the chat can open."""
    _, kept = await store.read(rotas.latest, settings.school.id)
    return [] if kept.shifts else [NO_SHIFTS]


def advice(settings: Settings, today: date) -> list[str]:
    """What will be in the way one day, and is not unsafe."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = settings.chat.max_connections + SPARE_FILES
    found = {
        f"only {most} files may be open, {needed} are needed: raise LimitNOFILE, or ulimit -n": (
            0 <= most < needed
        ),
        "second_opinion.model is no file: nobody would look again": bool(
            settings.second_opinion.model and not Path(settings.second_opinion.model).is_file()
        ),
        "no service of pager.services is spoken: nobody would be called, and a telephone on silent"
        " stays silent": not any(one.spoken for one in settings.pager.services.values()),
    }
    return [words for words, is_there in found.items() if is_there] + _term(settings.staff, today)


def _term(staff: Staff, today: date) -> list[str]:
    """What the last day of the term means for the accounts of staff."""
    if staff.term_ends is None or (staff.term_ends - today).days > SOON:
        return []
    if staff.term_ends >= today:
        return [f"staff.term_ends is {staff.term_ends}: every account of this term ends with it"]
    over = f"staff.term_ends is over since {staff.term_ends}: accounts of that term have ended, "
    return [f"{over}new ones last {staff.account_days} days; set the last day of this term"]


def _tls(settings: Settings) -> list[str]:
    try:
        tls_of(settings)
    except BadSettings as wrong:
        return [str(wrong)]
    return []


def _directory(data: Path) -> list[str]:
    status = data.stat()
    found = []
    if stat.S_IMODE(status.st_mode) & 0o077:
        found.append(f"{data} can be read by others: chmod 700 it")
    if status.st_uid != os.geteuid():
        found.append(f"{data} belongs to another account: run check as the one that serves")
    return found


def _postgres(conn: Connection) -> list[str]:
    advice = {
        "fsync": "PostgreSQL has fsync off: a power cut loses what was acknowledged; turn it on",
        "full_page_writes": "PostgreSQL has full_page_writes off: a power cut can tear pages",
        "autovacuum": "PostgreSQL has autovacuum off: it would not know its tables, and search them"
        " from end to end; turn it on",
    }
    return [
        words
        for name, words in advice.items()
        if conn.exec_driver_sql(f"SHOW {name}").scalar() != "on"
    ]


async def _redis(url: str) -> list[str]:
    from redis.exceptions import RedisError  # noqa: PLC0415 - installed for several nodes only

    from chat.live.redis import connect  # noqa: PLC0415 - the same

    client = connect(url)
    try:
        version = (await client.info("server"))["redis_version"]
    except (RedisError, OSError) as error:
        return [f"the Redis does not answer ({type(error).__name__}): nobody would be matched"]
    finally:
        await client.aclose()
    if int(version.split(".")[0]) < 7:  # noqa: PLR2004 - ZRANGE BYSCORE in scripts, RESP3
        return [f"Redis {version} is too old: 7 or newer is needed"]
    return []
