"""Four marked accounts, built once a run in a database that no test leaves a row behind in."""

from collections.abc import Iterator

import pytest
import streamlit as st
from sqlalchemy import URL

from pages.shared import clock
from pages.shared import viewer as pages_viewer
from services.database import start
from tests.common.databases import fresh_database
from tests.common.visiting import Visit
from tests.common.worlds.insights import NOW
from tests.common.worlds.zoo import Zoo, build


@pytest.fixture(scope="package")
def zoo(server: URL, template: str) -> Iterator[Zoo]:
    with fresh_database(server, template) as fresh:
        yield build(fresh, 4)


@pytest.fixture
def visit(zoo: Zoo, monkeypatch: pytest.MonkeyPatch) -> Iterator[Visit]:
    one = Visit(zoo)
    monkeypatch.setattr(start, "open_database", lambda **_: zoo.database)
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr(type(st.context), "ip_address", None)
    monkeypatch.setattr(pages_viewer, "current_viewer", lambda: one.viewer)
    start.database.cache_clear()
    yield one
    start.database.cache_clear()
