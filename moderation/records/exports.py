"""Exports in the tables, each step one transaction with its entry in the audit.

About a case, or what one student wrote (`own_words.py`). Operations for `Store.write`; used by
`moderation/incidents/exports.py`. How exports stand is read in `stored_exports.py`. Who may do what
is asked of `export.py` over the row as it is, and of `incident.py` whether they may see the case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, bindparam, select

from moderation.incidents import incident
from moderation.incidents.export import AGREED_MS, ASKED_MS, UNDER_WAY, Act, State, judge
from moderation.incidents.incident import Actor
from moderation.records import audit, cases, incident_acts, locks, own_words, stored_exports
from moderation.records import tables as t
from moderation.records.cases import StoredCase
from moderation.records.incident_acts import IncidentAct, StoredIncident
from moderation.records.own_words import StoredWords
from moderation.records.refused import Refused
from moderation.records.stored_exports import StoredExport


@dataclass(frozen=True, slots=True)
class About:
    """What an export is about: a case, or a student; `erase` to delete what that student wrote."""

    incident: str | None = None
    student: str | None = None
    erase: bool | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """Somebody asks for it; for a case `with_peer` with the other student's words too."""

    code: str
    about: About
    sealed_why: bytes
    with_peer: bool
    actor: Actor
    now: int


@dataclass(frozen=True, slots=True)
class ExportAct:
    """A person's act on an export."""

    act: Act
    code: str
    actor: Actor
    now: int


@dataclass(frozen=True, slots=True)
class Contents:
    """A case, or a student's words, for whoever asked for it, and how they asked."""

    export: StoredExport
    what: StoredCase | StoredWords


_e = t.exports.c
_WHICH = select(_e.incident, _e.student, _e.erase).where(_e.code == bindparam("code"))
_OPEN = select(_e.code).where(
    _e.incident == bindparam("incident"),
    _e.state.in_(UNDER_WAY),
    _e.expires_at > bindparam("now"),
)


def ask(conn: Connection, rows: Sequence[Ask]) -> list[str | Refused]:
    """Write down requests; answers the code of each."""
    _lock(conn, [row.about for row in rows])
    return [_ask(conn, row) for row in rows]


def _ask(conn: Connection, row: Ask) -> str | Refused:
    wrong = _unfit(conn, row)
    if wrong is not None:
        return wrong
    conn.execute(
        t.exports.insert(),
        {
            "code": row.code,
            "school": row.actor.school,
            **asdict(row.about),
            "state": State.ASKED,
            "sealed_why": row.sealed_why,
            "with_peer": row.with_peer,
            "requested_by": row.actor.id,
            "requested_at": row.now,
            "expires_at": row.now + ASKED_MS,
        },
    )
    _note(conn, row, "ask", row.about)
    return row.code


def _unfit(conn: Connection, row: Ask) -> Refused | None:
    """Why that may not be asked for.

    Whoever asks has a roster of names. Of a student they are told nothing until a senior leader
    agreed: whether a case is open, or has the same student, would tell them alone whose it is.
    """
    about = row.about
    if about.student is not None:
        there = own_words.is_of_school(conn, about.student, row.actor.school)
        return None if there else Refused("not_found")
    found = _found(conn, about, row.actor, row.now)
    if not isinstance(found, StoredIncident):
        return found if isinstance(found, Refused) else Refused("not_found")
    asked = {"incident": about.incident, "now": row.now}
    taken = found.drill or conn.scalar(_OPEN, asked) is not None
    return Refused("changed") if taken else None


def act(conn: Connection, rows: Sequence[ExportAct]) -> list[State | Refused]:
    """Agree to exports, or end them; answers the state of each afterwards."""
    return [_act(conn, row) for row in rows]


def _act(conn: Connection, row: ExportAct) -> State | Refused:
    about = about_of(conn, row.code)
    if row.act is Act.AGREE and about.student is not None:
        taken = take(conn, row, about)
        return taken if isinstance(taken, Refused) else State.AGREED
    done = _judged(conn, row)
    return done if isinstance(done, Refused) else done[1]


def read_out(conn: Connection, rows: Sequence[ExportAct]) -> list[Contents | Refused]:
    """What it would hand to whoever asked for it; nobody has it before `hand` is kept."""
    return [_read_out(conn, row, one) for row, one in zip(rows, begin(conn, rows), strict=True)]


