"""Who a student is, sealed so that it takes a key of each of two ranks to open; pure.

Used by the enrolment tool; `web/static/staff/sealed.js` says the same in the browser, and a test
with both holds them together. An identity is sealed under K = A xor B; half A is sealed to every
safeguarding lead, half B to every senior leader and perhaps to a key in the school's safe. Halves
are sealed by HPKE (RFC 9180, base mode: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM).
Chance is an argument, but for the one-time keys that HPKE makes by itself. Decision 22 says why.
"""

from __future__ import annotations

import enum
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from moderation.people.cards import ALPHABET

PADDED = 256
"""Bytes of every identity once it is padded, so that its length says nothing."""
KEY = 32
_NONCE = 12
_POINT = 65
HALF_BYTES = 113
"""Bytes of a sealed half: a point of the curve, 32 bytes and a tag."""
IDENTITY_BYTES = _NONCE + PADDED + 16
"""Bytes of a sealed identity."""

_SUITE = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class Half(enum.StrEnum):
    """Which half a key opens; a safe key opens the senior leaders' without being one of them."""

    A = "a"
    B = "b"
    SAFE = "safe"


class Sealed(Exception):  # noqa: N818 - says what was found
    """It does not open: another key, another student, or something was changed."""


class BadIdentity(ValueError):  # noqa: N818 - says what was found
    """An identity is longer than fits; the message says how long it may be."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a student is."""

    name: str
    group: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class SealedRecord:
    """An identity and its halves; `halves` by which half and the fingerprint of the key."""

    identity: bytes
    halves: Mapping[tuple[Half, str], bytes]


def seal(
    who: Identity,
    pseudonym: str,
    keys: Iterable[tuple[Half, bytes]],
    chance: Callable[[int], bytes],
) -> SealedRecord:
    """An identity sealed for these public keys; raises BadIdentity.

    `chance` gives so many random bytes, never the same twice.
    """
    first, second, nonce = chance(KEY), chance(KEY), chance(_NONCE)
    cipher = AESGCM(_both(first, second))
    sealed = nonce + cipher.encrypt(nonce, _padded(who), _about("identity", pseudonym))
    halves = {
        (half, fingerprint(public)): seal_half(
            first if half is Half.A else second, half, pseudonym, public
        )
        for half, public in keys
    }
    return SealedRecord(sealed, halves)


def seal_half(part: bytes, kind: str, pseudonym: str, public: bytes) -> bytes:
    """One half sealed to one public key; `kind` is a `Half`, or the reveal it is passed on for.

    Raises:
        ValueError: `public` is no point of the curve.
    """
    return _SUITE.encrypt(part, point(public), info=_about(f"half {kind}", pseudonym))


def open_half(
    sealed: bytes, kind: str, pseudonym: str, private: ec.EllipticCurvePrivateKey
) -> bytes:
    """The half that was sealed to this key; raises Sealed."""
    try:
        part = _SUITE.decrypt(sealed, private, info=_about(f"half {kind}", pseudonym))
    except (InvalidTag, ValueError):
        raise Sealed from None
    if len(part) != KEY:
        raise Sealed
    return part


def open_identity(sealed: bytes, pseudonym: str, first: bytes, second: bytes) -> Identity:
    """Who it is, by both halves; raises Sealed."""
    cipher = AESGCM(_both(first, second))
    nonce, rest = sealed[:_NONCE], sealed[_NONCE:]
    try:
        plain = cipher.decrypt(nonce, rest, _about("identity", pseudonym))
        name, group, number = json.loads(plain.rstrip(b"\0"))
    except (InvalidTag, ValueError):
        raise Sealed from None
    return Identity(name, group, number)


def point(public: bytes) -> ec.EllipticCurvePublicKey:
    """A public key of its 65 bytes; raises ValueError for what is no point of P-256."""
    if len(public) != _POINT:
        raise ValueError("a public key has 65 bytes")
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public)


def bytes_of(public: ec.EllipticCurvePublicKey) -> bytes:
    """The 65 bytes of a public key."""
    return public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def fingerprint(public: bytes) -> str:
    """What people compare: 160 bits of SHA-256 as eight groups of four letters (as on cards)."""
    number = int.from_bytes(hashlib.sha256(public).digest()[:20])
    letters = "".join(ALPHABET[(number >> shift) & 31] for shift in range(155, -1, -5))
    return "-".join(letters[at : at + 4] for at in range(0, 32, 4))


def _about(what: str, pseudonym: str) -> bytes:
    return f"peerline {what}\0{pseudonym}".encode()


def _padded(who: Identity) -> bytes:
    plain = json.dumps([who.name, who.group, who.number], ensure_ascii=False).encode()
    if len(plain) > PADDED:
        raise BadIdentity(f"a name, a group and a number have {PADDED - 12} bytes together at most")
    return plain.ljust(PADDED, b"\0")


def _both(first: bytes, second: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(first, second, strict=True))
