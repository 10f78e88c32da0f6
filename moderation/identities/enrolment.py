"""Enrolment on a safeguarding lead's own machine: cards, pseudonyms and sealed identities; pure.

For `commands/enrol.py`, and for whatever reads what it made; nothing here knows a server. From a
list of pupils and the public keys of the custodians it makes three things: codes to print beside
names, a batch that holds only what the server may know, and a roster, by which a lost card is
replaced. The batch has random pseudonyms in random order and no name; the roster has names and no
pseudonym. A few *canaries*, made-up students without a card, are sealed with them so that opening
can be practised.
"""

from __future__ import annotations

import csv
import io
from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, TypeVar

import msgspec

from moderation.identities.sealed import (
    HALF_BYTES,
    IDENTITY_BYTES,
    Half,
    Identity,
    SealedRecord,
    seal,
)
from moderation.people import cards

LEAST = 2
"""Custodians of each rank without whom nothing is sealed: one alone could be ill or gone."""
CANARIES = 3
COLUMNS = ("name", "class", "number", "band")
NO_BAND = "all"
"""The age band of pupils who were given none."""
MOST = 20_000
"""Pupils in one batch."""
_LONGEST = 200

F = TypeVar("F", bound=msgspec.Struct)
Chance = Callable[[int], bytes]

Digest = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
Pseudonym = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{22}$")]
Band = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9-]{1,16}$")]
Print = Annotated[str, msgspec.Meta(pattern=r"^([0-9A-Z]{4}-){7}[0-9A-Z]{4}$")]


class BadFile(ValueError):  # noqa: N818 - says what was found
    """A file of the enrolment cannot be used; the message says why and quotes no name."""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What all files share: nothing beyond the named fields."""


class _Head(msgspec.Struct, frozen=True):
    """What every file says of itself, though a field has a default: else `{}` would be one."""

    peerline: str
    form: int


class Custodian(_File, frozen=True, kw_only=True):
    """Whose key a half is sealed to; `public` in base64."""

    half: Half
    name: Annotated[str, msgspec.Meta(max_length=64)]
    public: bytes


class Custodians(_File, frozen=True, kw_only=True):
    """The public keys of a school, as its server gives them."""

    peerline: Literal["custodians"] = "custodians"
    form: Literal[1] = 1
    custodians: Annotated[tuple[Custodian, ...], msgspec.Meta(max_length=64)]


class HalfLine(_File, frozen=True, kw_only=True):
    """One half, sealed to the key with that fingerprint."""

    half: Half
    key: Print
    sealed: Annotated[bytes, msgspec.Meta(min_length=HALF_BYTES, max_length=HALF_BYTES)]


class Enrolled(_File, frozen=True, kw_only=True):
    """A pseudonym and the identity behind it, which takes two people to open."""

    pseudonym: Pseudonym
    identity: Annotated[bytes, msgspec.Meta(min_length=IDENTITY_BYTES, max_length=IDENTITY_BYTES)]
    halves: Annotated[tuple[HalfLine, ...], msgspec.Meta(min_length=2, max_length=64)]


class NewStudent(Enrolled, frozen=True, kw_only=True):
    """A student with a card; `replaces` is the card of the term before, whose bar is kept."""

    card: Digest
    band: Band = NO_BAND
    replaces: Digest | None = None


class Reissued(_File, frozen=True, kw_only=True):
    """A new card in the place of a lost one: the same pseudonym, whoever that is."""

    card: Digest
    replaces: Digest


class Batch(_File, frozen=True, kw_only=True):
    """What the server may know."""

    peerline: Literal["students"] = "students"
    form: Literal[1] = 1
    students: Annotated[tuple[NewStudent, ...], msgspec.Meta(max_length=MOST)] = ()
    canaries: Annotated[tuple[Enrolled, ...], msgspec.Meta(max_length=100)] = ()
    reissued: Annotated[tuple[Reissued, ...], msgspec.Meta(max_length=MOST)] = ()
    ended: Annotated[tuple[Digest, ...], msgspec.Meta(max_length=MOST)] = ()


class Pupil(_File, frozen=True, kw_only=True):
    """A line of the roster: who has which card, never which pseudonym."""

    name: str
    group: str
    number: str
    card: Digest


class Roster(_File, frozen=True, kw_only=True):
    """The lead's list for replacing lost cards."""

    peerline: Literal["roster"] = "roster"
    form: Literal[1] = 1
    pupils: tuple[Pupil, ...]


NAMES: dict[type, str] = {
    Custodians: "custodians.json",
    Batch: "students.json",
    Roster: "roster.json",
}
"""As what each file is handed out."""


@dataclass(frozen=True, slots=True)
class Card:
    """A code beside the name it is for, to be printed and cut out."""

    name: str
    group: str
    code: str


