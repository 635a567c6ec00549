"""The section in which files are dropped, as each person sees it: by right, step by step."""

import json
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from components.tables import pressed_key
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


def found(app: AppTest, database: Database, content: dict[str, bytes]) -> AppTest:
    """The page with these files in its drop."""
    account_id = one(database, "select account_id from account")
    dropped(database, app.session_state[f"drop-1-{account_id}"], content)
    return app.run()


def look_at(app: AppTest, number: int) -> AppTest:
    """As a press on a row of the found files answers."""
    app.session_state[pressed_key("found-files")] = str(number)
    return app.run()


def press(app: AppTest, key: str) -> None:
    """In the dialog, which a whole new drawing would close."""
    app.session_state[pressed_key("found-files")] = "1"
    app.button(key=key).click().run()


def test_the_days_of_a_file_can_be_said_and_are_checked(shown: Database) -> None:
    app = opened(Role.SELLER, "seller/overview", account=add_account(shown))
    found(app, shown, {"ledger.txt": LEDGER})
    assert "Did you ask for more days than a file's rows are of?" in words(app)
    look_at(app, 1)
    assert "A file does not name quiet days" in words(app)
    first, last = app.date_input
    assert (first.value, last.value) == (date(2026, 5, 13), date(2026, 5, 14))
    first.set_value(date(2026, 5, 14))
    press(app, "keep-days")
    assert "It holds rows of 13 to 14 May 2026" in words(app)
    look_at(app, 1)
    first, last = app.date_input
    first.set_value(date(2026, 5, 1))
    last.set_value(date(2026, 5, 31))
    press(app, "keep-days")
    assert "1 to 31 May 2026, as asked for" in cells(app)
    assert "Did you ask for more days" not in words(app)
    look_at(app, 1)
    press(app, "only-rows")
    assert "13 to 14 May 2026" in cells(app)


def test_an_empty_report_asks_for_its_days(shown: Database) -> None:
    app = opened(Role.SELLER, "seller/overview", account=add_account(shown))
    found(app, shown, {"returns.txt": files.table(files.RETURNS, []).encode()})
    assert "Days not said" in cells(app)
    assert "1 file holds no rows. Press a file to say which days you asked" in words(app)
    look_at(app, 1)
    assert "It holds no rows: nothing happened" in words(app)
    press(app, "keep-days")
    assert "Say both days, the first and the last." in words(app)


def test_several_documents_in_one_file_have_days_of_their_own(shown: Database) -> None:
    app = opened(Role.SELLER, "seller/overview", account=add_account(shown))
    found(app, shown, {"two.zip": files.zipped(one=LEDGER, other=LEDGER)})
    look_at(app, 1)
    assert not app.date_input


def cells(app: AppTest) -> str:
    """Whatever our tables say."""
    return " ".join(one.proto.json for one in app.get("bidi_component"))


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
