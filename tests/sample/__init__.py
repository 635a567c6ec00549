"""The sample world: its files are true to their formats, and its story is what comes out."""
