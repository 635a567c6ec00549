"""Which report a file is, by its header line or members, and what to say where it is none."""
