"""A disk whose power can fail: what was written and not yet fsynced is forgotten.

A FUSE file system over a directory. Writes stay in its memory until fsync; a cut throws them away,
all or a random half of them, and lets nothing through until power is back, so that no program can
be told of anything that happened after it. Names (making, renaming, removing) last at once, as on a
journalling file system. `Power` is the test's side; the process behind a mount is this file as a
program. docs/faults.md says what it cannot show.
"""

from __future__ import annotations

import contextlib
import errno
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import mfusepy

from tests.faults.needs import need

ORDERS = OFF, HALF, ON = ".power-off", ".power-half", ".power-on"
"""Directories that, made on the mount, are orders to it and never exist."""
ROOT = Path(__file__).parents[2]


@dataclass
class Content:
    """What programs see of one file, and what of it the disk does not have."""

    below: int
    """The file itself, kept open."""
    data: bytearray
    unsynced: list[tuple[int, bytes] | int] = field(default_factory=list)
    """Writes at an offset, and sizes the file was cut or stretched to."""


class Disk(mfusepy.Operations):
    """The file system: everything as the directory below has it, but for unsynced bytes."""

    use_ns = True

    def __init__(self, below: str, chance: Random) -> None:
        self._below = below
        self._chance = chance
        self._contents: dict[int, Content] = {}
        self._inodes: dict[int, int] = {}
        self._power = True

    # --- power ---------------------------------------------------------------------------------

    def _cut(self, *, half: bool) -> None:
        self._power = False
        for inode, content in list(self._contents.items()):
            for change in content.unsynced if half else ():
                if self._chance.random() < 0.5:
                    _apply(content.below, change)
            self._forget(inode)

    def _forget(self, inode: int) -> None:
        os.close(self._contents.pop(inode).below)

    def _gone(self, path: str) -> None:
        """A name is about to go; what nobody has open goes with it."""
        with contextlib.suppress(FileNotFoundError):
            found = os.lstat(self._at(path))
            content = self._contents.get(found.st_ino)
            if content is not None and found.st_nlink == 1 and not self._is_open(found.st_ino):
                self._forget(found.st_ino)

    def _is_open(self, inode: int) -> bool:
        return inode in self._inodes.values()

    def _at(self, path: str) -> str:
        if not self._power:
            raise OSError(errno.EIO, "no power")
        return self._below + path

    def _content(self, handle: int) -> Content:
        self._at("")
        inode = self._inodes[handle]
        if inode not in self._contents:
            size = os.fstat(handle).st_size
            self._contents[inode] = Content(os.dup(handle), bytearray(os.pread(handle, size, 0)))
        return self._contents[inode]

    # --- names ---------------------------------------------------------------------------------

    def getattr(self, path: str, fh: int | None = None) -> dict[str, Any]:
        """What `stat` says; the size is the one programs see."""
        if path[1:] in ORDERS:
            raise OSError(errno.ENOENT, "an order")
        below = self._below if path == "/" else self._at(path)
        found = os.lstat(below) if fh is None else os.fstat(fh)
        wanted = ("atime_ns", "ctime_ns", "gid", "mode", "mtime_ns", "nlink", "size", "uid")
        told = {f"st_{name.removesuffix('_ns')}": getattr(found, f"st_{name}") for name in wanted}
        if found.st_ino in self._contents:
            told["st_size"] = len(self._contents[found.st_ino].data)
        return told

    def readdir(self, path: str, fh: int) -> list[str]:  # noqa: ARG002 - the library's shape
        """The names in a directory."""
        return [".", "..", *os.listdir(self._at(path))]

    def mkdir(self, path: str, mode: int) -> int:
        """A new directory, or an order to this disk."""
        if path[1:] == ON:
            self._power = True
        elif path[1:] in ORDERS:
            self._cut(half=path[1:] == HALF)
        else:
            os.mkdir(self._at(path), mode)
            self._own(path)
        return 0

    def _own(self, path: str) -> None:
        user, group, _ = mfusepy.fuse_get_context()
        os.lchown(self._at(path), user, group)

    def unlink(self, path: str) -> int:
        """Remove a name."""
        self._gone(path)
        os.unlink(self._at(path))
        return 0

    def rmdir(self, path: str) -> int:
        """Remove an empty directory."""
        os.rmdir(self._at(path))
        return 0

    def rename(self, old: str, new: str) -> int:
        """Another name, in the place of what had it."""
        self._gone(new)
        os.replace(self._at(old), self._at(new))
        return 0

    def link(self, target: str, source: str) -> int:
        """A second name."""
        os.link(self._at(source), self._at(target))
        return 0

    def chmod(self, path: str, mode: int) -> int:
        """Other rights."""
        os.chmod(self._at(path), mode)
        return 0

    def chown(self, path: str, uid: int, gid: int) -> int:
        """Another owner."""
        os.lchown(self._at(path), uid, gid)
        return 0

    def utimens(self, path: str, times: tuple[int, int] | None = None) -> int:
        """Other times."""
        os.utime(self._at(path), ns=times)
        return 0

    # --- bytes ---------------------------------------------------------------------------------

    def create(self, path: str, mode: int, fi: object = None) -> int:  # noqa: ARG002 - its shape
        """A new file, open."""
        handle = os.open(self._at(path), os.O_RDWR | os.O_CREAT | os.O_EXCL, mode)
        self._own(path)
        return self._opened(handle)

    def open(self, path: str, flags: int) -> int:  # noqa: ARG002 - the kernel has checked them
        """A file that is there."""
        return self._opened(os.open(self._at(path), os.O_RDWR))

    def _opened(self, handle: int) -> int:
        self._inodes[handle] = os.fstat(handle).st_ino
        return handle

    def read(self, path: str, size: int, offset: int, fh: int) -> bytes:
        """Bytes as programs see them."""
        self._at(path)
        content = self._contents.get(self._inodes[fh])
        return (
            os.pread(fh, size, offset)
            if content is None
            else bytes(content.data[offset : offset + size])
        )

    def write(self, path: str, data: bytes, offset: int, fh: int) -> int:  # noqa: ARG002
        """Bytes that the disk does not have yet."""
        content = self._content(fh)
        if offset > len(content.data):
            content.data.extend(bytes(offset - len(content.data)))
        content.data[offset : offset + len(data)] = data
        content.unsynced.append((offset, data))
        return len(data)

    def truncate(self, path: str, length: int, fh: int | None = None) -> int:
        """Another size, that the disk does not have yet."""
        if fh is None:
            handle = self.open(path, os.O_RDWR)
            self.truncate(path, length, handle)
            return self.release(path, handle)
        content = self._content(fh)
        del content.data[length:]
        content.data.extend(bytes(length - len(content.data)))
        content.unsynced.append(length)
        return 0

    def fsync(self, path: str, datasync: int, fh: int) -> int:  # noqa: ARG002 - its shape
        """From now on the disk has everything of this file."""
        self._at(path)
        content = self._contents.get(self._inodes[fh])
        for change in content.unsynced if content else ():
            _apply(fh, change)
        if content:
            content.unsynced.clear()
        return 0

    def release(self, path: str, fh: int) -> int:  # noqa: ARG002
        """A file is closed; that alone syncs nothing."""
        inode = self._inodes.pop(fh)
        content = self._contents.get(inode)
        if content and not content.unsynced and not self._is_open(inode):
            self._forget(inode)
        os.close(fh)
        return 0

    def fsyncdir(self, path: str, datasync: int, fh: int) -> int:  # noqa: ARG002
        """Names last at once."""
        return 0


