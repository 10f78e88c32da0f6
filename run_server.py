"""The command line of Peerline.

    python run_server.py serve --config peerline.toml

`house.py` builds what runs; `demo.py` is the school of `make run`; `enrol.py` makes cards offline.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import getpass
import logging
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO, cast

import structlog
from sqlalchemy import make_url

import demo
import doctor
import enrol
import house
import workers
from chat.faults import LogFile
from chat.paging import auditor_of
from chat.pulse import Pulse
from chat.reaching import channels_of
from chat.settings import BadSettings, Settings, load
from chat.socket.front_door import SPARE_FILES
from moderation.in_force import Loaded, load_rules
from moderation.people.people import People
from moderation.records import backup
from moderation.records.backup import NotABackup
from moderation.records.database import AlreadyOpen, BadAddress, Damaged
from moderation.records.migrations import FromTheFuture, migrate
from moderation.records.people import LoginTaken, NoSuchStaff
from moderation.records.store import Store, StoreUnavailable
from moderation.records.vault import BadKey
from moderation.roles import STAFF_ROLES, Action, Role, may

EXPECTED = (
    BadSettings, AlreadyOpen, BadAddress, BadKey, Damaged, FromTheFuture, NotABackup, LoginTaken,
    NoSuchStaff, OSError, ValueError,
)  # fmt: skip
"""What an operator can put right; told in one line."""

VERBS: dict[str, Action] = {
    "serve": Action.RUN_SERVER,
    "check": Action.RUN_SERVER,
    "migrate": Action.RUN_SERVER,
    "backup": Action.RUN_SERVER,
    "restore": Action.RUN_SERVER,
    "audit": Action.RUN_SERVER,
    "cards": Action.MANAGE_PEOPLE,
    "staff": Action.MANAGE_PEOPLE,
}
"""What every verb is. Whoever has the machine acts as an administrator: no verb reads content."""


def main(arguments: list[str] | None = None) -> int:
    """Run one verb; answers the exit status."""
    options = _parser().parse_args(arguments)
    _quiet_logs()
    if not may(Role.ADMINISTRATOR, VERBS[options.verb]):
        print(f"peerline: {options.verb} is not for an administrator", file=sys.stderr)
        return 2
    try:
        settings = load(options.config, os.environ)
        if options.demo:
            settings = demo.settings(settings)
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            status: int = runner.run(options.run(options, settings))
    except KeyboardInterrupt:
        return 0
    except EXPECTED as wrong:
        print(f"peerline: {wrong}", file=sys.stderr)
        return 2
    return status


async def serve(options: argparse.Namespace, settings: Settings) -> int:
    """Run the server, or several workers of it, until it is asked to stop."""
    if options.workers > 1:
        return await workers.look_after(settings, options.config, options.workers)
    _open_more_files(settings)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with house.records(settings) as (store, vault, people):
        server = house.Server(settings, store, vault, people)
        reload_on_sighup(server)
        bell = await demo.furnish(settings, store, people) if options.demo else None
        port = await server.start()
        if bell is None:
            print(f"Peerline is open on port {port}.", flush=True)
            await _first_administrator(settings, people)
        else:
            print(bell.welcome(server.origins[0]), flush=True)
        _spare_the_collector()
        beating = asyncio.ensure_future(Pulse(time.monotonic, _notified()).run())
        await stop.wait()
        beating.cancel()
        print("\nClosing; everything that was acknowledged is kept.", flush=True)
        await server.close()
        if bell is not None:
            await bell.close()
    return 0


def _spare_the_collector() -> None:
    """Look for unreachable cycles seldom, and never among what was built at the start.

    No message leaves a cycle behind, and the rules alone are hundreds of thousands of objects:
    walking them took a tenth of the processor under load.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def reload_on_sighup(server: house.Server) -> None:
    """Read the rules again on SIGHUP, while messages are judged; the log says what came of it."""
    reloading: set[asyncio.Task[Loaded]] = set()

    def again() -> None:
        task = asyncio.ensure_future(server.rules.reload())
        reloading.add(task)
        task.add_done_callback(reloading.discard)

    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, again)


