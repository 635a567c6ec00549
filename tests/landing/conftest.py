"""What every landing test needs: a way to bring files in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.database.engine import Database
from services.landing.importing import import_files
from services.landing.land import FileResult
from services.settings import settings
from tests.landing.bringing import Bring


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Scratch files of a test stay in the test's own folder."""
    monkeypatch.setenv("DATA_DIRECTORY", str(tmp_path / "data"))
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def bring(database: Database, tmp_path: Path) -> Bring:
    """Import one file's content; what became of it."""
    brought = 0

    def bring_one(
        content: bytes | str,
        *,
        channel: str | None = "amazon-us",
        account: str = "ACME",
        name: str | None = None,
    ) -> FileResult:
        nonlocal brought
        brought += 1
        path = tmp_path / (name or f"file-{brought}.txt")
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        [result] = import_files(database, [path], account=account, channel=channel).files
        counted = result.rows_landed + result.rows_passed_over + result.rows_rejected
        assert counted == result.rows_in_file
        assert sum(result.passed_over_because.values()) == result.rows_passed_over
        return result

    return bring_one
