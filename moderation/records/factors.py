"""Second factors of staff in the tables: what each has, and each proof used once.

Operations for `Store.write`, queries for `Store.read`; used by `moderation/people/factors.py`. A
proof and the session it opens are one transaction, so that of two pages showing the same code one
gets in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, select

from moderation.records import account_tables as a
from moderation.records import audit, locks
from moderation.records import tables as t
from moderation.records.refused import Refused
from moderation.records.sessions import end_all_of

_m, _p, _c, _s = a.code_makers, a.passkeys, a.recovery_codes, t.sessions


@dataclass(frozen=True, slots=True)
class Passkey:
    """One passkey as its owner sees it, and what a signature is checked against."""

    id: bytes
    name: str
    made_at: int
    public_key: bytes
    uses: int


@dataclass(frozen=True, slots=True)
class Has:
    """Every second factor of somebody; `sealed_secret` is the code maker's, None without one."""

    sealed_secret: bytes | None
    passkeys: tuple[Passkey, ...]
    recovery_left: int

    @property
    def any(self) -> bool:
        """Whether there is a second factor at all; recovery codes alone are none."""
        return self.sealed_secret is not None or bool(self.passkeys)


@dataclass(frozen=True, slots=True)
class Step:
    """Six digits were right for this step of time, counted in thirties of seconds."""

    step: int


@dataclass(frozen=True, slots=True)
class Recovery:
    """A recovery code, by keyed hash."""

    lookup: bytes


@dataclass(frozen=True, slots=True)
class KeyUse:
    """A passkey signed, and its counter now stands there."""

    key: bytes
    uses: int


@dataclass(frozen=True, slots=True)
class Maker:
    """A new code maker, confirmed by a first code at that step."""

    sealed_secret: bytes
    step: int


@dataclass(frozen=True, slots=True)
class NewKey:
    """A new passkey."""

    key: bytes
    public_key: bytes
    uses: int
    name: str


@dataclass(frozen=True, slots=True)
class Asserted:
    """The school's own sign-in vouches for a second factor."""


@dataclass(frozen=True, slots=True)
class Papers:
    """Only new recovery codes, for somebody who proved themselves a moment ago."""


Proof = Step | Recovery | KeyUse | Maker | NewKey | Asserted | Papers

_ACTS: dict[type, str] = {
    Step: "proved_code",
    Recovery: "proved_recovery",
    KeyUse: "proved_passkey",
    Maker: "new_code_maker",
    NewKey: "new_passkey",
    Asserted: "proved_sso",
    Papers: "new_recovery_codes",
}


