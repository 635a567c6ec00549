"""What a question answers to a role, asked about an account."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Final

from procrastinate.exceptions import ConnectorException
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from services.access.rights import Role
from services.insights.keyset import Asked
from tests.common.rights.matrix import Found, arguments, doors, viewer
from tests.common.rights.told import told
from tests.common.worlds.zoo import Marked, Zoo

REFUSED: Final = "refused by the database"
# Doors to one account, or to what is one person's own.
SCOPED: Final = ("app reads", "app asks", "app, a person", "manager reads", "manager logs")


_ALL: Final = 1_000  # rows, of a list that is yet to be read


def answer(zoo: Zoo, one: Found, door: str, own: Marked, about: Marked) -> str:
    """In a transaction for one account, asked about another; nothing is kept."""
    filled = arguments(one, about, connection=None, viewer=viewer(own, Role.SELLER))
    try:
        with _undone(doors(zoo.database, own)[door]) as connection:
            return said(one.function(**{**filled, "connection": connection}), connection)
    except (DBAPIError, ConnectorException):
        return REFUSED


def said(answer: object, connection: Connection) -> str:
    """All that an answer tells; a list that is yet to be read is read whole."""
    return told(answer.every(connection, _ALL) if isinstance(answer, Asked) else answer)


@contextmanager
def _undone(door: AbstractContextManager[Connection]) -> Iterator[Connection]:
    with door as connection, connection.begin_nested() as point:
        yield connection
        point.rollback()
