"""What draws, without a database: words, marks and sizes; a gallery shows each in a browser."""
