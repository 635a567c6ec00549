"""Connecting a marketplace: its dialogs, what its cards say, and what is on its way just now."""
