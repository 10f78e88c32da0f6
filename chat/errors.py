"""Every refusal Peerline can give: one table of values, used by the socket, the API and the pages.

A refusal is a value, not an exception class: the socket sends its code and plain words, HTTP
answers with its status, and where the connection must end, its close code says whether a client
should come back (4000-4499, and RFC 6455's own codes where they fit) or not (4500-4999).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from chat.frames import shared


@dataclass(frozen=True, slots=True)
class Refusal:
    """One way to say no. `words` are shown to students as they stand and never echo input."""

    code: str
    words: str
    status: int
    close: int | None = None
    retry: bool = False


_TABLE = (
    # What was sent cannot be read.
    Refusal("bad_json", "That message could not be read.", 400),
    Refusal("bad_field", "Part of that message was not right.", 400),
    Refusal("unknown_type", "This page sent something we do not know.", 400),
    Refusal("bad_text", "That has characters we cannot show. Please type it another way.", 400),
    Refusal("empty", "There is nothing in that message yet.", 400),
    Refusal("too_long", "That message is too long. Please send it in parts.", 413),
    Refusal("unsupported", "Please send this as JSON.", 415),
    Refusal("too_slow", "That took too long to arrive. Please try again.", 408, retry=True),
    Refusal("wrong_method", "That cannot be done this way.", 405),
    Refusal("wrong_host", "This is not the address of Peerline.", 421),
    Refusal("bad_address", "Pages cannot be sent there. Check it, letter by letter.", 400),
    Refusal("too_many_contacts", "Take one of your others out first.", 409),
    Refusal("cid_conflict", "That message was already sent with other words.", 409),
    # Who is asking.
    Refusal("bad_card", "That card code did not work. Check each letter and try again.", 403),
    Refusal("bad_login", "That login and password do not match. Try again, letter by letter.", 403),
    Refusal("ended_card", "This card does not work any more. Ask at school for a new one.", 403),
    Refusal("bad_invitation", "This link does not work any more. Ask for a new one.", 403),
    Refusal("bad_password", "Nobody may have that password. Choose another one.", 400),
    Refusal("login_taken", "Somebody has that login already.", 409),
    Refusal("needs_agreement", "Others must agree before this link works.", 409),
    Refusal("needs_invitation", "This role is given by an invitation that others agree to.", 409),
    Refusal("bad_proof", "That did not match, or was used already. Try the next one.", 403),
    Refusal("passkey_needed", "Your role needs a passkey. A code from an app is not enough.", 403),
    Refusal("prove_again", "This needs your second step once more.", 403),
    Refusal("last_factor", "This is your only second step. Set up another one first.", 409),
    Refusal(
        "sso_failed", "Signing in with your school account did not work. Use your password.", 400
    ),
    Refusal("bad_origin", "This page may not talk to Peerline.", 403),
    Refusal("bad_ticket", "Please sign in again.", 401, close=4503),
    Refusal("forbidden", "You are not allowed to do that.", 403),
    Refusal("barred", "You cannot use the chat at the moment. A person can tell you why.", 403),
    Refusal("not_understood", "Please answer the question about who can see this first.", 409),
    # What is asked for is not there, or not now.
    Refusal("not_found", "We could not find that.", 404),
    Refusal("ended", "This chat has ended.", 410),
    Refusal("not_in_room", "You are not in a chat.", 409),
    Refusal("already_in_room", "You are already in a chat.", 409),
    Refusal("already_claimed", "Somebody else is looking at this.", 409),
    Refusal("too_late", "It is too late to take that back.", 409),
    Refusal("muted", "A moderator has paused your messages for a while.", 403),
    Refusal("off_shift", "You are off shift. Go on shift first.", 409),
    Refusal("rest", "You have read much of this lately. Somebody else can take it.", 409),
    Refusal("changed", "This changed while you were looking. Here it is now.", 409),
    Refusal("own_change", "Somebody else has to agree to what you proposed.", 409),
    Refusal("no_key", "Make your own key first, on the page Identities.", 409),
    Refusal("not_sealed", "This identity was not sealed for your key, or never enrolled.", 409),
    Refusal("no_safe_key", "Nothing here can be opened by one person alone.", 409),
    Refusal("case_open", "A case of this student is not closed yet. Close it first.", 409),
    Refusal("held", "A chat or case of this student is open, waits or must be kept.", 409),
    Refusal("over", "The time for this is over. Ask again.", 409),
    Refusal("too_many_changes", "Too many changes are open. End some of them first.", 409),
    Refusal("busy", "A change is being tried already. Please wait a moment.", 409, retry=True),
    Refusal("closed_now", "The chat is closed at the moment.", 503, retry=True),
    Refusal("seq_ahead", "This page lost its place. It will start again.", 409, close=4009),
    # Too much, too fast, or our fault.
    Refusal("rate_limited", "That was quick. Wait a moment, then try again.", 429, retry=True),
    Refusal(
        "unavailable", "We cannot keep your message right now. Please try again.", 503, retry=True
    ),
    Refusal("internal", "Something went wrong on our side.", 500, retry=True),
    # Ends of a connection.
    Refusal("no_hello", "The page took too long to start.", 408, close=4003),
    Refusal("slow_reader", "The connection fell behind. It will start again.", 503, close=4008),
    Refusal("too_many_connections", "Too many pages are open. Close some first.", 429, close=4010),
    Refusal("moving", "This page is moving to another server.", 503, close=4011, retry=True),
    Refusal(
        "out_of_turn",
        "Something before this was not kept. The page will start again.",
        409,
        close=4012,
    ),
    Refusal("replaced", "This chat was opened in another place.", 409, close=4501),
    Refusal("signed_out", "You have left. Sign in to come back.", 401, close=4502),
    Refusal("too_many_errors", "This page is not working as it should.", 400, close=4504),
)

REFUSALS = {refusal.code: refusal for refusal in _TABLE}


def refusal(code: str) -> Refusal:
    """The refusal of that code; raises KeyError for a code that is not in the table."""
    return REFUSALS[code]


def error(
    code: str, cid: str | None = None, *, retry_after: float | None = None, path: str | None = None
) -> shared.Error:
    """A refusal as the frame a page receives; rounded up, so that waiting it out is enough."""
    if retry_after is not None:
        retry_after = ceil(retry_after * 10) / 10
    return shared.Error(code, refusal(code).words, cid=cid, path=path, retry_after=retry_after)
