"""The file a custodian keeps: their private key, wrapped by a passphrase; pure but for chance.

`web/static/staff/keyfile.js` makes and opens the same files in the browser. Used here by the
enrolment tool, for the key that lies in the school's safe and to try what was enrolled. The key is
wrapped by AES-256-GCM under PBKDF2-HMAC-SHA256 (RFC 8018): WebCrypto has no Argon2.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import Annotated, Literal

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from moderation.identities.sealed import Half, bytes_of

ROUNDS = 600_000
"""Rounds of PBKDF2 (OWASP Password Storage Cheat Sheet, for HMAC-SHA256)."""
MOST_ROUNDS = 10_000_000
SHORTEST = 12
"""Characters of a passphrase."""
_SCALAR = 32
_NONCE = 12
_SALT = 16


class BadKeyFile(ValueError):  # noqa: N818 - says what was found
    """A key file cannot be read, or its passphrase is another one; the message says which."""


class KeyFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What stands in the file; bytes in base64."""

    peerline: Literal["key"]
    form: Literal[1]
    half: Half
    name: Annotated[str, msgspec.Meta(max_length=64)]
    public: str
    rounds: Annotated[int, msgspec.Meta(ge=ROUNDS, le=MOST_ROUNDS)]
    salt: str
    wrapped: str


def make(half: Half, name: str, passphrase: str, chance: Callable[[int], bytes]) -> bytes:
    """A new key's file; raises BadKeyFile for a passphrase that is too short."""
    if len(passphrase) < SHORTEST:
        raise BadKeyFile(f"a passphrase has at least {SHORTEST} characters")
    private = ec.generate_private_key(ec.SECP256R1())
    public = bytes_of(private.public_key())
    salt, nonce = chance(_SALT), chance(_NONCE)
    scalar = private.private_numbers().private_value.to_bytes(_SCALAR)
    wrapped = nonce + _key(passphrase, salt, ROUNDS).encrypt(nonce, scalar, _about(half, public))
    file = KeyFile("key", 1, half, name, _text(public), ROUNDS, _text(salt), _text(wrapped))
    return msgspec.json.format(msgspec.json.encode(file), indent=2)


def read(raw: bytes) -> tuple[KeyFile, bytes]:
    """What a key file says, and its public key; no passphrase is needed. Raises BadKeyFile."""
    try:
        file = msgspec.json.decode(raw, type=KeyFile)
        return file, b64decode(file.public, validate=True)
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError):
        raise BadKeyFile("this is no key file of Peerline") from None


def unlock(raw: bytes, passphrase: str) -> ec.EllipticCurvePrivateKey:
    """The private key of a file; raises BadKeyFile."""
    file, public = read(raw)
    try:
        salt, wrapped = b64decode(file.salt, validate=True), b64decode(file.wrapped, validate=True)
        key = _key(passphrase, salt, file.rounds)
        scalar = key.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], _about(file.half, public))
    except (InvalidTag, ValueError):
        raise BadKeyFile("the passphrase does not open this key file") from None
    return ec.derive_private_key(int.from_bytes(scalar), ec.SECP256R1())


def _key(passphrase: str, salt: bytes, rounds: int) -> AESGCM:
    kdf = PBKDF2HMAC(algorithm=SHA256(), length=32, salt=salt, iterations=rounds)
    return AESGCM(kdf.derive(passphrase.encode()))


def _about(half: Half, public: bytes) -> bytes:
    return f"peerline key {half}\0".encode() + public


def _text(raw: bytes) -> str:
    return b64encode(raw).decode()
