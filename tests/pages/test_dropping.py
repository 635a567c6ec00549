"""The section in which files are dropped, as each person sees it: by right, step by step."""

import json
from pathlib import Path

import pytest
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from services.access.rights import Role
from services.access.viewer import Viewer
from services.database.engine import Database
from services.dropping import asking
from services.dropping.asking import Into
from services.settings import settings
from tests.common.dropping import dropped
from tests.common.looking import words
from tests.common.reports import files
from tests.common.reports.files import ledger_row, lost, one
from tests.common.working import said_by_a_worker
from tests.common.worlds.activation import add_account, seen_as
from tests.pages.opening import opened

LEDGER = files.ledger([ledger_row(), lost(), ledger_row(quantity="x")])


@pytest.fixture(autouse=True)
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where this test's dropped files lie."""
    monkeypatch.setenv("DATA_DIRECTORY", str(tmp_path / "data"))
    settings.cache_clear()


def asked(database: Database, viewer: Viewer, into: Into, content: bytes = LEDGER) -> int:
    """A request that waits for a worker."""
    drop = asking.new_drop(viewer)
    dropped(database, drop, {"ledger.txt": content})
    return asking.load(database, viewer, drop, into)


def zone(app: AppTest) -> bool:
    """Whether files can be dropped."""
    drawn = [json.loads(one.proto.json) for one in app.get("bidi_component")]
    return any(one.get("title") == "Drop report files here" for one in drawn)


@pytest.mark.parametrize(
    ("role", "may"), [(Role.SELLER, True), (Role.MANAGER, False), (Role.SUPPORT, False)]
)
def test_files_are_dropped_by_whoever_may(shown: Database, role: Role, may: bool) -> None:
    account_id = add_account(shown)
    app = opened(role, "seller/overview", account=account_id)
    assert zone(app) is may
    assert "python -m services import" in words(app)
    asked(shown, seen_as(shown), Into(account_id, "", "amazon-us"))
    said_by_a_worker(shown)
    assert zone(opened(role, "seller/data", account=account_id)) is may


def test_without_an_account_only_whoever_may_make_one_begins(shown: Database) -> None:
    assert zone(opened(Role.SELLER))
    manager = opened(Role.MANAGER, "seller/overview")
    assert not zone(manager)
    assert "There is no account here yet" in words(manager)


def test_while_nobody_works_the_page_says_what_to_do(shown: Database) -> None:
    account_id = add_account(shown)
    asked(shown, seen_as(shown), Into(account_id, "", "amazon-us"))
    read = words(opened(Role.SELLER, "seller/overview", account=account_id))
    assert "No worker is running" in read
    assert "python -m services worker" in read
    assert not zone(opened(Role.SELLER, "seller/overview", account=account_id))


def test_what_was_refused_says_why(shown: Database) -> None:
    account_id = add_account(shown)
    asked(shown, seen_as(shown), Into(account_id, "", "amazon-us"))
    with shown.loading() as connection:
        connection.execute(text("update account set is_sample = true"))
    said_by_a_worker(shown)
    read = words(opened(Role.SELLER, "seller/overview", account=account_id))
    assert "Nothing was loaded" in read
    assert "This account is a sample" in read


def test_the_last_import_is_told_and_asks_before_it_is_undone(shown: Database) -> None:
    account_id = add_account(shown)
    import_id = asked(shown, seen_as(shown), Into(account_id, "", "amazon-us"))
    said_by_a_worker(shown)
    app = opened(Role.SELLER, "seller/data", account=account_id)
    assert "1 file landed" in words(app)
    app.button(key="undo-import").click().run()
    assert "every figure is as it was before it" in words(app)
    assert one(shown, "select count(*) from import_request") == 1
    asking.undo(shown, seen_as(shown), import_id)
    said_by_a_worker(shown)
    again = opened(Role.SELLER, "seller/data", account=account_id)
    assert "The last import was undone" in words(again)
    assert "Nothing has been landed for this account yet" in words(again)


def test_a_press_after_the_right_has_ended_changes_nothing(shown: Database) -> None:
    account_id = add_account(shown)
    asked(shown, seen_as(shown), Into(account_id, "", "amazon-us"))
    said_by_a_worker(shown)
    app = opened(Role.SELLER, "seller/data", account=account_id)
    with shown.owning() as connection:
        connection.execute(text("update person set roles = '{manager}' where person_id = 1"))
        connection.execute(text("update person set roles = '{seller}' where person_id = 2"))
    try:
        app.button(key="undo-import").click().run()
    finally:
        with shown.owning() as connection:
            connection.execute(text("update person set roles = '{seller}' where person_id = 1"))
            connection.execute(text("update person set roles = '{manager}' where person_id = 2"))
    assert one(shown, "select count(*) from import_request") == 1
