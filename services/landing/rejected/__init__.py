"""Rows that could not be landed: kept with the reason, the file's own text and what they name."""
