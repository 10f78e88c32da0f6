"""Sealing: every secret that lies in a table was put there through this file.

Used by the chat (room keys, message text), by `people.py` (card codes) and by the pager (contact
addresses, links in pages, the key push services know this house by). One master key, in a file
beside the database and never in it, opens everything through
subkeys made with HKDF (RFC 5869). Sealing is AES-256-GCM (NIST SP 800-38D) with random 96-bit
nonces; `about`, the identifier of the row, is bound to the sealed value, so that a value moved to
another row does not open. Destroying a room's wrapped key makes its words unreadable for good.

A master key can have a *successor*: what was sealed is sealed anew under it (`rotation.py`). What
was hashed cannot be, for nobody here knows card codes, and browsers know the push key; so the
subkeys for hashes are handed on, in the same file, and open nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from base64 import urlsafe_b64encode
from itertools import accumulate, pairwise

import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from moderation.ids import new_nonce
from moderation.terms import Text

KEY_BYTES = 32
_HANDED_ON = (
    (b"card codes", KEY_BYTES),
    (b"tries to sign in", KEY_BYTES),
    (b"links in pages", KEY_BYTES),
    (b"known browsers", KEY_BYTES),
    (b"web push", 48),
)
"""For what the subkeys are that a successor keeps, and their lengths."""
KEY_LENGTHS = (KEY_BYTES, KEY_BYTES + sum(length for _, length in _HANDED_ON))
"""Bytes of a first master key, and of a successor."""
_NONCE_BYTES = 12
_LINK_BYTES = 16
_TRY_BYTES = 16
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""How many points P-256 has (FIPS 186-5)."""
UNREADABLE = Text("These words cannot be opened any more.")
"""What stands in the place of a message, a note or the answers of a record that was damaged."""

_log = structlog.get_logger()
_FORM = b"\x01"
"""First byte of everything sealed, so that another way of sealing can follow one day."""


class Tampered(Exception):  # noqa: N818 - says what was found
    """A sealed value was changed, belongs elsewhere, or was sealed under another key."""


class BadKey(Exception):  # noqa: N818 - says what was found
    """The master key's file cannot be used; the message says why and never shows the key."""


def _seal(key: AESGCM, plain: bytes, about: str) -> bytes:
    nonce = new_nonce()
    return b"".join((_FORM, nonce, key.encrypt(nonce, plain, about.encode())))


def _open(key: AESGCM, sealed: bytes, about: str) -> bytes:
    if sealed[:1] != _FORM:
        raise Tampered
    try:
        return key.decrypt(sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :], about.encode())
    except (InvalidTag, ValueError):
        raise Tampered from None


class RoomKey:
    """The key of one room; keep the object while the room is open, making one is not free."""

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        self._key = AESGCM(key)

    def __repr__(self) -> str:
        return "<room key>"

    def seal(self, text: str, about: str) -> bytes:
        """The text sealed for the message whose mid is `about`."""
        return _seal(self._key, text.encode(), about)

    def open(self, sealed: bytes, about: str) -> Text:
        """The text of the message whose mid is `about`; raises Tampered."""
        return Text(_open(self._key, sealed, about).decode())

    def words(self, sealed: bytes, about: str) -> Text:
        """The same; of one that was damaged a sentence that says so, for it must close no chat."""
        try:
            return self.open(sealed, about)
        except Tampered:
            _log.error("message_damaged")
            return UNREADABLE


