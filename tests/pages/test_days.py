"""Whose day it is: of what people did, the reader's, wherever it is shown."""

import ast
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest
import streamlit as st

from pages.shared import clock
from services.settings import PROJECT
from tests.common.looking import page, tables
from tests.common.worlds.insights import World

_FILES: Final = sorted((PROJECT / "pages").rglob("*.py"))
_CLOCK: Final = PROJECT / "pages" / "shared" / "clock.py"


@pytest.mark.parametrize("file", _FILES, ids=lambda one: str(one.relative_to(PROJECT)))
def test_no_page_makes_a_day_of_a_moment_by_itself(file: Path) -> None:
    """Nor says how long ago something was by a clock that is in nobody's zone."""
    if file == _CLOCK:
        return
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        said = ast.unparse(node)
        assert not said.endswith(".date()") or "ZoneInfo" in said, f"{said}: clock.day_of"
        assert not (said.startswith("ago(") and said.endswith("clock.now())")), said


@pytest.mark.parametrize(("zone", "day"), [("America/Los_Angeles", 14), ("Asia/Tokyo", 15)])
def test_an_import_was_on_the_readers_day(
    world: World, monkeypatch: pytest.MonkeyPatch, zone: str, day: int
) -> None:
    world.document(landed_at=datetime(2026, 6, 15, 3, tzinfo=UTC))
    world.sum_up()
    monkeypatch.setattr(type(st.context), "timezone", zone)
    shown = tables(page("data", world.account_id))
    days = [row["Imported"] for rows in shown for row in rows if "Imported" in row]
    assert days
    assert {one.split()[0] for one in days} == {str(day)}
    assert clock.day_of(datetime(2026, 6, 15, 3, tzinfo=UTC)).day == day
