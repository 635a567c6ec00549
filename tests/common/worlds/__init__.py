"""Accounts that tests look at: each brings what its room needs, and no more."""