class Vault:
    """Everything the master key can do."""

    __slots__ = ("_fields", "_links", "_lookup", "_marks", "_push", "_tries", "_wrap")

    def __init__(self, master: bytes) -> None:
        """Take the bytes of a master key, the first or a successor; raises BadKey for others."""
        if len(master) not in KEY_LENGTHS:
            raise BadKey(f"a master key has {KEY_BYTES} bytes")
        sealing = master[:KEY_BYTES]
        self._wrap = AESGCM(_subkey(sealing, b"room keys"))
        self._fields = AESGCM(_subkey(sealing, b"fields"))
        self._lookup, self._tries, self._links, self._marks, self._push = _for_hashes(master)

    def __repr__(self) -> str:
        return "<vault>"

    def new_room(self) -> tuple[RoomKey, bytes]:
        """A fresh room key, and the same wrapped for `rooms.wrapped_key`."""
        key = os.urandom(KEY_BYTES)
        return RoomKey(key), _seal(self._wrap, key, "room")

    def room(self, wrapped: bytes) -> RoomKey:
        """The room key that was wrapped; raises Tampered."""
        return RoomKey(_open(self._wrap, wrapped, "room"))

    def wrap_anew(self, wrapped: bytes, before: Vault) -> bytes:
        """A room key that another vault wrapped, for this one; raises Tampered."""
        return _seal(self._wrap, _open(before._wrap, wrapped, "room"), "room")

    def seal_anew(self, sealed: bytes, before: Vault, about: str) -> bytes:
        """What another vault sealed for the same row, for this one; raises Tampered."""
        return self.seal_field(before.open_field(sealed, about), about)

    def seal_field(self, value: str, about: str) -> bytes:
        """An address, a reason or a note sealed for the row whose id is `about`."""
        return _seal(self._fields, value.encode(), about)

    def open_field(self, sealed: bytes, about: str) -> Text:
        """What `seal_field` sealed for the same row; raises Tampered."""
        return Text(_open(self._fields, sealed, about).decode())

    def lookup(self, code: str) -> bytes:
        """Keyed hash (HMAC-SHA256, RFC 2104) under which a card code is stored and found."""
        return hmac.new(self._lookup, code.encode(), hashlib.sha256).digest()

    def hash_try(self, name: str) -> bytes:
        """Keyed hash under which nodes tell each other of tries to sign in; never kept on disk."""
        return hmac.digest(self._tries, name.encode(), hashlib.sha256)[:_TRY_BYTES]

    def sign_link(self, page: str) -> str:
        """The word that a link holds for this page, and that nobody else could have made."""
        mac = hmac.digest(self._links, page.encode(), hashlib.sha256)[:_LINK_BYTES]
        return f"{page}.{urlsafe_b64encode(mac).rstrip(b'=').decode()}"

    def page_of(self, word: str) -> str | None:
        """The page a link's word was made for, or None for a word that was not made here."""
        page, _, _ = word.partition(".")
        right = hmac.compare_digest(self.sign_link(page).encode(), word.encode())
        return page if right else None

    def mark(self, about: str) -> str:
        """What a browser keeps to show that this server said that about it; 128 bits."""
        return hmac.digest(self._marks, about.encode(), hashlib.sha256)[:16].hex()

    def push_key(self) -> ec.EllipticCurvePrivateKey:
        """The key that push services know this house by (RFC 8292), the same at every start.

        48 bytes modulo the order of the curve, so that no key is noticeably likelier than another
        (FIPS 186-5, A.2.1).
        """
        return ec.derive_private_key(int.from_bytes(self._push) % (_ORDER - 1) + 1, ec.SECP256R1())


def successor(master: bytes) -> bytes:
    """A new master key that seals anew and hashes as that one did."""
    return b"".join((os.urandom(KEY_BYTES), *_for_hashes(master)))


def _for_hashes(master: bytes) -> list[bytes]:
    """The subkeys for hashes: of the first master key, or as they were handed on."""
    if len(master) == KEY_BYTES:
        return [_subkey(master, purpose, length) for purpose, length in _HANDED_ON]
    ends = list(accumulate((length for _, length in _HANDED_ON), initial=KEY_BYTES))
    return [master[start:end] for start, end in pairwise(ends)]


def _subkey(master: bytes, purpose: bytes, length: int = KEY_BYTES) -> bytes:
    hkdf = HKDF(algorithm=SHA256(), length=length, salt=None, info=b"peerline " + purpose)
    return hkdf.derive(master)
