"""The verbs of `run_server.py cards` for enrolling: on a safeguarding lead's own machine, and back.

    python run_server.py cards enrol --pupils pupils.csv --custodians custodians.json --out NEW
    python run_server.py cards import students.json --config peerline.toml      # on the server

All but `import`, which opens the records, need no server, no settings and no network.
docs/identities.md says what is kept, by whom, and what is destroyed.
"""

from __future__ import annotations

import argparse
import os
import secrets
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec

import house
from chat.settings import Settings
from commands.card_sheet import sheet
from commands.verbs import Acts, Run, Verbs, secret, sentence
from moderation.identities import enrolment, keyfile, lost_cards
from moderation.identities.enrolment import (
    NO_BAND,
    BadFile,
    Batch,
    Custodians,
    Enrolled,
    F,
    Made,
    Roster,
)
from moderation.identities.registry import REFUSED, Registry
from moderation.identities.sealed import (
    Half,
    Identity,
    bytes_of,
    fingerprint,
    open_half,
    open_identity,
    seal,
)

CARDS, STUDENTS, ROSTER = "cards.html", enrolment.NAMES[Batch], enrolment.NAMES[Roster]
RANKS = {Half.A: "safeguarding lead", Half.B: "senior leader", Half.SAFE: "the key in the safe"}


def add_acts(verbs: Verbs, acts: Acts) -> None:
    """Add the acts of `cards` that enrol; each sets `run`. All but `import` take no settings."""
    making = _offline(acts, "enrol", "cards and sealed identities for pupils", enrol)
    _file(making, "--pupils", "CSV: name, class, number, band", required=True)
    _file(making, "--custodians", "from the identities page", required=True)
    _file(making, "--safe-key", "also seal for the key in the school's safe")
    _file(making, "--before", "roster of the term before: keep its bars")
    making.add_argument("--compared", action="store_true", help="fingerprints were compared")
    again = _offline(acts, "reissue", "a new card for one pupil who lost it", reissue)
    out = _offline(acts, "end", "take out one pupil's card, stolen or of who has left", end)
    for parser in (again, out):
        _file(parser, "--roster", "the roster of this term", required=True)
        parser.add_argument("--name", required=True, help="the pupil, as the roster has it")
        parser.add_argument("--number", default="", help="where two pupils have the same name")
    for parser in (making, again, out):
        parser.add_argument(
            "--out", type=Path, required=True, metavar="FOLDER", help="a new one, for the files"
        )
    for parser in (making, again):
        parser.add_argument(
            "--address", default="", metavar="URL", help="of the chat, to stand on each card"
        )
        parser.add_argument(
            "--line",
            action="append",
            default=[],
            metavar="WORDS",
            help="a name and number to call, to stand on each card; as often as you like",
        )
    trying = _offline(acts, "try", "open the canaries of a file with two keys", try_canaries)
    trying.add_argument("file", type=Path, help=STUDENTS)
    trying.add_argument(
        "--key", type=Path, action="append", required=True, metavar="FILE", help="of each rank one"
    )
    keeping = _offline(acts, "safe-key", "a key to lie in the school's safe", safe_key)
    _file(keeping, "--out", "the file it is kept in", required=True)
    taking = verbs.act(acts, "import", "give the server what was enrolled")
    taking.add_argument("file", type=Path, help=STUDENTS)
    taking.add_argument(
        "--new-term", action="store_true", help="every card that is not in the file stops working"
    )
    taking.set_defaults(run=take)


def _offline(acts: Acts, name: str, words: str, run: Run) -> argparse.ArgumentParser:
    """An act that needs no server and no settings."""
    made = acts.add_parser(name, help=f"offline: {words}", description=sentence(words))
    made.set_defaults(run=run)
    return made


def _file(act: argparse.ArgumentParser, name: str, words: str, *, required: bool = False) -> None:
    act.add_argument(name, type=Path, required=required, metavar="FILE", help=words)


