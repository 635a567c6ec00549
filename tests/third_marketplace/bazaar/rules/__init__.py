"""Bazaar's rules, a file each."""
