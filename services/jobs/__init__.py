"""Work that is done later, by a process of its own: it waits in PostgreSQL until it is done."""
