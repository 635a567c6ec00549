"""The one-page PDF: drawn, not printed from a browser."""
