"""The rooms open on this node: their pure core, what carries it out, and staff who come in."""
