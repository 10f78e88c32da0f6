"""The trained stage beside the rules: an additive score over words, letters and word pairs.

Used by `moderation/detectors/linear.py`; `bench/train_linear.py` makes the weights. Nothing here
needs anything outside the standard library.
"""
