"""Python and a real browser seal and open the same envelopes and the same key files."""

from __future__ import annotations

import secrets
from base64 import b64decode, b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from moderation.identities import keyfile
from moderation.identities.sealed import (
    Half,
    Identity,
    bytes_of,
    fingerprint,
    open_half,
    seal,
    seal_half,
)
from tests.browser.windows import Glass

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PASSPHRASE = "three quiet herons – and an owl"
ANN = "0123456789abcdefghijkl"

OPEN = """async ({ files, passphrase, halves, identity, ann }) => {
  const sealed = await import("/static/staff/sealed.js");
  const { openKey } = await import("/static/staff/keyfile.js");
  const parts = [];
  for (const [at, file] of files.entries()) {
    const own = await openKey(file, passphrase);
    parts.push(await sealed.open(own, sealed.halfOf(own.half, ann), sealed.fromBase64(halves[at])));
  }
  return sealed.openIdentity(sealed.fromBase64(identity), ann, ...parts);
}"""
MAKE = """async ({ passphrase, ann }) => {
  const sealed = await import("/static/staff/sealed.js");
  const { makeKey, openKey } = await import("/static/staff/keyfile.js");
  const { file, point, print } = await makeKey("a", "Lee", passphrase);
  const wrong = await openKey(file, passphrase + ".").catch((error) => error.message);
  const part = new Uint8Array(32).fill(7);
  const half = sealed.toBase64(await sealed.seal(point, sealed.halfOf("a", ann), part));
  return { file, print, wrong, half };
}"""
ATTEMPT = """async ({ file, passphrase, half, ann, kind }) => {
  const sealed = await import("/static/staff/sealed.js");
  const { openKey } = await import("/static/staff/keyfile.js");
  const own = await openKey(file, passphrase);
  const raw = sealed.fromBase64(half);
  return sealed.open(own, sealed.halfOf(kind, ann), raw).then(() => "opened", () => "refused");
}"""


async def test_P10_what_python_seals_chromium_opens(glass: Glass) -> None:
    """Records of the enrolment tool open in a custodian's browser, by key files of either."""
    files = [keyfile.make(half, "x", PASSPHRASE, secrets.token_bytes) for half in (Half.A, Half.B)]
    keys = [(keyfile.read(raw)[0].half, keyfile.read(raw)[1]) for raw in files]
    who = Identity("Zoë O’Néill-Łukasz", "9B", "1001")
    record = seal(who, ANN, keys, secrets.token_bytes)
    window = await glass.student()
    await window.visit()
    found = await window.page.evaluate(
        OPEN,
        {
            "files": [raw.decode() for raw in files],
            "passphrase": PASSPHRASE,
            "halves": [
                b64encode(record.halves[half, fingerprint(public)]).decode()
                for half, public in keys
            ],
            "identity": b64encode(record.identity).decode(),
            "ann": ANN,
        },
    )
    assert found == {"name": who.name, "group": who.group, "number": who.number}


async def test_P10_what_chromium_seals_python_opens(glass: Glass) -> None:
    """A key made in the browser, its file and its fingerprint are the same for the tool."""
    window = await glass.student()
    await window.visit()
    made = await window.page.evaluate(MAKE, {"passphrase": PASSPHRASE, "ann": ANN})
    file, public = keyfile.read(made["file"].encode())
    assert (file.half, file.name, fingerprint(public)) == (Half.A, "Lee", made["print"])
    assert made["wrong"] == "That passphrase does not open this key file."
    private = keyfile.unlock(made["file"].encode(), PASSPHRASE)
    assert bytes_of(private.public_key()) == public
    assert open_half(b64decode(made["half"]), Half.A, ANN, private) == bytes([7]) * 32


@pytest.mark.parametrize("wrong", ["kind", "pseudonym", "byte", "key"])
async def test_K11_chromium_opens_nothing_that_was_changed(glass: Glass, wrong: str) -> None:
    """The browser refuses what Python refuses: another rank, student, key, or a single bit."""
    raw = keyfile.make(Half.B, "Sue", PASSPHRASE, secrets.token_bytes)
    public = keyfile.read(raw)[1]
    if wrong == "key":
        public = bytes_of(ec.generate_private_key(ec.SECP256R1()).public_key())
    half = bytearray(seal_half(bytes(32), Half.B, ANN, public))
    half[80] ^= wrong == "byte"
    window = await glass.student()
    await window.visit()
    found = await window.page.evaluate(
        ATTEMPT,
        {
            "file": raw.decode(),
            "passphrase": PASSPHRASE,
            "half": b64encode(half).decode(),
            "ann": ANN[::-1] if wrong == "pseudonym" else ANN,
            "kind": "a" if wrong == "kind" else "b",
        },
    )
    assert found == "refused"
