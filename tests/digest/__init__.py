"""The weekly summary: what it says, to whom it goes, and how it ends."""
