"""A disk of the test's own, and the seller who drops."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.access.viewer import Viewer
from services.database.engine import Database
from services.settings import settings
from tests.common.worlds.activation import seen_as


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where this test's dropped files lie."""
    monkeypatch.setenv("DATA_DIRECTORY", str(tmp_path / "data"))
    settings.cache_clear()
    yield tmp_path / "data"
    settings.cache_clear()


@pytest.fixture
def seller(database: Database) -> Viewer:
    """The seller's persona, who has every account and may make one."""
    return seen_as(database)