@dataclass(frozen=True, slots=True)
class Prove:
    """A proof, and the new session that takes the place of the one it was shown in.

    `codes` are keyed hashes of new recovery codes, which replace the old; none leaves them. Who is
    `keyed` proves nothing by codes or by the school's own sign-in once they have a passkey.
    """

    staff: str
    session: bytes
    new_session: bytes
    at: int
    proof: Proof
    keyed: bool = False
    codes: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a passkey of this session must sign; None to take it back."""

    session: bytes
    challenge: bytes | None


@dataclass(frozen=True, slots=True)
class Drop:
    """A factor its owner no longer wants: a passkey, or with None the code maker."""

    staff: str
    key: bytes | None
    at: int
    keyed: bool = False


@dataclass(frozen=True, slots=True)
class Wrong:
    """A proof that was none."""

    staff: str
    at: int
    why: str


_KEYS = select(_p.c.id, _p.c.name, _p.c.made_at, _p.c.public_key, _p.c.uses).where(
    _p.c.staff == bindparam("whose")
)
_LEFT = select(func.count()).where(_c.c.staff == bindparam("whose"), _c.c.used_at.is_(None))
_OLD = select(_s.c.started_at, _s.c.proved_at).where(
    _s.c.token_hash == bindparam("session"),
    _s.c.who == bindparam("whose"),
    _s.c.kind == "staff",
    _s.c.ended_at.is_(None),
)


def of(conn: Connection, staff: str) -> Has:
    """What somebody has."""
    secret = conn.scalar(select(_m.c.sealed_secret).where(_m.c.staff == staff))
    keys = conn.execute(_KEYS.order_by(_p.c.made_at), {"whose": staff})
    left = conn.scalar(_LEFT, {"whose": staff}) or 0
    return Has(secret, tuple(Passkey(*row) for row in keys), left)


def prove(conn: Connection, rows: Sequence[Prove]) -> list[Refused | None]:
    """Use proofs, each once, and open the sessions they lead to."""
    locks.staff(conn, (row.staff for row in rows))
    return [_prove(conn, row) for row in rows]


def _prove(conn: Connection, row: Prove) -> Refused | None:
    old = conn.execute(_OLD, {"session": row.session, "whose": row.staff}).first()
    if old is None:
        return Refused("bad_ticket")
    if not _use(conn, row):
        audit.append(conn, [audit.Entry(row.at, row.staff, "proof_used_twice", "factor")])
        return Refused("bad_proof")
    if row.codes:
        conn.execute(_c.delete().where(_c.c.staff == row.staff))
        conn.execute(_c.insert(), [{"lookup": one, "staff": row.staff} for one in row.codes])
    conn.execute(_s.update().where(_s.c.token_hash == row.session).values(ended_at=row.at))
    new = {"token_hash": row.new_session, "kind": "staff", "who": row.staff, "seen_at": row.at}
    started = row.at if old.proved_at is None else old.started_at
    conn.execute(
        _s.insert(), {**new, "started_at": started, "proved_at": row.at, "understood": False}
    )
    audit.append(conn, [audit.Entry(row.at, row.staff, _ACTS[type(row.proof)], "factor")])
    return None


def _use(conn: Connection, row: Prove) -> bool:
    """Whether the proof counts now: no step, code or counter counts twice."""
    if row.keyed and isinstance(row.proof, Step | Maker | Asserted) and _has_key(conn, row.staff):
        return False
    match row.proof:
        case Step(step):
            later = _m.update().where(_m.c.staff == row.staff, _m.c.last_step < step)
            return conn.execute(later.values(last_step=step)).rowcount == 1
        case Recovery(lookup):
            unused = (_c.c.lookup == lookup, _c.c.staff == row.staff, _c.c.used_at.is_(None))
            return conn.execute(_c.update().where(*unused).values(used_at=row.at)).rowcount == 1
        case KeyUse(key, uses):
            # Devices that keep no counter always say 0 (WebAuthn level 3, section 6.1.1).
            grown = (_p.c.uses < uses) if uses else (_p.c.uses == 0)
            ours = _p.update().where(_p.c.id == key, _p.c.staff == row.staff, grown)
            return conn.execute(ours.values(uses=uses)).rowcount == 1
        case Maker(secret, step):
            conn.execute(_m.delete().where(_m.c.staff == row.staff))
            made = {"staff": row.staff, "sealed_secret": secret, "last_step": step}
            conn.execute(_m.insert(), {**made, "confirmed_at": row.at})
        case NewKey():
            if row.keyed and not _has_key(conn, row.staff):
                # What a code opened was good for nothing until now, and must not become so.
                end_all_of(conn, [row.staff], row.at)
            return _add_key(conn, row.staff, row.proof, row.at)
    return True


def _has_key(conn: Connection, staff: str) -> bool:
    return conn.execute(_KEYS.limit(1), {"whose": staff}).first() is not None


def _add_key(conn: Connection, staff: str, new: NewKey, at: int) -> bool:
    if conn.execute(select(_p.c.id).where(_p.c.id == new.key)).first():
        return False
    values = {"public_key": new.public_key, "uses": new.uses, "name": new.name, "made_at": at}
    conn.execute(_p.insert(), {"id": new.key, "staff": staff, **values})
    return True


def set_challenge(conn: Connection, rows: Sequence[Challenge]) -> list[bytes | None]:
    """Set or take back what a session's passkey must sign; answers what it was before."""
    return [_set_challenge(conn, row) for row in rows]


def _set_challenge(conn: Connection, row: Challenge) -> bytes | None:
    this = _s.c.token_hash == row.session
    before: bytes | None = conn.scalar(select(_s.c.challenge).where(this))
    conn.execute(_s.update().where(this).values(challenge=row.challenge))
    return before


def drop(conn: Connection, rows: Sequence[Drop]) -> list[Refused | None]:
    """Take factors away, but never somebody's last one."""
    locks.staff(conn, (row.staff for row in rows))
    return [_drop(conn, row) for row in rows]


def _drop(conn: Connection, row: Drop) -> Refused | None:
    has = of(conn, row.staff)
    stays = len(has.passkeys) - (row.key is not None)
    if not row.keyed:
        stays += (has.sealed_secret is not None) - (row.key is None)
    if stays < 1:
        return Refused("last_factor")
    if row.key is None:
        conn.execute(_m.delete().where(_m.c.staff == row.staff))
    elif not conn.execute(_p.delete().where(_p.c.id == row.key, _p.c.staff == row.staff)).rowcount:
        return Refused("not_found")
    audit.append(conn, [audit.Entry(row.at, row.staff, "dropped_factor", "factor")])
    return None


def wrong(conn: Connection, rows: Sequence[Wrong]) -> list[None]:
    """Write down proofs that were none."""
    audit.append(conn, [audit.Entry(row.at, row.staff, "wrong_factor", row.why) for row in rows])
    return [None] * len(rows)