async def enrol(options: argparse.Namespace, _: Settings) -> int:
    """Make cards, the file for the server, and the roster."""
    pupils = enrolment.pupils_of(options.pupils.read_text(encoding="utf-8"))
    keys = [(one.half, one.public) for one in _custodians(options)]
    _tell_bands(Counter(band for _, band in pupils))
    before = _read(options.before, Roster) if options.before else None
    if not options.compared and not _agreed():
        print("Nothing was made.")
        return 1
    made = enrolment.enrol(pupils, keys, secrets.token_bytes, before)
    self_test()
    _write(options, made)
    print(f"{len(made.cards)} pupils are enrolled; a record was sealed and opened as a test.")
    print(f"{CARDS}     print it, cut it, hand it out, then destroy file and rest")
    print(f"{STUDENTS}  import it on the server, then destroy it")
    print(f"{ROSTER}    keep it locked away: lost cards are replaced by it")
    return 0


def _tell_bands(counts: Mapping[str, int]) -> None:
    print("Only pupils of one age band are paired with each other:")
    for band, count in sorted(counts.items()):
        without = "  (no band: the youngest may meet the oldest)" if band == NO_BAND else ""
        print(f"  {band:16} {count}{without}")


async def reissue(options: argparse.Namespace, _: Settings) -> int:
    """Make a new card for one pupil, and the file that tells the server."""
    roster = _read(options.roster, Roster)
    made = lost_cards.reissue(roster, options.name, options.number, secrets.token_bytes)
    _write(options, made)
    print(f"Import {STUDENTS}: the old card stops working, and a bar stays. Keep the new {ROSTER}.")
    return 0


async def end(options: argparse.Namespace, _: Settings) -> int:
    """Make the file that tells the server that one pupil's card works no more."""
    roster = _read(options.roster, Roster)
    batch = lost_cards.end(roster, options.name, options.number)
    options.out.mkdir(mode=0o700, parents=True)
    _new_file(options.out / STUDENTS, msgspec.json.encode(batch))
    print(f"Import {STUDENTS}: the card stops working. `reissue` still makes a new one later.")
    return 0


async def try_canaries(options: argparse.Namespace, _: Settings) -> int:
    """Open the canaries of a batch with the keys of two custodians; never a pupil."""
    batch = _read(options.file, Batch)
    files = [path.read_bytes() for path in options.key]
    halves = [keyfile.read(raw)[0].half for raw in files]
    if sorted(half is Half.A for half in halves) != [False, True]:
        raise BadFile("give the keys of one safeguarding lead and one senior leader (or the safe)")
    keys = [
        (half, _unlocked(path, raw))
        for half, raw, path in zip(halves, files, options.key, strict=True)
    ]
    keys.sort(key=lambda one: one[0] is not Half.A)
    for canary in batch.canaries:
        first, second = (_opened(canary, half, private) for half, private in keys)
        print(open_identity(canary.identity, canary.pseudonym, first, second).name)
    print(f"All {len(batch.canaries)} canaries open.")
    return 0


async def safe_key(options: argparse.Namespace, _: Settings) -> int:
    """Make the key for the school's safe."""
    typed = secret("Passphrase: ")
    if secret("The same once more: ") != typed:
        raise BadFile("the two passphrases are not the same: nothing was made")
    raw = keyfile.make(Half.SAFE, "The school's safe", typed, secrets.token_bytes)
    _new_file(options.out, raw)
    print(f"Fingerprint {fingerprint(keyfile.read(raw)[1])}")
    print("Put the file, on a stick, and the passphrase, on paper, into the safe; keep no copy.")
    return 0


