"""The gallery, served for the whole run, and a real browser to look at it with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.common.serving.running import place, running


@pytest.fixture(scope="package")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    script = Path(__file__).with_name("gallery.py").read_text(encoding="utf-8")
    with running(place(script, tmp_path_factory.mktemp("gallery"))) as url:
        yield url
