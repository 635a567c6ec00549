"""One discrepancy explained, on its own page and in the quick look over a list."""
