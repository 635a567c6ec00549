"""The server around the app: doors, keys, sign-in, headers, seats, what makes no sense."""
