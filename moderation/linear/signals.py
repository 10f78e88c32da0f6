"""What the trained stage calls the things it sees, so that composites may name them.

Pure data. Used by `moderation/detectors/linear.py`, which gives the signals, and by
`moderation/rulebook.py`, which refuses a composite that names anything else.
"""

from __future__ import annotations

from moderation.terms import Category

CATEGORIES = {
    "self": Category.SUICIDE,
    "abuse": Category.ABUSE,
    "exploitation": Category.EXPLOITATION,
    "harm": Category.HARM_TO_OTHERS,
    "aimed": Category.BULLYING,
    "eating": Category.EATING_DISORDER,
    "substance": Category.SUBSTANCE,
    "friend": Category.CONCERN_FOR_OTHER,
}
"""Group → the category a finding carries; suicide stands for self-harm, bullying for hate."""
STRONG = "linear_strong"
URGENT = "urgent_"
WEAK = "weak_"
CLEARED = "cleared"
"""From phrase rules: words of the gravest kind stand here, but denied, in a game or a story."""
SIGN = "sign"
"""A word of `lexicon/signs.toml`, in a message that the score calls urgent."""
WAITS = "waits"
"""What the score hears is not urgent enough to add up with a sign of the same message."""
AGREES = "linear_agrees"
"""Gives no finding of its own: the score does not call this message plainly harmless."""
SPARES = "linear_spares"
"""The same: the message speaks of its writer alone, and the score hears nothing to hold in it."""
SIGNALS = frozenset(
    {STRONG, AGREES, SPARES, CLEARED, SIGN, WAITS}
    | {f"{kind}_{group}" for kind in ("linear", "weak", "urgent") for group in CATEGORIES}
)
"""`linear_` from the queue's limit up, `weak_` from a lower one, `urgent_` for what cannot wait."""
