"""Walmart's client and what connects a seller, against the fake Walmart."""
