"""Amazon's client against the fake Amazon."""
