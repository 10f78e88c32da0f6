from __future__ import annotations

from pathlib import Path

import pytest

from moderation.records.master_key import NoKey, make_master_key, read_master_key
from moderation.records.vault import BadKey


def test_the_master_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    """A key file is made that only its owner can read, and never made over another."""
    path = tmp_path / "master.key"
    with pytest.raises(NoKey):
        read_master_key(path)
    key = make_master_key(path)
    assert len(key) == 32
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_master_key(path) == make_master_key(path) == key
    assert make_master_key(tmp_path / "other.key") != key


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o777])
def test_a_key_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    """A key file with wider rights is not used, and the refusal does not show it."""
    path = tmp_path / "master.key"
    key = make_master_key(path)
    path.chmod(mode)
    with pytest.raises(BadKey) as caught:
        read_master_key(path)
    assert key.hex() not in repr(caught.value)


def test_what_is_no_key_is_refused(tmp_path: Path) -> None:
    """A file of the wrong length, a link or a directory is not taken for a key."""
    short = tmp_path / "short"
    short.write_bytes(b"x" * 31)
    short.chmod(0o600)
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "real")
    make_master_key(tmp_path / "real")
    directory = tmp_path / "directory"
    directory.mkdir(0o700)
    for path in (short, link, directory):
        with pytest.raises(BadKey):
            read_master_key(path)
