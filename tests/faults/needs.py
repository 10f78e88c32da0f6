"""What a fault needs of the machine; a test that cannot have it is skipped and says precisely why.

`make test` installs the Debian packages where it may (tests/machine.sh); with CI=true a skip fails.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

PACKAGES = {
    "faketime": "faketime",
    "fusermount3": "fuse3",
    "ip": "iproute2",
    "iptables": "iptables",
    "mount": "mount",
    "prlimit": "util-linux",
    "strace": "strace",
    "tc": "iproute2",
}
"""Which package brings a program."""


def need(*programs: str, root: bool = False, device: str = "") -> None:
    """Skip the test unless these programs, root's rights and that device are there."""
    missing = [name for name in programs if shutil.which(name) is None]
    if missing:
        packages = " ".join(PACKAGES[name] for name in missing)
        pytest.skip(f"not installed: {packages} (tests/machine.sh)")
    if root and os.geteuid() != 0:
        pytest.skip("only root may make network namespaces, mounts and control groups")
    if device and not Path(device).exists():
        pytest.skip(f"this kernel has no {device}")
