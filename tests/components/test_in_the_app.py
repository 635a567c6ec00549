"""The gallery without a browser: what the parts answer, and what they remember."""

from decimal import Decimal
from pathlib import Path
from typing import Final

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from components.device import is_phone_browser
from components.figures import clicked_key
from components.filters import Filter, in_address
from components.sparkline import sparkline_svg
from components.tables import Row, pressed_key, tell

GALLERY: Final = str(Path(__file__).with_name("gallery.py"))
TYPE: Final = Filter("type", "Type", {"all": "All types", "return": "Returns"})
CURRENCY: Final = Filter("currency", "Currency", {"USD": "USD", "CAD": "CAD"}, removable=False)


@pytest.fixture
def app() -> AppTest:
    return AppTest.from_file(GALLERY, default_timeout=20)


def answer(app: AppTest) -> str:
    return str(app.text[-1].value)


def test_the_page_draws_without_a_complaint(app: AppTest) -> None:
    assert not app.run().exception
    assert answer(app).startswith("part=None row=None")


def test_a_press_is_answered_once(app: AppTest) -> None:
    app.session_state[pressed_key("next")] = "d2"
    app.session_state[clicked_key("bucket-unclaimed-bar")] = {"part": "future"}
    app.run()
    assert answer(app).startswith("part=future row=d2")
    app.run()
    assert answer(app).startswith("part=None row=None")


def test_only_a_row_that_was_drawn_can_be_pressed() -> None:
    """The browser says what it likes."""
    drawn = [Row("d1", {}, "USD")]
    for said, answered in (("d1", "d1"), ("d2", None), (None, None), (["d1"], None), ({}, None)):
        st.session_state["table"] = {"press": said}
        tell("table", drawn)
        assert st.session_state.pop(pressed_key("table"), None) == answered


def test_a_part_can_be_pressed_by_keyboard(app: AppTest) -> None:
    app.run().button(key="bucket-claimed-automatic").click().run()
    assert answer(app).startswith("part=automatic")


def test_the_address_sets_the_filters(app: AppTest) -> None:
    app.query_params["type"] = "Returns"
    assert "('type', 'return')" in answer(app.run())


def test_what_the_address_cannot_mean_is_ignored(app: AppTest) -> None:
    app.query_params["type"] = "Nonsense"
    assert "('type', 'all')" in answer(app.run())


def test_every_chart_and_table_has_a_name_to_be_read_out(app: AppTest) -> None:
    app.run()
    names = [chart.proto.alt for chart in app.get("plotly_chart")]
    assert "Claimed: Via case $23,950.12, Automatic $18,137.54" in names
    assert all(names)


def test_an_address_is_complete() -> None:
    assert in_address([TYPE, CURRENCY], {"type": "all", "currency": "CAD"}) == {
        "type": "All types",
        "currency": "CAD",
    }


@pytest.mark.parametrize(
    ("browser", "phone"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Mobile/15E148", True),
        ("Mozilla/5.0 (Linux; Android 16; Pixel 11) Chrome/156.0 Mobile Safari/537.36", True),
        ("Mozilla/5.0 (Linux; Android 16; Tablet) Chrome/156.0 Safari/537.36", False),
        ("Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) Mobile/15E148", False),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0 Safari/537.36", False),
        (None, False),
    ],
)
def test_what_counts_as_a_phone(browser: str | None, phone: bool) -> None:
    assert is_phone_browser(browser) is phone


def test_a_flat_trend_runs_through_the_middle() -> None:
    assert "8.0,15.0 112.0,15.0" in sparkline_svg([Decimal(3), Decimal(3)], "#000000")
