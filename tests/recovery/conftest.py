"""What the tests of small hand-made worlds share."""

from pathlib import Path

import pytest

from services.database.engine import Database
from tests.common.worlds.recovery import World


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    """One account without a report, whose reports are imported when a test first asks."""
    return World(database, tmp_path, at_once=False)
