"""From a path to lines and records: unpacking, encodings, JSON. Knows no report."""
