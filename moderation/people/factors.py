"""Second factors of staff: codes from an app, passkeys, and recovery codes on paper.

Made by `people.py`, used by the pages. Codes are those of RFC 6238 (six digits, thirty seconds, one
step of tolerance), passkeys those of WebAuthn through the library `webauthn`; recovery codes have
80 random bits and are stored by keyed hash, like cards. Every proof counts once, and slower with
every wrong one. Nothing here puts a secret or a code into a log or an exception.
"""

from __future__ import annotations

import binascii
import hashlib
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection
from dataclasses import dataclass

import pyotp
import segno
import webauthn
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    UserVerificationRequirement,
)

from moderation.ids import hash_of, new_token
from moderation.people import cards
from moderation.people.brakes import Brakes
from moderation.records import factors as rows
from moderation.records.factors import Challenge, Drop, Has, Proof, Prove, Wrong
from moderation.records.of_school import SchoolRecords
from moderation.records.refused import Refused
from moderation.records.vault import Tampered

RECOVERY = 10
"""Recovery codes in a set."""
STEP = 30
"""Seconds a code from an app counts (RFC 6238)."""
LONGEST_KEY_NAME = 64
"""Characters of the name somebody gives a passkey."""


@dataclass(frozen=True, slots=True)
class Halfway:
    """Whoever has shown a password, and the session it was in; `fresh` after a recent proof.

    `keyed` is whether their role needs a passkey: a code from an app then only leads to making one.
    `known_since` is since when they are known in that browser, if they are (`own_account.py`).
    """

    id: str
    login: str
    name: str
    session: bytes
    proved: bool
    fresh: bool
    has: Has
    keyed: bool = False
    known_since: int | None = None

    @property
    def braked_as(self) -> str:
        """Under what wrong proofs count: apart for each browser in which they are known."""
        apart = "" if self.known_since is None else f" {self.known_since}"
        return f"factor {self.id}{apart}"

    @property
    def code_counts(self) -> bool:
        """Whether six digits from an app prove anything."""
        return self.has.sealed_secret is not None and not (self.keyed and self.has.passkeys)

    @property
    def may_enrol(self) -> bool:
        """Whether a new factor may be added: after a fresh proof, or when there is none yet."""
        return self.fresh or not (self.proved or self.has.any)


@dataclass(frozen=True, slots=True)
class Site:
    """The site a passkey is for: its host name, and the origins its pages come from."""

    name: str
    host: str
    origins: Collection[str]


@dataclass(frozen=True, slots=True)
class NewMaker:
    """What an app needs to make codes; `sealed` comes back with the first of them."""

    secret: str
    address: str
    picture: tuple[str, ...]
    sealed: str


@dataclass(frozen=True, slots=True)
class Proved:
    """The token of the new session, and recovery codes to keep, if there are new ones."""

    token: str
    recovery: tuple[str, ...] = ()


