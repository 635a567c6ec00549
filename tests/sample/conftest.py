"""One sample world for all tests of it: it is the same for the same day and seed anyway."""

from pathlib import Path

import pytest

from sample.model import Story
from sample.story import build_story
from sample.world import SampleImport, write_world
from tests.sample.shared import SEED, TODAY


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sample")


@pytest.fixture(scope="session")
def world(folder: Path) -> list[SampleImport]:
    """The world's files, written once."""
    return write_world(folder, today=TODAY, seed=SEED)


@pytest.fixture(scope="session")
def story() -> Story:
    """What truly happened in that world."""
    return build_story(TODAY, SEED)