async def _first_administrator(settings: Settings, people: People) -> None:
    """A fresh school has no account yet: whoever sees this console makes the first one.

    Students may be talking already, so records that are busy must not end the server.
    """
    with contextlib.suppress(StoreUnavailable):
        if not await people.accounts.has_administrator():
            token = await people.accounts.invite(Role.ADMINISTRATOR)
            print("No administrator has an account yet. This link makes one, once:", flush=True)
            print(f"  {_link(settings, token)}", flush=True)


def _open_more_files(settings: Settings) -> None:
    """Have as many open files as this server may need, as far as the machine allows it.

    Most machines give a process 1,024 and let it ask for more.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = settings.chat.max_connections + SPARE_FILES
    if 0 <= soft < wanted:
        allowed = wanted if hard < 0 else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))


def _notified() -> str:
    """Where systemd wants to hear of this process, if it started it."""
    return os.environ.get("NOTIFY_SOCKET", "")


def _link(settings: Settings, token: str) -> str:
    return f"{house.origins_of(settings)[0]}/staff/welcome#{token}"


async def check(_: argparse.Namespace, settings: Settings) -> int:
    """Say what is not as it should be, without starting anything."""
    data = Path(settings.server.data)
    judge = await asyncio.to_thread(load_rules, data, settings.decisions)
    print(f"rules      {judge.version}")
    address = make_url(house.database_url(settings))
    print(f"database   {address.render_as_string(hide_password=True)}")
    async with house.records(settings, beside=True) as (store, vault, _people):
        print("records    open and up to date")
        ways = channels_of(settings, vault, "https://localhost")
        print(f"channels   {', '.join(sorted(ways))}")
        faults = [*doctor.unsafe(settings), *await doctor.look(settings, store)]
        faults += await doctor.custodians(settings, store, time.time())
    for fault in faults:
        print(f"unsafe     {fault}")
    for words in doctor.advice(settings):
        print(f"advice     {words}")
    return 1 if faults else 0


async def audit(options: argparse.Namespace, settings: Settings) -> int:
    """Watch whether paging works until asked to stop; with --once, say what is wrong and end."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    store = await Store.beside(house.database_url(settings))
    try:
        auditor = auditor_of(settings, store, time.time, house.origins_of(settings)[0])
        if not options.once:
            print("The auditor watches.", flush=True)
            await auditor.run(settings.audit.every_seconds, stop)
            return 0
        troubles = await auditor.look()
    finally:
        await store.close()
    print("\n".join(troubles) or "Paging works.")
    return 1 if troubles else 0


async def upgrade(_: argparse.Namespace, settings: Settings) -> int:
    """Bring the tables of the database up to date."""
    house.data_directory(settings)
    await asyncio.to_thread(migrate, house.database_url(settings))
    print("The records are up to date.")
    return 0


async def back_up(options: argparse.Namespace, settings: Settings) -> int:
    """Copy the records to a file, while the server runs or not."""
    size = await asyncio.to_thread(backup.back_up, house.database_url(settings), options.to)
    print(f"{options.to} holds everything that was kept until now, {size:,} bytes.")
    print("It opens with data/master.key only: keep that somewhere else.")
    return 0


async def restore(options: argparse.Namespace, settings: Settings) -> int:
    """Put a copy in the place of the records, and say what is lost."""
    data = house.data_directory(settings)
    now = int(time.time() * 1000)
    url = house.database_url(settings)
    found = await asyncio.to_thread(backup.restore, url, options.source, now)
    print(f"{found.rooms} rooms are back, each with a new epoch: open pages will draw a gap.")
    if found.until is not None:
        until = datetime.fromtimestamp(found.until / 1000, UTC)
        print(f"Newest message in the copy: {until:%Y-%m-%d %H:%M:%S} UTC; nothing after it.")
    if found.lost is not None:
        print(f"Lost from the old file: {found.lost[0]} messages, {found.lost[1]} incidents.")
    if found.aside is not None:
        print(f"The old file lies at {found.aside}: tell the safeguarding lead before deleting it.")
    if not (data / "master.key").exists():
        print("There is no data/master.key here: put it back too, or nothing can be opened.")
    return 0


async def cards(options: argparse.Namespace, settings: Settings) -> int:
    """Print fresh card codes, one a line; they are kept nowhere."""
    async with house.records(settings, beside=True) as (_, _, people):
        for code in await people.issue_cards(options.count, options.band):
            print(code)
    return 0


