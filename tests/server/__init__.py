"""The server around the app: doors, keys, sign-in, headers, capacity, what makes no sense."""
