"""One ground for the short form of every trial, on the run's own server."""

from collections.abc import Iterator

import pytest
from sqlalchemy import URL

from tests.hardening.ground import Ground, ground_on


@pytest.fixture(scope="package")
def ground(server: URL, template: str) -> Iterator[Ground]:
    with ground_on(server, template) as made:
        yield made
