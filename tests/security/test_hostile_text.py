"""Words of sellers, marketplaces and people are shown as typed: no Markdown, HTML or maths."""

import json
from collections.abc import Iterator
from typing import Any, Final

import pytest
from sqlalchemy import URL
from streamlit.testing.v1 import AppTest

from components.tables import pressed_key
from pages.shared import places
from pages.shared.places import Place
from services.access.rights import Role
from tests.common.databases import fresh_database
from tests.common.drawn import nodes
from tests.common.looking import table_keys
from tests.common.rights.matrix import viewer
from tests.common.visiting import Visit, query_of
from tests.common.worlds import zoo as world
from tests.common.worlds.zoo import HOSTILE, Zoo, build

# As Markdown would take it; escaped, none of these stands in what is sent.
TAKEN: Final = ("![x](", ":material/home:", "$x$", "[a](", "<img>")
CHART_TAKEN: Final = ("<img>",)  # a chart's words know a few tags and nothing of Markdown
# Shown as text whatever they hold: tables, text, code, and what stands in a field.
AS_TEXT: Final = {
    "bidi_component",
    "text",
    "code",
    "text_input",
    "text_area",
    "selectbox",
    "multiselect",
}


@pytest.fixture(scope="module")
def hostile(server: URL, template: str) -> Iterator[Zoo]:
    with pytest.MonkeyPatch.context() as patch, fresh_database(server, template) as fresh:
        patch.setattr(world, "_WORDS", (HOSTILE,))
        yield build(fresh, 1)


@pytest.fixture
def zoo(hostile: Zoo) -> Zoo:
    """What the pages read, in place of the marked accounts."""
    return hostile


def _taken(app: AppTest) -> list[str]:
    return [
        f"{node.type}: {sign} in {words[:400]}"
        for node in nodes(app)
        if node.type not in AS_TEXT
        for words in _words(node)
        for sign in (CHART_TAKEN if node.type == "plotly_chart" else TAKEN)
        if sign in words
    ]


def _words(node: Any) -> Iterator[str]:
    if node.type == "plotly_chart":
        yield from _drawn_in(json.loads(node.proto.spec))
    else:
        yield str(node.proto)


def _drawn_in(spec: Any) -> Iterator[str]:
    """The words of a chart; what only sorts its bars is not drawn."""
    if isinstance(spec, dict):
        for name, value in spec.items():
            if name not in ("x", "y", "categoryarray"):
                yield from _drawn_in(value)
    elif isinstance(spec, list):
        for value in spec:
            yield from _drawn_in(value)
    elif isinstance(spec, str):
        yield spec


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("place", places.EVERY, ids=lambda place: place.path)
def test_a_page_shows_words_as_they_were_typed(visit: Visit, place: Place, role: Role) -> None:
    (own,) = visit.zoo.accounts
    who = viewer(own, role)
    if not who.may(place.right):
        return
    app = visit.open(place, who, own.account_id, **query_of(place, own))
    assert not app.exception
    assert _taken(app) == []


TABLES: Final = {
    # A page with rows to press, and the key of a row as its table tells it.
    places.OVERVIEW: lambda one: str(one.ids["discrepancy"]),
    places.EXPIRING: lambda one: str(one.ids["discrepancy"]),
    places.CASES: lambda one: f"amazon-us~{one.word}-CASE-1",
}


@pytest.mark.parametrize("place", TABLES, ids=lambda place: place.path)
def test_a_dialog_shows_words_as_they_were_typed(visit: Visit, place: Place) -> None:
    (own,) = visit.zoo.accounts
    who = viewer(own, Role.SELLER)
    app = visit.open(place, who, own.account_id)
    keys = table_keys(app)
    assert keys
    for key in keys:
        app.session_state[pressed_key(key)] = TABLES[place](own)
    visit.again(app, who)
    assert any(node.type == "dialog" for node in nodes(app)), "a row must have been opened"
    assert not app.exception
    assert _taken(app) == []
