"""Records: what must last. The only SQL of the project stands in this package."""
