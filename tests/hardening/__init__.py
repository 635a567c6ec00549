"""One command that tries again and again to break the product, and its short forms as tests."""
