"""The server of our own, the schema's rules, roles and row-level security, migrations."""
