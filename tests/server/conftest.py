"""One small page, served for the whole run, and a real browser."""

from collections.abc import Iterator
from typing import Final

import pytest

from tests.server.running import place, running

PAGE: Final = """
import pandas as pd
import streamlit as st

st.title("A small page")
st.plotly_chart({"data": [{"type": "bar", "x": ["a", "b"], "y": [1, 2]}]}, alt="Two bars")
st.dataframe(pd.DataFrame({"a": [1, 2]}), alt="Two rows")
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
