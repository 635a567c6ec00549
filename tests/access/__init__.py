"""Who may come in, whose sign-in it is, and how people are managed."""
