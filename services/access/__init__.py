"""Who looks and what they may: people, roles, rights, sign-ins, the key of local mode. It asks the
database under a role of its own and knows no figure."""
