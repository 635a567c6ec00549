"""The kinds of work there are: each is a task of `app`, known by its name."""

from typing import Final

from procrastinate import App, JobContext, SyncPsycopgConnector

from services.database.engine import Database

# Without a connection of its own: the worker lends it one for as long as it works. What is due
# every minute or hour comes round soon enough; a worker that starts makes up for nothing.
app: Final = App(connector=SyncPsycopgConnector(), periodic_defaults={"max_delay": 0})

DATABASE: Final = "database"


def database_of(context: JobContext) -> Database:
    """The worker's database, from within a task."""
    database = context.additional_context[DATABASE]
    if not isinstance(database, Database):
        raise TypeError("The worker gives every job its database.")
    return database
