"""What another server answers, read whole but never beyond a limit.

For shells that ask a server which is not ours: `people/issuer.py`, `scorers/web.py`.
"""

from __future__ import annotations

import aiohttp


class TooMuchError(ValueError):
    """The answer is longer than was to be read."""


async def body(answer: aiohttp.ClientResponse, most: int) -> bytes:
    """The whole body of an answer, in however many pieces it comes.

    Raises:
        TooMuchError: It has more than `most` bytes; the rest is not read.
        aiohttp.ClientError: The connection broke.
    """
    read = b""
    while piece := await answer.content.read(most + 1 - len(read)):
        read += piece
        if len(read) > most:
            raise TooMuchError
    return read
