"""Report files as the marketplaces write them, and what is known of them by another way."""
