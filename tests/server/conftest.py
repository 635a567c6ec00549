"""One small page, served for the whole run, and a real browser."""

from collections.abc import Iterator
from typing import Final

import pytest
from streamlit import config

from services.settings import settings
from tests.common.serving.running import place, running
from tests.common.signed import SECRET, SIGN_IN

PAGE: Final = """
import streamlit as st
from components.tables import Column, Row, money_table

st.title("A small page")
st.plotly_chart({"data": [{"type": "bar", "x": ["a", "b"], "y": [1, 2]}]}, alt="Two bars")
rows = [Row("1", {"a": "one"}, ""), Row("2", {"a": "two"}, "")]
money_table([Column("a", "A")], rows, key="two", alt="Two rows")
st.image('<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>', alt="A dot")
if st.button("Offer"):
    st.download_button("Take away", "sku,amount", "figures.csv")
if st.button("Break"):
    raise ValueError("password=secret")
"""


@pytest.fixture(scope="package")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(place(PAGE, tmp_path_factory.mktemp("app"))) as url:
        yield url


@pytest.fixture
def signed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """With sign-in."""
    for name, value in SIGN_IN.items():
        monkeypatch.setenv(name, value)
    before = config.get_option("server.cookieSecret")
    config.set_option("server.cookieSecret", SECRET)
    settings.cache_clear()
    yield
    config.set_option("server.cookieSecret", before)
    monkeypatch.undo()
    settings.cache_clear()
