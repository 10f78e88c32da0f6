"""A passkey of a made-up device: it makes keys and signs as WebAuthn level 3 section 6 says."""

from __future__ import annotations

import hashlib
import json
import os
import struct
from base64 import urlsafe_b64encode
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

_PRESENT, _VERIFIED, _ATTESTED = 0x01, 0x04, 0x40


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


class Device:
    """One passkey for one site; `uses` is its counter, which a test may turn back."""

    def __init__(self, host: str, origin: str) -> None:
        self.host = host
        self.origin = origin
        self.id = os.urandom(32)
        self.uses = 0
        self._key = ec.generate_private_key(ec.SECP256R1())

    def make(self, options: str) -> dict[str, Any]:
        """What a browser answers to options for a new passkey."""
        numbers = self._key.public_key().public_numbers()
        public = cbor2.dumps(
            {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        )
        about = self._about(_ATTESTED) + bytes(16) + struct.pack(">H", len(self.id))
        attested = {"fmt": "none", "attStmt": {}, "authData": about + self.id + public}
        said = self._said("webauthn.create", options)
        return self._answer(said, attestationObject=_text(cbor2.dumps(attested)))

    def sign(self, options: str) -> dict[str, Any]:
        """What a browser answers to options to sign."""
        self.uses += 1
        about, said = self._about(0), self._said("webauthn.get", options)
        signed = self._key.sign(about + hashlib.sha256(said).digest(), ec.ECDSA(SHA256()))
        return self._answer(said, authenticatorData=_text(about), signature=_text(signed))

    def _about(self, flags: int) -> bytes:
        host = hashlib.sha256(self.host.encode()).digest()
        return host + struct.pack(">BI", _PRESENT | _VERIFIED | flags, self.uses)

    def _said(self, kind: str, options: str) -> bytes:
        challenge = json.loads(options)["challenge"]
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _answer(self, said: bytes, **response: str) -> dict[str, Any]:
        name = _text(self.id)
        answer = {"clientDataJSON": _text(said), **response}
        return {"id": name, "rawId": name, "type": "public-key", "response": answer}
