"""Tests of the database itself may change anything in it: each has one of its own."""

from collections.abc import Iterator

import pytest
from sqlalchemy import URL

from services.database.engine import Database
from tests.common.databases import fresh_database


@pytest.fixture
def database(server: URL, template: str) -> Iterator[Database]:
    """A fresh database of this test's own, with schema, roles and reference data."""
    with fresh_database(server, template) as fresh:
        yield fresh
