"""What was landed, which days it speaks for, and what could not be read."""

from datetime import UTC, date, datetime, timedelta

from services.insights.documents import coverage, documents, landed, rejected_rows
from tests.insights.world import World


def test_documents_come_latest_first_page_by_page(world: World) -> None:
    start = datetime(2026, 6, 1, tzinfo=UTC)
    for hour in range(60):
        world.document(landed_at=start + timedelta(hours=hour))
    with world.database.reading(world.account_id) as connection:
        first = documents(connection, world.account_id)
        second = documents(connection, world.account_id, cursor=first.following)
        again = documents(connection, world.account_id, cursor=second.preceding)
    assert (len(first.rows), len(second.rows)) == (50, 10)
    assert first.rows[0].landed_at == start + timedelta(hours=59)
    assert second.rows[-1].landed_at == start
    assert again.rows == first.rows
    assert (first.preceding, second.following) == (None, None)


def test_rows_add_up_per_kind(world: World) -> None:
    world.document(rows_landed=7, rows_passed_over=2, rows_rejected=1)
    world.document(rows_landed=10)
    world.document(kind="amazon_reimbursements")
    with world.database.reading(world.account_id) as connection:
        ledger, payments = landed(connection, world.account_id)
    assert (ledger.kind, ledger.documents, ledger.rows_in_file) == ("amazon_ledger_detail", 2, 20)
    assert (ledger.rows_landed, ledger.rows_passed_over, ledger.rows_rejected) == (17, 2, 1)
    assert payments.documents == 1


def covers(world: World, number: int, first: date, last: date, part: str = "") -> None:
    for days in range((last - first).days + 1):
        world.row("report_coverage", kind="amazon_reimbursements", scope="amazon:NA", part=part,
                  day=first + timedelta(days=days), document_id=number)  # fmt: skip


def test_days_that_no_report_speaks_for_are_gaps(world: World) -> None:
    number = world.document(kind="amazon_reimbursements")
    covers(world, number, date(2026, 1, 1), date(2026, 1, 31))
    covers(world, number, date(2026, 2, 1), date(2026, 2, 10), "a part of its own")
    covers(world, number, date(2026, 2, 14), date(2026, 2, 20))
    with world.database.reading(world.account_id) as connection:
        (seen,) = coverage(connection, world.account_id)
    assert (seen.first_day, seen.last_day) == (date(2026, 1, 1), date(2026, 2, 20))
    assert seen.days == 48  # 31 + 10 + 7
    assert seen.gaps == ((date(2026, 2, 11), date(2026, 2, 13)),)


def test_a_report_of_one_channel_speaks_for_that_channel(world: World) -> None:
    number = world.document(kind="amazon_reimbursements")
    covers(world, number, date(2026, 1, 1), date(2026, 1, 3))
    covers(world, number, date(2026, 1, 2), date(2026, 1, 9), "amazon-us")
    with world.database.reading(world.account_id) as connection:
        region, channel = coverage(connection, world.account_id)
    assert (region.part, region.days) == ("", 3)
    assert (channel.part, channel.days) == ("amazon-us", 8)


def test_a_report_that_owns_no_days_speaks_from_its_first_to_its_last(world: World) -> None:
    world.document("walmart-us", "walmart_inbound_receipts", date(2026, 6, 9),
                   first_day=date(2026, 6, 1))  # fmt: skip
    world.document("walmart-us", "sourcing_cost", date(2026, 6, 9), scope="account")
    with world.database.reading(world.account_id) as connection:
        (seen,) = coverage(connection, world.account_id)
    assert (seen.kind, seen.days, seen.gaps) == ("walmart_inbound_receipts", 9, ())


def test_a_ledger_speaks_for_each_country_and_day_by_itself(world: World) -> None:
    number = world.document(kind="amazon_ledger_detail")
    for part, day in (("US", 1), ("US", 2), ("US", 4), ("CA", 2)):
        world.row("report_coverage", kind="amazon_ledger_detail", scope="amazon:NA", part=part,
                  day=date(2026, 6, day), document_id=number)  # fmt: skip
    with world.database.reading(world.account_id) as connection:
        canada, states = coverage(connection, world.account_id)
    assert (canada.part, canada.days, canada.gaps) == ("CA", 1, ())
    assert (states.days, states.gaps) == (3, ((date(2026, 6, 3), date(2026, 6, 3)),))


def test_a_rejected_row_names_file_column_and_reason(world: World) -> None:
    number = world.document(rows_landed=9, rows_rejected=1)
    world.row("rejected_row", document_id=number, row_number=7, column_name="Quantity",
              expected="a whole number", found="six", raw_text="X001\tsix")  # fmt: skip
    with world.database.reading(world.account_id) as connection:
        (row,) = rejected_rows(connection, world.account_id).rows
        assert rejected_rows(connection, world.account_id, document=number + 1).rows == ()
    assert (row.row_number, row.column_name, row.found) == (7, "Quantity", "six")
    assert row.file_name.startswith("report-")


def test_another_accounts_files_are_not_seen(world: World) -> None:
    other = World(world.database, "Someone else")
    other.document()
    with world.database.reading(world.account_id) as connection:
        assert documents(connection, other.account_id).rows == ()
        assert landed(connection, other.account_id) == ()
        assert coverage(connection, other.account_id) == ()
