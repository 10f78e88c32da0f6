"""Identities: sealed for two ranks, enrolled offline, opened by two people or not at all."""
