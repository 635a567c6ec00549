"""What draws: plain data in, the user's choice out; no database, no service."""
