"""Work done later: the worker, what it picks up, and what `check` says of all that."""
