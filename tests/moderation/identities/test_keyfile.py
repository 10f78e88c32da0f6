from __future__ import annotations

import json
import secrets

import msgspec
import pytest

from moderation.identities import keyfile
from moderation.identities.keyfile import BadKeyFile, KeyFile
from moderation.identities.sealed import Half, bytes_of

PASSPHRASE = "three quiet herons"


@pytest.fixture(scope="module")
def raw() -> bytes:
    """A key file; its passphrase costs a quarter of a second."""
    return keyfile.make(Half.SAFE, "The safe", PASSPHRASE, secrets.token_bytes)


def test_the_passphrase_opens_the_file(raw: bytes) -> None:
    """What comes out is the private key of the public key that stands there in the open."""
    file, public = keyfile.read(raw)
    assert (file.half, file.name) == (Half.SAFE, "The safe")
    assert bytes_of(keyfile.unlock(raw, PASSPHRASE).public_key()) == public


def test_another_passphrase_or_a_changed_file_opens_nothing(raw: bytes) -> None:
    """Nor does a file whose half was changed, so that a key serves for its own rank only."""
    changed = json.loads(raw) | {"half": "a"}
    for file, typed in ((raw, "three quiet hero"), (json.dumps(changed).encode(), PASSPHRASE)):
        with pytest.raises(BadKeyFile, match="does not open"):
            keyfile.unlock(file, typed)


@pytest.mark.parametrize(
    ("field", "value"),
    [("rounds", 1), ("rounds", 10**9), ("peerline", "roster"), ("more", 1), ("public", "?")],
)
def test_a_file_that_is_none_is_refused(raw: bytes, field: str, value: object) -> None:
    """Few rounds would be a weak key, very many a machine that never answers."""
    with pytest.raises(BadKeyFile, match="no key file"):
        keyfile.read(json.dumps(json.loads(raw) | {field: value}).encode())


def test_a_short_passphrase_is_refused() -> None:
    """A key file may be copied and tried for years."""
    with pytest.raises(BadKeyFile, match="12"):
        keyfile.make(Half.A, "Lee", "elevenchars", secrets.token_bytes)


def test_the_file_does_not_show_the_key(raw: bytes) -> None:
    """The private number stands nowhere in it in the open."""
    number = keyfile.unlock(raw, PASSPHRASE).private_numbers().private_value
    scalar = number.to_bytes(32)
    file = msgspec.json.decode(raw, type=KeyFile)
    assert scalar not in msgspec.json.decode(json.dumps(file.wrapped).encode(), type=bytes)