def _apply(handle: int, change: tuple[int, bytes] | int) -> None:
    if isinstance(change, int):
        os.ftruncate(handle, change)
    else:
        os.pwrite(handle, change[1], change[0])


@dataclass
class Power:
    """The power of the disk mounted at `mount`; `below` is what the disk has."""

    mount: Path
    below: Path

    @classmethod
    @contextlib.contextmanager
    def over(cls, below: Path, seed: int = 5) -> Iterator[Power]:
        """A disk over that directory until the end of the block; skips where it cannot be."""
        need("fusermount3", root=True, device="/dev/fuse")
        mount = below.with_name(f"{below.name}-mounted")
        mount.mkdir()
        command = [sys.executable, "-m", "tests.faults.power", str(below), str(mount), str(seed)]
        with subprocess.Popen(command, cwd=ROOT) as process:
            try:
                deadline = time.monotonic() + 20
                while not os.path.ismount(mount):
                    assert process.poll() is None, "the disk ended by itself"
                    assert time.monotonic() < deadline, "the disk is not mounted"
                    time.sleep(0.02)
                yield cls(mount, below)
            finally:
                subprocess.run(["fusermount3", "-u", "-z", mount], check=True)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(20)
                process.kill()

    def cut(self, *, half: bool = False) -> None:
        """No power: what was not synced is gone, or half of it; all else fails until `back`."""
        self._order(HALF if half else OFF)

    def back(self) -> None:
        """Power is back; what programs had open is of no more use."""
        self._order(ON)

    def _order(self, name: str) -> None:
        with contextlib.suppress(OSError):
            (self.mount / name).mkdir()


def main(below: str, mount: str, seed: str) -> None:
    """Serve until unmounted."""
    os.umask(0)
    mfusepy.FUSE(
        Disk(below, Random(int(seed))),
        mount,
        foreground=True,
        nothreads=True,
        allow_other=True,
        default_permissions=True,
        attr_timeout=0,
        entry_timeout=0,
        negative_timeout=0,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
