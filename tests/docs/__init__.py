"""What the documents say exists, and what exists is said: links, settings, commands, reports."""
