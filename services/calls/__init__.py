"""Calls of account managers with their clients."""
