"""Opening a page and reading what stands on it."""

import json
from typing import Any, cast

from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from pages.shared import places
from services.settings import PROJECT


def page(name: str, account_id: int | str, **query: str) -> AppTest:
    """A page of an account, opened by its address."""
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=30)
    for key, value in {"account": str(account_id), **query}.items():
        app.query_params[key] = value
    app.run()
    return app if name == "overview" else go_to(app, name)


def go_to(app: AppTest, name: str) -> AppTest:
    """Another page, by the address or the file that it has."""
    found = [place for place in places.EVERY if name in (place.path, place.file.rpartition("/")[2])]
    app._page_hash = calc_hash(found[0].path)
    return app.run()


def words(app: AppTest) -> str:
    """Everything that is read on the page, escapes taken off."""
    said = [
        *app.title,
        *app.header,
        *app.subheader,
        *app.markdown,
        *app.text,
        *app.caption,
        *app.code,
    ]
    return "\n".join(str(each.value) for each in said).replace("\\", "")


def figures(app: AppTest) -> dict[str, str]:
    """The big figures by their names."""
    return {metric.label: metric.value for metric in app.metric}


def button(app: AppTest, key: str) -> Any:
    return next(one for one in app.button if one.key == key)


def tables(app: AppTest) -> list[list[dict[str, str]]]:
    """Every table's rows, by column label, as they are read."""
    return [
        [dict(zip(_labels(one), row["cells"], strict=True)) for row in one["rows"]]
        for one in _drawn_tables(app)
    ]


def columns(app: AppTest) -> list[list[str]]:
    """Every table's column labels."""
    return [_labels(one) for one in _drawn_tables(app)]


def table_keys(app: AppTest) -> list[str]:
    """The keys of the tables whose rows can be pressed."""
    found = [one.proto for one in app.get("bidi_component")]
    return [one.id.split("-", 2)[2] for one in found if json.loads(one.json).get("opens")]


def _drawn_tables(app: AppTest) -> list[dict[str, Any]]:
    drawn = [json.loads(one.proto.json) for one in app.get("bidi_component")]
    return [cast("dict[str, Any]", one) for one in drawn if "rows" in one]


def _labels(table: dict[str, Any]) -> list[str]:
    return [column["label"] for column in table["columns"]]
