"""People: who may come in, as what, and how they prove that it is them."""
