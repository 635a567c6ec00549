"""What `python -m services check` asks: settings, server, data, and what mends each finding."""