class Factors:
    """The second factors of one school."""

    def __init__(
        self,
        records: SchoolRecords,
        brakes: Brakes,
    ) -> None:
        self._store = records.store
        self._vault = records.vault
        self._now = records.now
        self._clock = records.clock
        self._brakes = brakes

    async def of(self, staff: str) -> Has:
        """What somebody has."""
        return await self._store.read(rows.of, staff)

    async def show_code(self, me: Halfway, typed: str) -> Proved:
        """Six digits from an app or a recovery code; raises Refused."""
        await self._brakes.pass_on(me.braked_as)
        letters = cards.read(typed)
        if letters is not None:
            return await self._prove(me, rows.Recovery(self._vault.lookup(letters)))
        if me.keyed and me.has.passkeys:
            raise Refused("passkey_needed")
        if me.has.sealed_secret is None:
            raise await self._wrong(me, "no_code_maker")
        secret = str(self._vault.open_field(me.has.sealed_secret, me.id))
        step = _step(secret, typed, self._clock())
        if step is None:
            raise await self._wrong(me, "code")
        return await self._prove(me, rows.Step(step))

    def new_maker(self, me: Halfway, site: Site) -> NewMaker:
        """A fresh secret for an app; nothing is kept before its first code."""
        secret = pyotp.random_base32()
        address = pyotp.TOTP(secret).provisioning_uri(name=me.login, issuer_name=site.name)
        rows = segno.make(address, error="m").matrix
        picture = tuple("".join("1" if dark else "0" for dark in row) for row in rows)
        sealed = self._vault.seal_field(secret, f"{me.id} {me.session.hex()}")
        return NewMaker(secret, address, picture, urlsafe_b64encode(sealed).decode())

    async def keep_maker(self, me: Halfway, sealed: str, typed: str) -> Proved:
        """The app's first code: from now on it is asked for; raises Refused."""
        if me.keyed:
            raise Refused("passkey_needed")
        await self._brakes.pass_on(me.braked_as)
        try:
            opened = self._vault.open_field(
                urlsafe_b64decode(sealed), f"{me.id} {me.session.hex()}"
            )
        except (Tampered, ValueError, binascii.Error):
            raise Refused("bad_field") from None
        step = _step(str(opened), typed, self._clock())
        if step is None:
            raise await self._wrong(me, "first_code")
        kept = self._vault.seal_field(str(opened), me.id)
        return await self._prove(me, rows.Maker(kept, step))

    async def ask_passkey(self, me: Halfway, site: Site) -> str:
        """Options for the browser to have one of this person's passkeys sign, as JSON."""
        known = [PublicKeyCredentialDescriptor(id=key.id) for key in me.has.passkeys]
        options = webauthn.generate_authentication_options(
            rp_id=site.host,
            allow_credentials=known,
            user_verification=UserVerificationRequirement.PREFERRED,
        )
        await self._store.write(rows.set_challenge, Challenge(me.session, options.challenge))
        return webauthn.options_to_json(options)

    async def show_passkey(self, me: Halfway, site: Site, signed: dict[str, object]) -> Proved:
        """What the browser answered to `ask_passkey`; raises Refused."""
        await self._brakes.pass_on(me.braked_as)
        challenge = await self._store.write(rows.set_challenge, Challenge(me.session, None))
        raw = _bytes(signed.get("id"))
        key = next((one for one in me.has.passkeys if one.id == raw), None)
        if challenge is None or key is None:
            raise await self._wrong(me, "passkey")
        try:
            found = webauthn.verify_authentication_response(
                credential=signed,
                expected_challenge=challenge,
                expected_rp_id=site.host,
                expected_origin=list(site.origins),
                credential_public_key=key.public_key,
                credential_current_sign_count=0,  # the counter is judged where it is stored
            )
        except (WebAuthnException, ValueError, TypeError, KeyError):
            raise await self._wrong(me, "passkey") from None
        return await self._prove(me, rows.KeyUse(key.id, found.new_sign_count))

    async def new_passkey(self, me: Halfway, site: Site) -> str:
        """Options for the browser to make a passkey, as JSON."""
        options = webauthn.generate_registration_options(
            rp_id=site.host,
            rp_name=site.name,
            user_name=me.login,
            user_display_name=me.name,
            user_id=hashlib.sha256(me.id.encode()).digest(),
            exclude_credentials=[
                PublicKeyCredentialDescriptor(id=key.id) for key in me.has.passkeys
            ],
            authenticator_selection=AuthenticatorSelectionCriteria(
                user_verification=UserVerificationRequirement.PREFERRED
            ),
        )
        await self._store.write(rows.set_challenge, Challenge(me.session, options.challenge))
        return webauthn.options_to_json(options)

    async def keep_passkey(
        self, me: Halfway, site: Site, made: dict[str, object], name: str
    ) -> Proved:
        """What the browser answered to `new_passkey`; raises Refused."""
        challenge = await self._store.write(rows.set_challenge, Challenge(me.session, None))
        if challenge is None:
            raise await self._wrong(me, "new_passkey")
        try:
            found = webauthn.verify_registration_response(
                credential=made,
                expected_challenge=challenge,
                expected_rp_id=site.host,
                expected_origin=list(site.origins),
            )
        except (WebAuthnException, ValueError, TypeError, KeyError):
            raise await self._wrong(me, "new_passkey") from None
        key, public = found.credential_id, found.credential_public_key
        named = name.strip()[:LONGEST_KEY_NAME] or "Passkey"
        return await self._prove(me, rows.NewKey(key, public, found.sign_count, named))

    async def new_recovery(self, me: Halfway) -> Proved:
        """A new set of recovery codes; the old ones stop working. Raises Refused."""
        return await self._prove(me, rows.Papers(), _codes())

    async def vouched(self, me: Halfway) -> Proved:
        """The school's own sign-in has asked for a second factor already."""
        return await self._prove(me, rows.Asserted())

    async def drop(self, me: Halfway, key: bytes | None) -> None:
        """Take a passkey away, or with None the code maker; raises Refused."""
        await self._store.write(rows.drop, Drop(me.id, key, self._now(), me.keyed))

    async def _prove(self, me: Halfway, proof: Proof, codes: tuple[str, ...] = ()) -> Proved:
        if isinstance(proof, rows.Maker | rows.NewKey) and not me.has.any:
            codes = _codes()
        token = new_token()
        row = Prove(
            staff=me.id,
            session=me.session,
            new_session=hash_of(token),
            at=self._now(),
            proof=proof,
            keyed=me.keyed,
            codes=tuple(self._vault.lookup(code.replace("-", "")) for code in codes),
        )
        await self._store.write(rows.prove, row)
        await self._brakes.succeeded(me.braked_as)
        return Proved(token, codes)

    async def _wrong(self, me: Halfway, why: str) -> Refused:
        await self._store.write(rows.wrong, Wrong(me.id, self._now(), why))
        return Refused("bad_proof")


def _step(secret: str, typed: str, now: float) -> int | None:
    """The step of time these digits are right for, at most one away from now, or None."""
    digits = "".join(typed.split())
    if not (digits.isascii() and digits.isdigit()):
        return None
    here = int(now) // STEP
    maker = pyotp.TOTP(secret)
    for step in (here, here - 1, here + 1):
        if secrets.compare_digest(maker.generate_otp(step), digits):
            return step
    return None


def _codes() -> tuple[str, ...]:
    return tuple(cards.code_of(secrets.token_bytes(cards.BYTES)) for _ in range(RECOVERY))


def _bytes(value: object) -> bytes:
    try:
        return base64url_to_bytes(value) if isinstance(value, str) else b""
    except ValueError:
        return b""
