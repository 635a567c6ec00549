import pytest

from services.database.engine import Database
from tests.common.worlds.insights import World


@pytest.fixture
def world(database: Database) -> World:
    """An account without anything."""
    return World(database)
