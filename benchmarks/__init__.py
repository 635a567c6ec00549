"""Measurements, each one command that prints a ratio taken in one run on one machine."""
