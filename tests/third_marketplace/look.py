"""Run in the copy that knows the third marketplace: what every page, file and letter says of it."""

import json
import sys
from datetime import UTC, datetime
from typing import Any

import streamlit as st
from sqlalchemy import text
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from pages.shared import places
from services.access.local import local_viewer
from services.access.rights import Role
from services.access.viewer import Viewer
from services.database.engine import Database
from services.database.start import database
from services.digest.content import digest_of
from services.digest.letter import Links, letter_of
from services.exports.files import Question
from services.insights.answers import Filters
from services.insights.expiring import View
from services.settings import PROJECT
from tests.common.exported import file_for
from tests.common.worlds.activation import a_request, ask

USD = Filters("USD")
LINKS = Links("https://recovery.example.com", None)


def main() -> None:
    """Print one JSON object: pages by their address, files by their kind, letters, tables."""
    type(st.context).ip_address = None  # type: ignore[method-assign,assignment]
    sys.stdout.write(json.dumps(told(database())))


def told(opened: Database) -> dict[str, Any]:
    seller = viewer_of(opened, Role.SELLER)
    (account,) = seller.accounts
    now = datetime.now(UTC)
    ask(opened, account.account_id, "bazaar-us", a_request())
    return {
        "pages": {path: page(path, role, account.account_id) for path, role in PAGES.items()},
        "discrepancy": discrepancies(opened, account.account_id),
        "csv": file_for(
            seller, opened, Question.of("expiring", account.account_id, USD, View()), "csv", now
        ).decode("utf-8-sig"),
        "pdf": len(
            file_for(seller, opened, Question.of_summary(account.account_id, USD), "pdf", now)
        ),
        "calendar": file_for(
            seller, opened, Question.of_calendar(account.account_id, USD), "ics", now
        ).decode(),
        "letters": {role.value: letter(opened, role, now) for role in (Role.SELLER, Role.MANAGER)},
        "rows": {table: rows(opened, table) for table in TABLES},
    }


PAGES = {
    "overview": Role.SELLER,
    "expiring": Role.SELLER,
    "cases": Role.SELLER,
    "bazaar": Role.SELLER,
    "data": Role.SELLER,
    "portfolio": Role.MANAGER,
    "present": Role.MANAGER,
    "requests": Role.SUPPORT,
    "you": Role.SELLER,
    "people": Role.OPERATOR,
}
TABLES = ("bazaar_ledger_row", "bazaar_payment", "amazon_ledger_event", "amazon_reimbursement")


def viewer_of(opened: Database, role: Role) -> Viewer:
    return local_viewer(opened, listens_on="127.0.0.1", asks_from=None, role=role)


def page(path: str, role: Role, account_id: int, **query: str) -> dict[str, Any]:
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=120)
    app._page_hash = calc_hash(path)
    app.session_state["persona"] = role.value
    for key, value in {"account": str(account_id), **query}.items():
        app.query_params[key] = value
    app.run()
    said = [
        *app.title,
        *app.header,
        *app.subheader,
        *app.markdown,
        *app.text,
        *app.caption,
        *app.code,
        *app.error,
    ]
    drawn = [one.proto.json for one in app.get("bidi_component")]
    options = [str(each) for one in app.selectbox for each in one.options]
    links = [one.proto.label for one in app.get("page_link")]
    return {
        "title": [one.value for one in app.title],
        "failed": [one.value for one in app.exception],
        "words": "\n".join([*(str(one.value) for one in said), *drawn, *options, *links]),
        "figures": {one.label: one.value for one in app.metric},
    }


def discrepancies(opened: Database, account_id: int) -> dict[str, Any]:
    with opened.reading(account_id) as connection:
        found = connection.execute(text("select subtype, discrepancy_id from discrepancy"))
        numbers = {row.subtype: row.discrepancy_id for row in found}
    return {
        subtype: page(places.DISCREPANCY.path, Role.SELLER, account_id, id=str(number))
        for subtype, number in numbers.items()
    }


def letter(opened: Database, role: Role, now: datetime) -> str:
    return letter_of(digest_of(opened, viewer_of(opened, role), now), "Anna", LINKS).text


def rows(opened: Database, table: str) -> int:
    with opened.loading() as connection:
        return int(connection.execute(text(f"select count(*) from {table}")).scalar_one())


if __name__ == "__main__":
    sys.exit(main())
