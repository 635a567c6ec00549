"""Data: what was landed, which days it speaks for, what could not be read."""

from datetime import timedelta

import pytest

from components.tables import pressed_key
from services.database.engine import Database
from tests.insights.world import TODAY, World, in_days
from tests.pages.looking import page, tables, words


@pytest.fixture
def seller(world: World) -> World:
    """A ledger with a gap of two days and one row that could not be read."""
    number = world.document(
        rows_in_file=10, rows_landed=7, rows_passed_over=2, rows_rejected=1,
        passed_over_because='{"already landed": 2}', notes='["Read as cp1252"]',
    )  # fmt: skip
    for days in (1, 2, 3, 6, 7):
        world.row("report_coverage", kind="amazon_ledger_detail", scope="amazon:NA", part="US",
                  day=in_days(-days), document_id=number)  # fmt: skip
    world.row("rejected_row", document_id=number, row_number=7, column_name="Quantity",
              expected="a whole number", found="=six", raw_text="X001\t=six")  # fmt: skip
    return world


def test_rows_add_up(seller: World) -> None:
    kinds = tables(page("data", seller.account_id))[0]
    assert [(row["Rows"], row["Landed"], row["Passed over"], row["Rejected"]) for row in kinds] == [
        (10, 7, 2, 1)
    ]


def test_gaps_are_named_and_drawn(seller: World) -> None:
    app = page("data", seller.account_id)
    assert not app.exception
    first, last = TODAY - timedelta(days=5), TODAY - timedelta(days=4)
    read = words(app)
    assert "1 report with gaps" in read
    assert f"nothing for {first.day} Jun to {last.day} Jun 2026" in read
    assert "1 gap" in app.get("plotly_chart")[0].proto.alt


def test_a_row_that_could_not_be_read_is_shown_whole(seller: World) -> None:
    app = page("data", seller.account_id)
    (row,) = tables(app)[1]
    assert (row["Row"], row["Column"], row["Found"]) == (7, "Quantity", "=six")
    with seller.database.reading(seller.account_id) as connection:
        number = connection.exec_driver_sql("select document_id from rejected_row").scalar_one()
    app.session_state[pressed_key("rejected-rows")] = f"{number}~7~Quantity"
    app.run()
    assert "X001\t=six" in words(app)
    assert "Expected a whole number" in words(app)


def test_a_file_says_what_was_passed_over_and_why(seller: World) -> None:
    app = page("data", seller.account_id)
    with seller.database.reading(seller.account_id) as connection:
        number = connection.exec_driver_sql("select document_id from report_document").scalar_one()
    app.session_state[pressed_key("files-table")] = str(number)
    app.run()
    read = words(app)
    assert "**10 rows** = 7 landed + 2 passed over + 1 rejected" in read
    assert "2 rows passed over: already landed" in read
    assert "Read as cp1252" in read


def test_own_reports_are_loaded_by_a_command_that_can_be_pasted(shown: Database) -> None:
    world = World(shown, "Kim's shop; rm -rf")
    world.document("walmart-us")
    read = words(page("data", world.account_id))
    assert "--account 'Kim'\"'\"'s shop; rm -rf' --channel walmart-us" in read


def test_without_a_bad_row_the_page_says_so(world: World) -> None:
    world.document()
    assert "Every row was read" in words(page("data", world.account_id))
