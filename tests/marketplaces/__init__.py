"""Each marketplace's client against its fake: what it asks, what it makes of each answer."""
