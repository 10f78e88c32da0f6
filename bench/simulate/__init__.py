"""Matchmaking and the work of moderators, simulated over the rules of the product itself.

`school.py` is what is taken for granted, `day.py` and `desk.py` live a day, `figures.py` counts,
`draw.py` draws. `make simulate` writes the plots and the tables of `docs/scale.md`.
"""
