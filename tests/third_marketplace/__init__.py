"""A third marketplace, made up: what one costs to add, and that nothing else need know it."""