def hand(conn: Connection, rows: Sequence[ExportAct]) -> list[State | Refused]:
    """Hand it to whoever asked for it, each once; answers the state of each afterwards."""
    return [_hand(conn, row, one) for row, one in zip(rows, begin(conn, rows), strict=True)]


def begin(conn: Connection, rows: Sequence[ExportAct]) -> list[About]:
    """What those are about, and let no other transaction change it until the end."""
    about = [about_of(conn, row.code) for row in rows]
    _lock(conn, about)
    return about


def about_of(conn: Connection, code: str) -> About:
    """What that export is about; nothing, if there is none."""
    kept = conn.execute(_WHICH, {"code": code}).first()
    return About() if kept is None else About(*kept)


def _lock(conn: Connection, about: Sequence[About]) -> None:
    locks.students(conn, (one.student for one in about if one.student is not None))
    locks.incidents(conn, [one.incident for one in about if one.incident is not None])


def _read_out(conn: Connection, row: ExportAct, about: About) -> Contents | Refused:
    taken = Refused("changed") if about.erase else _takeable(conn, row, about)
    if isinstance(taken, Refused):
        return taken
    found, export = taken
    if isinstance(found, StoredIncident):
        return Contents(export, cases.whole(conn, found))
    return Contents(export, own_words.whole(conn, found))


def _hand(conn: Connection, row: ExportAct, about: About) -> State | Refused:
    taken = Refused("changed") if about.erase else take(conn, row, about)
    return taken if isinstance(taken, Refused) else State.HANDED


def take(
    conn: Connection, row: ExportAct, about: About
) -> tuple[StoredIncident | str, StoredExport] | Refused:
    """The incident, or the student, and the export as it was before that act, which is done."""
    taken = _takeable(conn, row, about)
    done = taken if isinstance(taken, Refused) else _judged(conn, row)
    return done if isinstance(done, Refused) else taken


def _takeable(
    conn: Connection, row: ExportAct, about: About
) -> tuple[StoredIncident | str, StoredExport] | Refused:
    """The same, and nothing is done."""
    stands = _stands(conn, row) if about.student is not None else None  # see `_unfit`
    if isinstance(stands, Refused):
        return stands
    found = _found(conn, about, row.actor, row.now)  # locks the incident, which comes first
    if isinstance(found, Refused):
        return found
    stands = stands or _stands(conn, row)
    return stands if isinstance(stands, Refused) else (found, stands[0])


def _found(
    conn: Connection, about: About, actor: Actor, now: int
) -> StoredIncident | str | Refused:
    """The incident if that person may see the case, or the student if they may have the words."""
    if about.incident is not None:
        look = IncidentAct(incident.Act.LOOK, about.incident, actor, now)
        judged = incident_acts.judged(conn, look)
        return judged if isinstance(judged, Refused) else judged[0]
    wrong = own_words.unfit(conn, about.student, actor, now, erase=bool(about.erase))
    return Refused(wrong) if wrong else about.student or ""


def _stands(conn: Connection, row: ExportAct) -> tuple[StoredExport, State] | Refused:
    """The export as it is, and its state after that act."""
    kept = stored_exports.locked(conn, row.code)
    if kept is None:
        return Refused("not_found")
    found, standing = kept
    state = judge(standing, row.act, row.actor, row.now)
    return (found, state) if isinstance(state, State) else Refused(state)


def _judged(conn: Connection, row: ExportAct) -> tuple[StoredExport, State] | Refused:
    """The same, and it is written down."""
    stands = _stands(conn, row)
    if isinstance(stands, Refused):
        return stands
    found, state = stands
    changed = t.exports.update().where(_e.code == row.code)
    conn.execute(changed.values(_values(row) | {"state": state}))
    _note(conn, row, row.act.value, About(found.incident, found.student, found.erase))
    return stands


def _values(row: ExportAct) -> dict[str, object]:
    if row.act is Act.HAND:
        return {"handed_at": row.now}
    values: dict[str, object] = {"answered_by": row.actor.id, "answered_at": row.now}
    if row.act is Act.AGREE:
        values["expires_at"] = row.now + AGREED_MS
    return values


def _note(conn: Connection, row: Ask | ExportAct, step: str, about: About) -> None:
    """A step in the audit log; beside a roster, a pseudonym there would tell one person alone."""
    kind = "export" if about.incident is not None else "erasure" if about.erase else "access"
    named = row.code if about.incident is None else f"{row.code} {about.incident}"
    audit.append(conn, [audit.Entry(row.now, row.actor.id, f"{kind}_{step}", named)])
