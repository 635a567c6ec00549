"""Data: what was landed, which days it speaks for, what could not be read."""

import json
from datetime import timedelta

import pytest

from components.tables import pressed_key
from services.database.engine import Database
from tests.common.looking import page, tables, words
from tests.common.worlds.insights import TODAY, World, in_days


@pytest.fixture
def seller(world: World) -> World:
    """A ledger with a gap of two days and one row that could not be read."""
    number = world.document(
        rows_in_file=10,
        rows_landed=7,
        rows_passed_over=2,
        rows_rejected=1,
        passed_over_because='{"already landed": 2}',
        notes='["Read as cp1252"]',
    )
    for days in (1, 2, 3, 6, 7):
        world.row(
            "report_coverage",
            kind="amazon_ledger_detail",
            scope="amazon:NA",
            part="US",
            day=in_days(-days),
            document_id=number,
        )
    world.row(
        "rejected_row",
        document_id=number,
        row_number=7,
        column_name="Quantity",
        expected="a whole number",
        found="=six",
        raw_text="X001\t=six",
    )
    return world


def test_rows_add_up(seller: World) -> None:
    kinds = tables(page("data", seller.account_id))[0]
    assert [(row["Rows"], row["Landed"], row["Passed over"], row["Rejected"]) for row in kinds] == [
        ("10", "7", "2", "1")
    ]


def test_gaps_are_named_and_drawn(seller: World) -> None:
    app = page("data", seller.account_id)
    assert not app.exception
    first, last = TODAY - timedelta(days=5), TODAY - timedelta(days=4)
    read = words(app)
    assert "1 report with gaps" in read
    assert f"nothing for {first.day} to {last.day} Jun 2026" in read
    assert "1 gap" in app.get("plotly_chart")[0].proto.alt


def test_approximate_windows_are_counted_with_their_share_and_the_way_out(seller: World) -> None:
    for number in range(3):
        shipment = {"type": "shipment", "subtype": "inbound_shortage"} if number else {}
        seller.discrepancy(**shipment, event_on_approximate=bool(number))
    seller.sum_up()
    read = words(page("data", seller.account_id))
    assert "How exact are the claim windows?" in read
    assert "2 of 3 approximate" in read
    assert "3 open discrepancies have a last day to claim; 2 are approximate (67%)" in read
    assert "Amazon: 2" in read
    assert "· inbound shortage 2" in read
    assert "load it as a file of inbound deliveries" in read


def test_windows_that_are_all_exact_are_said_so(seller: World) -> None:
    seller.discrepancy()
    seller.sum_up()
    read = words(page("data", seller.account_id))
    assert "1 open discrepancy has a last day to claim. Each of them rests on a day" in read


def test_without_a_window_nothing_is_said_of_windows(seller: World) -> None:
    assert "How exact" not in words(page("data", seller.account_id))


def test_a_row_that_could_not_be_read_is_shown_whole(seller: World) -> None:
    app = page("data", seller.account_id)
    (row,) = tables(app)[1]
    assert (row["Row"], row["Column"], row["Found"]) == ("7", "Quantity", "=six")
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


def test_each_file_says_in_the_list_whether_it_was_read_whole_and_what_to_know(
    world: World,
) -> None:
    asked = {"asked_from": in_days(-9), "asked_to": in_days(-2)}
    world.document(file_name="whole.txt", first_day=in_days(-9), last_day=in_days(-2), **asked)
    # Of what it was asked for it speaks for some days, or for none.
    world.document(file_name="part.txt", first_day=in_days(-9), last_day=in_days(-4), **asked)
    world.document(file_name="none.txt", first_day=None, last_day=None, **asked)
    world.document(file_name="rows.txt", rows_landed=8, rows_rejected=2, is_whole=False)
    world.document(
        file_name="sums.txt",
        kind="amazon_settlement",
        is_whole=False,
        notes='["It adds up to 1, not 2.", "Another note."]',
    )
    world.document(
        file_name="old.txt",
        kind="amazon_fee_preview",
        first_day=None,
        rows_landed=9,
        rows_rejected=1,
        is_whole=False,
    )
    world.document(file_name="new.txt", kind="amazon_fee_preview", first_day=None)
    app = page("data", world.account_id)
    assert not app.exception
    rows = {row["File"]: row for row in tables(app)[-1]}
    assert {name: row["Read"] for name, row in rows.items()} == {
        "whole.txt": "Whole",
        "part.txt": "Whole",
        "none.txt": "Whole",
        "rows.txt": "2 rows not read",
        "sums.txt": "Does not add up · It adds up to 1, not 2. +1 more",
        "old.txt": "Replaced since",
        "new.txt": "Whole",
    }
    assert rows["whole.txt"]["Days"] == "6 to 13 Jun 2026, asked"
    assert rows["part.txt"]["Days"] == "6 to 11 Jun 2026"
    assert rows["none.txt"]["Days"] == ""
    assert rows["rows.txt"]["Days"] == "16 May to 15 Jun 2026"
    assert "2 files not read whole" in words(app)


def test_a_file_not_read_whole_says_so_when_it_is_opened(world: World) -> None:
    number = world.document(
        rows_landed=8, rows_rejected=2, is_whole=False, asked_from=in_days(-9), asked_to=in_days(-2)
    )
    app = page("data", world.account_id)
    app.session_state[pressed_key("files-table")] = str(number)
    app.run()
    read = words(app)
    assert "**Not read whole.** 2 rows could not be read" in read
    assert "Asked for: 6 to 13 Jun 2026" in read


def test_days_with_an_unread_row_are_not_called_covered(world: World) -> None:
    number = world.document(rows_landed=9, rows_rejected=1, is_whole=False)
    for days in (1, 2, 3, 4):
        world.row(
            "report_coverage",
            kind="amazon_ledger_detail",
            scope="amazon:NA",
            part="US",
            day=in_days(-days),
            document_id=number,
            is_whole=days == 1,
            has_unnamed=days in (2, 3),
        )
    app = page("data", world.account_id)
    read = words(app)
    assert "1 report with days that are not proven" in read
    assert "no gaps" not in read
    assert "Amazon inventory ledger, detail · US: not proven for 12 to 13 Jun 2026" in read
    drawn = app.get("plotly_chart")[0].proto
    assert "no gap, 1 stretch not proven" in drawn.alt
    covered, missing, unproven = json.loads(drawn.spec)["data"]
    assert [len(each["y"]) for each in (covered, missing, unproven)] == [2, 0, 1]
    assert "2 days not proven" in unproven["customdata"][0][0]
    assert unproven["marker"]["pattern"]["shape"] == "/"
