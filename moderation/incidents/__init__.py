"""Incidents: their life, what staff do about them, and the loop that keeps them moving."""
