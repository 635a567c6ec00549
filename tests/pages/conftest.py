"""Pages over a real database of the test's own, on the world's own day."""

from collections.abc import Iterator

import pytest
import streamlit as st

from pages.shared import clock
from services.database import start
from services.database.engine import Database
from tests.common.worlds.insights import NOW, World


@pytest.fixture
def shown(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """The database that the pages read."""
    monkeypatch.setattr(start, "open_database", lambda **_: database)
    monkeypatch.setattr(clock, "now", lambda: NOW)
    # What the server sees of a browser on this machine; AppTest has none to ask.
    monkeypatch.setattr(type(st.context), "ip_address", None)
    start.database.cache_clear()
    yield database
    start.database.cache_clear()


@pytest.fixture
def world(shown: Database) -> World:
    """The one account of the pages' database."""
    return World(shown)
