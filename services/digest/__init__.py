"""The weekly summary: what runs out, what came in, what was lost; for those who want it."""