async def take(options: argparse.Namespace, settings: Settings) -> int:
    """Import a batch into the records, while the server runs or not."""
    batch = _read(options.file, Batch)
    async with house.open_ground(settings, beside=True) as ground:
        brought = f"{len(batch.students)} new, {len(batch.reissued)} again, {len(batch.ended)} out"
        await ground.people.on_console("import_cards", brought)
        taken = await Registry(ground.records).take(batch, new_term=options.new_term)
    print(f"{taken.students} students, {taken.canaries} canaries, {taken.reissued} new cards.")
    if taken.ended:
        print(f"Taken out: {taken.ended}. Nobody comes in with that any more.")
    for code in taken.refused:
        print(f"{code}: {REFUSED[code]}.", file=sys.stderr)
    if taken.closed:
        print(f"{taken.closed} older cards do not work any more.")
    print(f"Now destroy {options.file}, here and where it was made.")
    return 1 if taken.refused else 0


def self_test() -> None:
    """Seal a made-up pupil for throw-away keys and open it again; raises BadFile if it fails."""
    keys = {half: ec.generate_private_key(ec.SECP256R1()) for half in Half}
    publics = [(half, bytes_of(key.public_key())) for half, key in keys.items()]
    who, pseudonym = Identity("Nobody", "none", "0"), "self-test"
    record = seal(who, pseudonym, publics, secrets.token_bytes)
    parts = {
        half: open_half(sealed, half, pseudonym, keys[half])
        for (half, _), sealed in record.halves.items()
    }
    for other in (Half.B, Half.SAFE):
        if open_identity(record.identity, pseudonym, parts[Half.A], parts[other]) != who:
            raise BadFile("what was sealed did not open again: nothing was written")


def _custodians(options: argparse.Namespace) -> list[enrolment.Custodian]:
    """Whom to seal for, each printed with the fingerprint that is to be compared."""
    found = list(_read(options.custodians, Custodians).custodians)
    if options.safe_key:
        file, public = keyfile.read(options.safe_key.read_bytes())
        if file.half is not Half.SAFE:
            raise BadFile("--safe-key is a custodian's own key; make one with cards safe-key")
        found.append(enrolment.Custodian(half=Half.SAFE, name=file.name, public=public))
    print("Identities will be sealed for:")
    for one in found:
        print(f"  {fingerprint(one.public)}  {one.name} ({RANKS[one.half]})")
    return found


def _agreed() -> bool:
    print("Compare each line with what that person wrote down when they made their key.")
    return _line("Type yes if every one of them is the same: ").strip().lower() == "yes"


def _opened(canary: Enrolled, half: Half, private: ec.EllipticCurvePrivateKey) -> bytes:
    own = fingerprint(bytes_of(private.public_key()))
    for line in canary.halves:
        if (line.half, line.key) == (half, own):
            return open_half(line.sealed, half, canary.pseudonym, private)
    raise BadFile(f"nothing in this file is sealed for the key {own}")


def _unlocked(path: Path, raw: bytes) -> ec.EllipticCurvePrivateKey:
    """The key in a file; raises BadFile naming it."""
    try:
        return keyfile.unlock(raw, secret(f"Passphrase of {path.name}: "))
    except ValueError as wrong:
        raise BadFile(f"{path.name}: {wrong}") from None


def _read(path: Path, kind: type[F]) -> F:
    """A file of the enrolment; raises BadFile naming it."""
    try:
        return enrolment.read(path.read_bytes(), kind)
    except BadFile as wrong:
        raise BadFile(f"{path}: {wrong}") from None


def _write(options: argparse.Namespace, made: Made) -> None:
    folder: Path = options.out
    folder.mkdir(mode=0o700, parents=True)
    _new_file(folder / CARDS, sheet(made.cards, options.address, options.line).encode())
    _new_file(folder / STUDENTS, msgspec.json.encode(made.batch))
    _new_file(folder / ROSTER, msgspec.json.format(msgspec.json.encode(made.roster)))


def _new_file(path: Path, raw: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(raw)


def _line(asking: str) -> str:
    print(asking, end="", flush=True)
    return sys.stdin.readline()
