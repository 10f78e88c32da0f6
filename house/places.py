"""Where a server keeps its records and data and by which addresses it is known, by the settings."""

from __future__ import annotations

import os
import ssl
from pathlib import Path
from urllib.parse import urlsplit

from chat.settings import BadSettings, Settings
from moderation.records.server import is_loopback

MASTER_KEY = "master.key"
"""The file in the data directory that opens all that is sealed in the records."""


def database_url(settings: Settings) -> str:
    """Where the records are: as set, or a file in the data directory."""
    return settings.database or f"sqlite:///{Path(settings.server.data) / 'peerline.db'}"


def data_directory(settings: Settings) -> Path:
    """Where everything is kept that must last; made, for its owner only, if it is missing.

    Raises:
        BadSettings: It cannot be made.
    """
    data = Path(settings.server.data)
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BadSettings(f"server.data: {data}: {error.strerror}") from None
    return data


def origins_of(settings: Settings) -> tuple[str, ...]:
    """How browsers know this server; the first stands in links that are sent to people.

    Raises:
        BadSettings: Over one of them anybody on the way could read what children write.
    """
    server = settings.server
    for origin in server.origins:
        parts = urlsplit(origin)
        if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
            raise BadSettings(
                f"server.origins: {origin} could be read by anybody on the way: https://…"
                " (http:// is for this machine alone)"
            )
    if server.origins:
        return server.origins
    scheme = "https" if server.tls_certificate else "http"
    return tuple(f"{scheme}://{name}:{server.port}" for name in ("localhost", "127.0.0.1"))


def tls_of(settings: Settings) -> ssl.SSLContext | None:
    """What the door proves itself with; None where a proxy in front of it does.

    Raises:
        BadSettings: The certificate or its key cannot be used.
    """
    server = settings.server
    if not server.tls_certificate:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    for key, path in (("tls_certificate", server.tls_certificate), ("tls_key", server.tls_key)):
        if path and not os.access(path, os.R_OK):
            raise BadSettings(f"server.{key}: {path} is not there, or may not be read")
    try:
        context.load_cert_chain(server.tls_certificate, server.tls_key or None)
    except ssl.SSLError:
        raise BadSettings(
            "server.tls_certificate, server.tls_key: these are no certificate (with its chain) and"
            " its key, both as PEM"
        ) from None
    return context