async def staff(options: argparse.Namespace, settings: Settings) -> int:
    """Add staff, a way to reach them, or a new password; or close an account."""
    async with house.records(settings, beside=True) as (_, _, people):
        if options.act == "add":
            await people.add_staff(options.login, options.name, options.role, _ask_password())
        elif options.act == "contact":
            await people.add_contact(options.login, options.channel, options.address)
        elif options.act == "invite":
            token = await people.accounts.invite(
                options.role, login=options.login, name=options.name
            )
            print(_link(settings, token))
            return 0
        elif options.act == "password":
            await people.set_password(options.login, _ask_password())
        else:
            await people.disable_staff(options.login)
    print("Done.")
    return 0


def _ask_password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    return getpass.getpass("Password: ")


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop  # noqa: PLC0415 - optional
    except ImportError:
        return None
    return uvloop.new_event_loop


def _quiet_logs() -> None:
    """One line of JSON for each event, to standard error; never a payload."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", LogFile(sys.stderr))),
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="run_server.py",
        description="Peerline: anonymous peer-support chat that a school runs itself.",
        epilog="Settings come from the TOML file, then from PEERLINE__SECTION__KEY variables.",
    )
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--config", type=Path, metavar="FILE", help="settings as TOML")
    shared.add_argument("--demo", action="store_true", help="the made-up school of `make run`")
    late = argparse.ArgumentParser(add_help=False)  # the same, behind an act of a verb
    late.add_argument("--config", type=Path, metavar="FILE", default=argparse.SUPPRESS)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")

    def verb(name: str, run: Callable[..., object], *, help: str) -> argparse.ArgumentParser:  # noqa: A002
        made = verbs.add_parser(name, parents=[shared], description=help, help=help)
        made.set_defaults(run=run)
        return made

    serving = verb("serve", serve, help="run the server until it is asked to stop")
    serving.add_argument("--workers", type=int, default=1, metavar="N", help="processes (1)")
    verb("check", check, help="say what is unsafe or broken, without starting anything")
    auditing = verb("audit", audit, help="watch from outside whether paging works, in a process")
    auditing.add_argument("--once", action="store_true", help="look once, say what is wrong")
    verb("migrate", upgrade, help="bring the tables of the database up to date")

    backing = verb("backup", back_up, help="copy the records to a file, also while serving")
    backing.add_argument("--to", type=Path, required=True, metavar="FILE")
    restoring = verb("restore", restore, help="put a copy in the place of the records")
    restoring.add_argument("--from", dest="source", type=Path, required=True, metavar="FILE")

    carding = verb("cards", cards, help="make card codes for students")
    kinds = carding.add_subparsers(dest="act", required=True, metavar="ACT")
    issuing = kinds.add_parser(
        "issue", parents=[late], help="print new codes, one a line; nobody's identity"
    )
    issuing.add_argument("--count", type=int, default=1, metavar="N", help="how many (1)")
    issuing.add_argument("--band", default="all", metavar="NAME", help="age band; never mixed")
    enrol.add_acts(kinds, late)

    staffing = verb("staff", staff, help="add and change staff")
    acts = staffing.add_subparsers(dest="act", required=True, metavar="ACT")
    adding = acts.add_parser("add", parents=[late], help="a new account; the password is asked for")
    adding.add_argument("--login", required=True)
    adding.add_argument("--name", required=True, help="as colleagues see it")
    adding.add_argument("--role", required=True, choices=[role.value for role in STAFF_ROLES])
    inviting = acts.add_parser(
        "invite", parents=[late], help="a link by which somebody makes their account"
    )
    inviting.add_argument("--role", required=True, choices=[role.value for role in STAFF_ROLES])
    inviting.add_argument("--login", default="", help="left out, they choose it themselves")
    inviting.add_argument("--name", default="", help="as colleagues see it")
    reaching = acts.add_parser("contact", parents=[late], help="a way to reach somebody on call")
    reaching.add_argument("--login", required=True)
    reaching.add_argument("--channel", required=True, help="mail, webhook or a service")
    reaching.add_argument("--address", required=True)
    for act, words in (("password", "a new password"), ("disable", "close an account at once")):
        acts.add_parser(act, parents=[late], help=words).add_argument("--login", required=True)
    return parser


if __name__ == "__main__":
    sys.exit(main())
