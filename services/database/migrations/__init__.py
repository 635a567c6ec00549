"""How the schema came to be, one step after the other (Alembic). A step that has landed is never
changed."""
