"""A network of a test's own, in which packets can be lost, and nobody else notices.

A network namespace that the test's own thread enters: whatever it starts from then on lives in it,
and `127.0.0.1` is the only way between them. So servers may stay on loopback, as they must without
TLS, and a rule of iptables there is a broken cable between two of them.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import subprocess
from collections.abc import Iterator

from tests.faults.needs import need

NEW_NETWORK = 0x40000000
"""CLONE_NEWNET of <linux/sched.h>."""
_RULE = ("iptables", "-w", "-A", "INPUT", "-i", "lo")


def must(failed: int) -> None:
    """Raise OSError if a call of the C library failed."""
    if failed:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


class Network:
    """What can be done to it; `heal` undoes all."""

    @classmethod
    @contextlib.contextmanager
    def own(cls) -> Iterator[Network]:
        """Be in a new network until the end of the block; skips where that cannot be."""
        need("ip", "iptables", "tc", root=True)
        libc = ctypes.CDLL(None, use_errno=True)
        before = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        try:
            must(libc.unshare(NEW_NETWORK))
            _run("ip", "link", "set", "lo", "mtu", "1500", "up")
            yield cls()
        finally:
            must(libc.setns(before, NEW_NETWORK))
            os.close(before)

    def lose(self, port: int, share: float) -> None:
        """Lose that share of the packets to and from a port."""
        chance = ("-m", "statistic", "--mode", "random", "--probability", str(share))
        for end in ("--dport", "--sport"):
            _run(*_RULE, "-p", "tcp", end, str(port), *chance, "-j", "DROP")

    def cut(self, port: int) -> None:
        """Nothing comes to a port and nothing from it."""
        for end in ("--dport", "--sport"):
            _run(*_RULE, "-p", "tcp", end, str(port), "-j", "DROP")

    def deafen(self, port: int) -> None:
        """What is said to a port is heard there; what it answers is lost."""
        _run(*_RULE, "-p", "tcp", "--sport", str(port), "-j", "DROP")

    def swallow_the_world(self) -> None:
        """Packets to anywhere else leave, and nobody ever answers."""
        _run("ip", "route", "add", "local", "0.0.0.0/0", "dev", "lo")
        _run(*_RULE, "!", "-d", "127.0.0.0/8", "-j", "DROP")

    def thin(self, address: str, rate: str) -> None:
        """Nothing gets to this address faster than that rate, as tc writes it."""
        _run("tc", "qdisc", "add", "dev", "lo", "root", "handle", "1:", "htb")
        every = ("parent", "1:", "classid", "1:3", "htb", "rate", rate, "quantum", "1514")
        _run("tc", "class", "add", "dev", "lo", *every)
        line = ("parent", "1:3", "handle", "30:", "tbf", "rate", rate)
        _run("tc", "qdisc", "add", "dev", "lo", *line, "burst", "8kb", "latency", "400ms")
        match = ("u32", "match", "ip", "dst", f"{address}/32", "flowid", "1:3")
        _run("tc", "filter", "add", "dev", "lo", "parent", "1:", "protocol", "ip", *match)

    def buffers(self, most: int) -> None:
        """Let no socket made from now on keep more than so many bytes unsent."""
        _run("sysctl", "-q", "-w", f"net.ipv4.tcp_wmem=4096 16384 {most}")

    def heal(self) -> None:
        """Everything works again."""
        _run("iptables", "-w", "-F")
        subprocess.run(
            ["tc", "qdisc", "del", "dev", "lo", "root"], check=False, capture_output=True
        )


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
