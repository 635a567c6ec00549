"""Pages as they are drawn for each person, without a browser."""
