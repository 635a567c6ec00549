"""The one door to PostgreSQL: the server of our own, connections and roles, migrations, reference
data. It knows tables and rights, and nothing of what the rows mean."""