@dataclass(frozen=True, slots=True)
class Made:
    """The three things an enrolment makes."""

    cards: tuple[Card, ...]
    batch: Batch
    roster: Roster


def pupils_of(text: str) -> list[tuple[Identity, str]]:
    """Identities and age bands from CSV with the columns name, class, number, band; name is needed.

    Raises:
        BadFile: A column is unknown or `name` missing, a name is empty, or somebody stands twice.
    """
    columns, lines = _table(text)
    unknown = set(columns) - set(COLUMNS)
    if "name" not in columns or unknown:
        raise BadFile(f"the first line must name the columns {', '.join(COLUMNS)} (name is needed)")
    found: list[tuple[Identity, str]] = []
    seen: set[tuple[str, ...]] = set()
    for number, line in enumerate(lines, 2):
        who = Identity(*(_cell(line, name, number) for name in ("name", "class", "number")))
        if not who.name:
            raise BadFile(f"line {number}: there is no name")
        key = _key(who)
        if key in seen:
            raise BadFile(f"line {number}: that pupil stands there twice; give each a number")
        seen.add(key)
        found.append((who, _cell(line, "band", number).lower() or NO_BAND))
    if not found or len(found) > MOST:
        raise BadFile(f"there must be 1 to {MOST} pupils")
    return found


def enrol(
    pupils: Sequence[tuple[Identity, str]],
    keys: Sequence[tuple[Half, bytes]],
    chance: Chance,
    before: Roster | None = None,
) -> Made:
    """Cards, pseudonyms and sealed identities; `before` is the roster of the term before.

    Raises:
        BadFile: There are too few custodians of a rank, or a band is no word.
        BadIdentity: A name with its class and number is too long.
        ValueError: A public key is none.
    """
    for half, rank in ((Half.A, "safeguarding leads"), (Half.B, "senior leaders")):
        if len({public for kind, public in keys if kind is half}) < LEAST:
            raise BadFile(f"there must be keys of at least {LEAST} {rank}")
    known = {} if before is None else {_key(_who(one)): one.card for one in before.pupils}
    printed, students, roster = [], [], []
    for who, band in pupils:
        code = cards.code_of(chance(cards.BYTES))
        card = cards.digest(code.replace("-", ""))
        pseudonym = _pseudonym(chance)
        sealed = _enrolled(seal(who, pseudonym, keys, chance))
        old = known.get(_key(who))
        students.append(
            {"pseudonym": pseudonym, "card": card, "band": band, "replaces": old} | sealed
        )
        printed.append(Card(who.name, who.group, code))
        roster.append(Pupil(name=who.name, group=who.group, number=who.number, card=card))
    canaries = []
    for number in range(1, CANARIES + 1):
        pseudonym = _pseudonym(chance)
        who = Identity(f"Canary {number}: nobody, this was practice")
        canaries.append({"pseudonym": pseudonym} | _enrolled(seal(who, pseudonym, keys, chance)))
    students.sort(key=lambda one: str(one["pseudonym"]))  # chance's order, not that of the list
    try:
        batch = msgspec.convert({"students": students, "canaries": canaries}, Batch)
    except msgspec.ValidationError as error:
        raise BadFile(f"the pupils cannot be enrolled: {error}") from None
    return Made(tuple(printed), batch, Roster(pupils=tuple(roster)))


def read(raw: bytes, kind: type[F]) -> F:
    """A file of the enrolment; raises BadFile."""
    try:
        msgspec.json.decode(raw, type=_Head)
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError):
        named = NAMES[kind]
        raise BadFile(f"this is no {named} of an enrolment here, or it was changed") from None


def _table(text: str) -> tuple[list[str], list[dict[str, str | None]]]:
    """The columns of a CSV file, in small letters, and its lines by column."""
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    try:
        columns = [name.strip().lower() for name in reader.fieldnames or ()]
        reader.fieldnames = columns
        return columns, list(reader)
    except csv.Error:
        raise BadFile("this is no list of pupils in CSV, with columns and lines") from None


def _enrolled(record: SealedRecord) -> dict[str, object]:
    lines = [
        {"half": half, "key": key, "sealed": sealed}
        for (half, key), sealed in record.halves.items()
    ]
    return {"identity": record.identity, "halves": lines}


def _pseudonym(chance: Chance) -> str:
    return urlsafe_b64encode(chance(16))[:22].decode()


def _who(one: Pupil) -> Identity:
    return Identity(one.name, one.group, one.number)


def _key(who: Identity) -> tuple[str, ...]:
    """What makes a pupil the same one: the school's number, or the name and the class."""
    return (who.number,) if who.number else (who.name.casefold(), who.group.casefold())


def _cell(line: dict[str, str | None], name: str, number: int) -> str:
    value = (line.get(name) or "").strip()
    if len(value) > _LONGEST or not value.isprintable():
        raise BadFile(f"line {number}: {name} is too long, or has a character that cannot be read")
    return value
