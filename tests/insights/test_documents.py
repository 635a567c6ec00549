"""What was landed, which days it speaks for, and what could not be read."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from services.insights.answers import Document, NotWhole
from services.insights.documents import coverage, documents, landed, not_whole, rejected_rows
from tests.common.worlds.insights import World


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
        world.row(
            "report_coverage",
            kind="amazon_reimbursements",
            scope="amazon:NA",
            part=part,
            day=first + timedelta(days=days),
            document_id=number,
        )


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
    world.document(
        "walmart-us", "walmart_inbound_receipts", date(2026, 6, 9), first_day=date(2026, 6, 1)
    )
    world.document("walmart-us", "sourcing_cost", date(2026, 6, 9), scope="account")
    with world.database.reading(world.account_id) as connection:
        (seen,) = coverage(connection, world.account_id)
    assert (seen.kind, seen.days, seen.gaps) == ("walmart_inbound_receipts", 9, ())


def test_a_ledger_speaks_for_each_country_and_day_by_itself(world: World) -> None:
    number = world.document(kind="amazon_ledger_detail")
    for part, day in (("US", 1), ("US", 2), ("US", 4), ("CA", 2)):
        world.row(
            "report_coverage",
            kind="amazon_ledger_detail",
            scope="amazon:NA",
            part=part,
            day=date(2026, 6, day),
            document_id=number,
        )
    with world.database.reading(world.account_id) as connection:
        canada, states = coverage(connection, world.account_id)
    assert (canada.part, canada.days, canada.gaps) == ("CA", 1, ())
    assert (states.days, states.gaps) == (3, ((date(2026, 6, 3), date(2026, 6, 3)),))


def test_a_settlement_speaks_for_the_channel_that_it_names(world: World) -> None:
    number = world.document(kind="amazon_settlement")
    for code, day in (("amazon-us", 1), ("amazon-us", 2), ("amazon-ca", 9)):
        world.channel(code)
        world.row(
            "report_coverage",
            kind="amazon_settlement",
            scope="amazon:NA",
            part=f"{code}|{day}",
            day=date(2026, 6, day),
            document_id=number,
        )
    with world.database.reading(world.account_id) as connection:
        canada, states = coverage(connection, world.account_id)
    assert (canada.part, canada.last_day) == ("amazon-ca", date(2026, 6, 9))
    assert (states.part, states.last_day, states.gaps) == ("amazon-us", date(2026, 6, 2), ())


def test_a_day_of_which_anything_may_be_missing_is_not_proven(world: World) -> None:
    number = world.document(kind="amazon_reimbursements")
    covers(world, number, date(2026, 1, 1), date(2026, 1, 31))
    world.document(kind="amazon_reimbursements")
    with world.database.loading() as connection:
        connection.exec_driver_sql(
            "update report_coverage set has_unnamed = true where day between '2026-01-10'"
            " and '2026-01-12' or day = '2026-01-31'"
        )
    # Another report of the channel proves the 11th.
    covers(world, number, date(2026, 1, 11), date(2026, 1, 11), "another part")
    with world.database.reading(world.account_id) as connection:
        (seen,) = coverage(connection, world.account_id)
    assert (seen.first_day, seen.last_day, seen.days) == (date(2026, 1, 1), date(2026, 1, 31), 28)
    assert seen.gaps == ()
    assert seen.unproven == tuple((date(2026, 1, day),) * 2 for day in (10, 12, 31))


def test_a_report_that_owns_no_days_proves_none_with_a_row_that_names_nothing(
    world: World,
) -> None:
    number = world.document(
        "walmart-us",
        "walmart_inbound_receipts",
        date(2026, 6, 9),
        first_day=date(2026, 6, 1),
        **DAMAGED,
    )
    unread(world, number, 1, "walmart_inbound_receipts", "walmart:US", names_nothing=True)
    with world.database.reading(world.account_id) as connection:
        (seen,) = coverage(connection, world.account_id)
    assert (seen.days, seen.unproven) == (0, ((date(2026, 6, 1), date(2026, 6, 9)),))


# What was not read whole --------------------------------------------------------------------------

DAMAGED = {"rows_landed": 9, "rows_rejected": 1, "is_whole": False}


def unread(  # noqa: PLR0917
    world: World,
    document: int,
    row: int,
    kind: str = "amazon_ledger_detail",
    scope: str = "amazon:NA",
    day: date | None = None,
    *,
    names_nothing: bool = False,
) -> None:
    world.row(
        "unread_row",
        document_id=document,
        row_number=row,
        kind=kind,
        scope=scope,
        day=day,
        orders=[],
        skus=[],
        fnskus=[],
        items=[],
        names_nothing=names_nothing,
    )


def spoken(world: World, document: int, *days: int, **more: Any) -> None:
    for day in days:
        world.row(
            "report_coverage",
            **{
                "kind": "amazon_ledger_detail",
                "scope": "amazon:NA",
                "part": "US",
                "day": date(2026, 6, day),
                "document_id": document,
                **more,
            },
        )


def of_june(world: World, first: int, last: int, **more: Any) -> int:
    return world.document(first_day=date(2026, 6, first), last_day=date(2026, 6, last), **more)


def standing(world: World) -> tuple[NotWhole, list[Document]]:
    with world.database.reading(world.account_id) as connection:
        listed = documents(connection, world.account_id).rows
        return not_whole(connection, world.account_id), list(listed)


def test_a_file_not_read_whole_stands_until_all_its_days_are_read_whole(world: World) -> None:
    damaged = of_june(world, 1, 3, **DAMAGED)
    unread(world, damaged, 4)
    unread(world, damaged, 7)
    spoken(world, damaged, 1, 2, 3, is_whole=False)
    told, (file,) = standing(world)
    assert told == NotWhole(1, 2, file.file_name)
    assert (file.is_whole, file.is_standing) == (False, True)
    spoken(world, of_june(world, 1, 2), 1, 2, part="one that ends earlier")
    spoken(world, of_june(world, 1, 3), 1, 2, part="a better reading")
    assert standing(world)[0].files == 1  # nobody has read the 3rd
    spoken(world, of_june(world, 3, 3), 3, part="a better reading")
    told, files = standing(world)
    assert told == NotWhole()
    assert [one.is_standing for one in files] == [False, False, False, False]
    assert [one.is_whole for one in files] == [True, True, True, False]


def test_a_row_that_names_its_day_waits_for_that_day_only(world: World) -> None:
    damaged = of_june(world, 1, 3, **DAMAGED)
    unread(world, damaged, 4, day=date(2026, 6, 2))
    spoken(world, of_june(world, 1, 3), 1)
    spoken(world, of_june(world, 2, 2), 2, part="one that ends earlier")
    assert standing(world)[0].rows == 1
    spoken(world, of_june(world, 2, 3), 2)
    assert standing(world)[0] == NotWhole()


def test_a_file_that_leaves_a_day_unproven_stands(world: World) -> None:
    damaged = of_june(world, 1, 3, **DAMAGED)
    unread(world, damaged, 4, day=date(2026, 6, 2), names_nothing=True)
    spoken(world, of_june(world, 2, 2), 2)
    spoken(world, damaged, 3, is_whole=False, has_unnamed=True)
    assert standing(world)[0].files == 1


def test_lines_that_do_not_add_up_leave_a_file_standing(world: World) -> None:
    of_june(world, 1, 3, kind="amazon_settlement", is_whole=False)
    assert standing(world)[0] == NotWhole(1, 0, "report-1.txt")


def test_a_kind_without_days_is_replaced_by_a_later_whole_file_that_is_no_smaller(
    world: World,
) -> None:
    world.document(kind="amazon_fee_preview", first_day=None, **DAMAGED)
    world.document(kind="amazon_fee_preview", first_day=None, rows_in_file=9, rows_landed=9)
    assert standing(world)[0].files == 1
    world.document(kind="amazon_fee_preview", first_day=None)
    assert standing(world)[0].files == 0


def test_several_files_are_counted_and_not_named(world: World) -> None:
    for first in (1, 5):
        unread(world, of_june(world, first, first + 2, **DAMAGED), 4)
    assert standing(world)[0] == NotWhole(2, 2, None)


def test_the_days_that_a_file_was_asked_for_are_told(world: World) -> None:
    of_june(world, 1, 3, asked_from=date(2026, 6, 1), asked_to=date(2026, 6, 3))
    _, (file,) = standing(world)
    assert (file.asked_from, file.asked_to) == (date(2026, 6, 1), date(2026, 6, 3))
    assert (file.is_whole, file.is_standing) == (True, False)


def test_a_rejected_row_names_file_column_and_reason(world: World) -> None:
    number = world.document(rows_landed=9, rows_rejected=1)
    world.row(
        "rejected_row",
        document_id=number,
        row_number=7,
        column_name="Quantity",
        expected="a whole number",
        found="six",
        raw_text="X001\tsix",
    )
    with world.database.reading(world.account_id) as connection:
        (row,) = rejected_rows(connection, world.account_id).rows
        assert rejected_rows(connection, world.account_id, document=number + 1).rows == ()
    assert (row.row_number, row.column_name, row.found) == (7, "Quantity", "six")
    assert row.file_name.startswith("report-")


def test_another_accounts_files_are_not_seen(world: World) -> None:
    other = World(world.database, "Someone else")
    other.document(**DAMAGED)
    with world.database.reading(world.account_id) as connection:
        assert documents(connection, other.account_id).rows == ()
        assert landed(connection, other.account_id) == ()
        assert coverage(connection, other.account_id) == ()
        assert not_whole(connection, other.account_id) == NotWhole()
