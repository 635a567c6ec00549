"""Small files that once came out wrong, each with its right value (tests/data/cases)."""
