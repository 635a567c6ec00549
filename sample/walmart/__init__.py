"""Walmart's half of the sample world: what happens, and the reports that tell of it."""
