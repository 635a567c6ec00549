"""The traps of Amazon's reports, one test each."""

import pytest

from services.database.engine import Database
from tests.common.reports import files
from tests.common.reports.files import every_row, ledger_row, lost, one
from tests.landing.bringing import Bring

KEYS = "select event_key from amazon_ledger_event where account_id = 1 order by row_number"


# Forms of one file -------------------------------------------------------------------------


@pytest.mark.parametrize("columns", [12, 14, 16])
def test_a_ledger_of_12_14_or_16_columns_lands(
    bring: Bring, database: Database, columns: int
) -> None:
    rows = [ledger_row(), ledger_row(), lost(reconciled="1", unreconciled="1")]
    assert bring(files.ledger(rows, columns)).rows_landed == 3
    known = one(
        database, "select unreconciled_quantity from amazon_ledger_event where reason = 'M'"
    )
    assert known == (None if columns == 12 else 1)


def test_the_same_rows_have_the_same_keys_in_all_three_forms(
    bring: Bring, database: Database
) -> None:
    rows = [ledger_row(), ledger_row(), lost(reconciled="1", unreconciled="1"), lost(reference="1")]
    keys = []
    for columns in (12, 14, 16):
        assert bring(files.ledger(rows, columns)).rows_landed == 4
        keys.append(every_row(database, KEYS))
    assert keys[0] == keys[1] == keys[2]


def test_a_ledger_without_reconciliation_never_replaces_one_with_it(
    bring: Bring, database: Database
) -> None:
    bring(files.ledger([lost(unreconciled="0", reconciled="2")]))
    short = bring(files.ledger([lost(unreconciled="0", reconciled="2")], 12))
    assert (short.rows_landed, short.rows_passed_over) == (0, 1)
    assert one(database, "select reconciled_quantity from amazon_ledger_event") == 2


def test_titles_and_reconciliation_change_no_key(bring: Bring, database: Database) -> None:
    bring(files.ledger([lost(unreconciled="2", title="Mug")]))
    before = every_row(database, KEYS)
    bring(files.ledger([lost(unreconciled="0", reconciled="2", title="Mug, blue")]))
    assert every_row(database, KEYS) == before
    assert one(database, "select unreconciled_quantity from amazon_ledger_event") == 0


def test_headers_without_spaces_are_the_same_columns(bring: Bring) -> None:
    header = [name.replace(" ", "") for name in files.LEDGER]
    assert bring(files.table(header, [ledger_row()])).rows_landed == 1


def test_the_comma_file_of_a_download_by_hand_lands(bring: Bring, database: Database) -> None:
    rows = [ledger_row(title='Shelf, 19" deep'), lost(title="A, B")]
    content = files.table(files.LEDGER, rows, ",")
    result = bring(content)
    assert (result.rows_landed, result.delimiter) == (2, "comma")
    titles = every_row(database, "select title from amazon_ledger_event order by row_number")
    assert titles == [('Shelf, 19" deep',), ("A, B",)]


def test_lone_quotes_in_titles_of_unquoted_files_are_letters(
    bring: Bring, database: Database
) -> None:
    rows = [
        files.reimbursement_row("1", title='"Best" mug'),
        files.reimbursement_row("2", title='19" rack'),
        files.reimbursement_row("3", title='"'),
    ]
    assert bring(files.reimbursements(rows)).rows_landed == 3
    titles = every_row(
        database, "select product_name from amazon_reimbursement order by row_number"
    )
    assert titles == [('"Best" mug',), ('19" rack',), ('"',)]


def test_line_ends_of_windows_are_line_ends(bring: Bring, database: Database) -> None:
    content = files.reimbursements([files.reimbursement_row()]).replace(b"\n", b"\r\n")
    assert bring(content).rows_landed == 1
    assert one(database, "select original_reimbursement_type from amazon_reimbursement") is None


def test_a_file_from_japan_in_cp932_lands(bring: Bring, database: Database) -> None:
    row = files.reimbursement_row(title="ステンレスボトル", currency="JPY", amount="1200")
    content = files.table(files.REIMBURSEMENTS, [row]).encode("cp932")
    assert bring(content, channel="amazon-jp").encoding == "cp932"
    assert one(database, "select product_name from amazon_reimbursement") == "ステンレスボトル"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", ["\t", ",", ";"])
def test_a_file_saved_again_by_a_spreadsheet_lands(
    bring: Bring, database: Database, encoding: str, delimiter: str
) -> None:
    text = files.table(files.REIMBURSEMENTS, [files.reimbursement_row(title="Café")], delimiter)
    assert bring(text.encode(encoding)).rows_landed == 1
    assert one(database, "select product_name from amazon_reimbursement") == "Café"


def test_letters_that_mean_nothing_are_said_and_cost_no_row(bring: Bring) -> None:
    content = files.reimbursements([files.reimbursement_row()]).replace(b"Caf\xe9", b"Caf\x81")
    result = bring(content)
    assert result.rows_landed == 1
    assert any("mean nothing" in note for note in result.notes)


# Times and amounts -------------------------------------------------------------------------


def test_the_offset_without_colon_is_read(bring: Bring, database: Database) -> None:
    bring(files.ledger([ledger_row("05/13/2026")]))
    at = one(database, "select occurred_at at time zone 'UTC' from amazon_ledger_event")
    assert str(at) == "2026-05-13 07:00:00"


def test_a_documents_days_are_the_marketplaces_days(bring: Bring, database: Database) -> None:
    late = files.reimbursement_row(at="2026-05-13T03:00:00+00:00")  # still the 12th in Seattle
    bring(files.reimbursements([late]))
    assert str(one(database, "select last_day from report_document")) == "2026-05-12"


def test_amounts_with_decimal_comma_land_where_they_are_clear(
    bring: Bring, database: Database
) -> None:
    rows = [
        files.reimbursement_row("1", "4,10", currency="EUR"),
        files.reimbursement_row("2", "1.234,56", currency="EUR"),
        files.reimbursement_row("3", "1,234", currency="EUR"),
    ]
    result = bring(files.reimbursements(rows), channel="amazon-de")
    assert (result.rows_landed, result.rows_rejected) == (2, 1)
    amounts = every_row(database, "select amount_total::text from amazon_reimbursement order by 1")
    assert amounts == [("1234.56",), ("4.10",)]


def test_a_file_that_mixes_two_ways_of_writing_amounts_is_refused(bring: Bring) -> None:
    rows = [files.reimbursement_row("1", "4,10"), files.reimbursement_row("2", "1.234")]
    result = bring(files.reimbursements(rows))
    assert result.status == "refused"
    assert "two ways" in (result.refused_because or "")


# Rejected rows -----------------------------------------------------------------------------


def test_a_bad_row_is_kept_with_everything_and_costs_no_other(
    bring: Bring, database: Database
) -> None:
    bad = ("13/45/2026", *ledger_row(quantity="many")[1:])
    rows = [ledger_row(), bad, ledger_row()]
    result = bring(files.ledger(rows))
    assert (result.rows_landed, result.rows_rejected) == (2, 1)
    kept = every_row(
        database,
        "select row_number, column_name, expected, found, raw_text from rejected_row"
        " where account_id = 1 order by column_name",
    )
    raw = files.ledger(rows).decode().splitlines()[2]
    assert kept == [
        (3, "Date", "a date such as 05/13/2026 (month first)", "13/45/2026", raw),
        (3, "Quantity", "a whole number such as 12", "many", raw),
    ]


def test_a_column_is_named_as_the_file_writes_it(bring: Bring, database: Database) -> None:
    header = [name.replace(" ", "").upper() for name in files.LEDGER]
    bring(files.table(header, [ledger_row(reconciled="x")]))
    assert one(database, "select column_name from rejected_row") == "RECONCILEDQUANTITY"


@pytest.mark.parametrize("cells", [1, 14, 17])
def test_a_row_of_too_few_or_many_cells_is_rejected_whole(
    bring: Bring, database: Database, cells: int
) -> None:
    bad = (*ledger_row(), "more")[:cells]
    # The first data row too: it must not decide how many columns the file has.
    rows = [bad, ledger_row(), bad, ledger_row()]
    result = bring(files.table(files.LEDGER, rows, quoted=True))
    assert (result.rows_landed, result.rows_rejected) == (2, 2)
    kept = every_row(
        database, "select row_number, column_name, expected, found from rejected_row order by 1"
    )
    shape = ("(whole row)", "16 cells, as in the header", f"{cells} cells")
    assert kept == [(2, *shape), (4, *shape)]


def test_a_quote_that_is_never_closed_costs_its_own_row(bring: Bring, database: Database) -> None:
    good = files.table(files.LEDGER, [ledger_row(title="a"), ledger_row(title="b")], ",")
    broken = good.replace(",a,", ',"a,')
    result = bring(broken)
    assert (result.rows_landed, result.rows_rejected) == (1, 1)
    assert one(database, "select row_number from rejected_row") == 2


def test_quotes_that_pair_up_but_stand_wrong_cost_their_own_row(
    bring: Bring, database: Database
) -> None:
    rows = [ledger_row(title="a"), ledger_row(title="b"), ledger_row(title="c")]
    broken = files.table(files.LEDGER, rows, ",").replace("SKU-X001,b,", 'SKU"X001,"b,')
    result = bring(broken)
    assert (result.rows_landed, result.rows_rejected) == (2, 1)
    assert one(database, "select row_number from rejected_row") == 3


def test_row_numbers_are_the_files_lines(bring: Bring, database: Database) -> None:
    content = files.ledger([ledger_row(), ledger_row(quantity="?"), ledger_row()])
    head, first, *rest = content.split(b"\n")
    bring(b"\n".join([head, b"", first, b"", *rest]))
    numbers = every_row(database, "select row_number from amazon_ledger_event order by 1")
    assert numbers == [(3,), (6,)]
    assert one(database, "select row_number from rejected_row") == 5


def test_the_raw_text_is_in_the_files_letters(bring: Bring, database: Database) -> None:
    bring(files.reimbursements([files.reimbursement_row(amount="?", title="Café – Ü")]))
    assert "\tCafé – Ü\t" in str(one(database, "select min(raw_text) from rejected_row"))


def test_a_letter_that_postgresql_cannot_hold_costs_its_row(
    bring: Bring, database: Database
) -> None:
    rows = [ledger_row(title="nul\0nul"), ledger_row()]
    assert bring(files.ledger(rows)).rows_rejected == 1
    assert one(database, "select found from rejected_row") == "nul␀nul"


def test_rows_of_empty_cells_are_passed_over(bring: Bring) -> None:
    result = bring(files.ledger([ledger_row(), [""] * 16]))
    assert result.passed_over_because == {"empty row": 1}


def test_more_rejected_rows_than_are_kept_at_once(bring: Bring, database: Database) -> None:
    rows = [ledger_row(quantity="x") if at % 2 else ledger_row() for at in range(12_000)]
    result = bring(files.ledger(rows))
    assert (result.rows_landed, result.rows_rejected) == (6000, 6000)
    wrong = one(
        database,
        "select count(*) from rejected_row where found <> 'x' or raw_text not like '%\"x\"%'"
        " or row_number % 2 = 0",
    )
    assert wrong == 0


# What is unknown lands ---------------------------------------------------------------------


def test_unknown_reasons_currencies_and_countries_land(bring: Bring, database: Database) -> None:
    assert bring(files.ledger([ledger_row(reason="Z", country="XX", event="Magic")])).rows_landed
    strange = files.reimbursement_row(reason="Moon_Damage", currency="XTS")
    assert bring(files.reimbursements([strange])).rows_landed == 1
    assert one(database, "select country from amazon_ledger_event") == "XX"
    assert one(database, "select currency from amazon_reimbursement") == "XTS"


# Ledger: the newest document speaks for its days -------------------------------------------

STATE = (
    "select day::text, quantity, unreconciled_quantity from amazon_ledger_event"
    " where account_id = 1 order by day, quantity"
)


def test_a_newer_ledger_replaces_exactly_the_days_it_covers(
    bring: Bring, database: Database
) -> None:
    bring(files.ledger([lost(f"05/{day:02}/2026", unreconciled="2") for day in range(10, 16)]))
    newer = [lost("05/12/2026", unreconciled="1"), lost("05/16/2026", unreconciled="2")]
    assert bring(files.ledger(newer)).rows_landed == 2
    # The 13th to 15th are covered by the newer file, which has no row there: gone.
    assert every_row(database, STATE) == [
        ("2026-05-10", -2, 2),
        ("2026-05-11", -2, 2),
        ("2026-05-12", -2, 1),
        ("2026-05-16", -2, 2),
    ]


def test_an_older_ledger_landed_late_fills_only_what_nobody_covers(
    bring: Bring, database: Database
) -> None:
    bring(files.ledger([lost("05/12/2026", unreconciled="1"), lost("05/16/2026")]))
    older = [lost(f"05/{day}/2026", unreconciled="2") for day in (10, 12, 14)]
    result = bring(files.ledger(older))
    assert (result.rows_landed, result.rows_passed_over) == (1, 2)
    assert result.passed_over_because == {"a newer report covers this day": 2}
    assert [day for day, _, _ in every_row(database, STATE)] == [
        "2026-05-10",
        "2026-05-12",
        "2026-05-16",
    ]


def test_of_two_ledgers_to_the_same_day_the_later_landed_wins(
    bring: Bring, database: Database
) -> None:
    bring(files.ledger([lost(unreconciled="2")]))
    bring(files.ledger([lost(unreconciled="1")]))
    assert every_row(database, STATE) == [("2026-05-14", -2, 1)]


def test_each_country_of_a_ledger_has_days_of_its_own(bring: Bring, database: Database) -> None:
    bring(files.ledger([lost("05/10/2026"), lost("05/12/2026", country="CA")]))
    bring(files.ledger([lost("05/13/2026"), lost("05/11/2026", country="CA")]))
    days = every_row(
        database,
        "select country, day::text from amazon_ledger_event where account_id = 1 order by 1, 2",
    )
    assert days == [
        ("CA", "2026-05-11"),
        ("CA", "2026-05-12"),
        ("US", "2026-05-10"),
        ("US", "2026-05-13"),
    ]


def test_the_coverage_names_the_document_of_each_day(bring: Bring, database: Database) -> None:
    bring(files.ledger([lost("05/10/2026"), lost("05/12/2026")]))
    bring(files.ledger([lost("05/12/2026"), lost("05/13/2026")]))
    assert every_row(
        database,
        "select part, day::text, document_id from report_coverage"
        " where account_id = 1 and kind = 'amazon_ledger_detail' order by day",
    ) == [
        ("US", "2026-05-10", 1),
        ("US", "2026-05-11", 1),
        ("US", "2026-05-12", 2),
        ("US", "2026-05-13", 2),
    ]


# Region and channels -----------------------------------------------------------------------


def test_ledger_rows_belong_to_the_accounts_channel_of_their_country(
    bring: Bring, database: Database
) -> None:
    bring(files.ledger([ledger_row("01/01/2026", country="GB")]), channel="amazon-uk")
    rows = [ledger_row(country="GB"), ledger_row(country="DE"), ledger_row(country="FR")]
    bring(files.ledger(rows), channel="amazon-de")
    assert every_row(
        database,
        "select e.country, c.code from amazon_ledger_event e"
        " join channel c on c.account_id = e.account_id and c.channel_id = e.channel_id"
        " where e.account_id = 1 and e.day = '2026-05-13' order by 1",
    ) == [("DE", "amazon-de"), ("FR", "amazon-de"), ("UK", "amazon-uk")]
    assert one(database, "select count(*) from channel") == 2


def test_reimbursements_belong_to_a_channel_of_their_currency_made_if_there_is_none(
    bring: Bring, database: Database
) -> None:
    bring(files.ledger([ledger_row(country="CA")]), channel="amazon-ca")
    rows = [files.reimbursement_row("1"), files.reimbursement_row("2", currency="CAD")]
    rows.append(files.reimbursement_row("3", currency="MXN"))
    rows.append(files.reimbursement_row("4", currency="CHF"))  # of no marketplace
    bring(files.reimbursements(rows), channel="amazon-us")
    assert every_row(
        database,
        "select r.currency, c.code from amazon_reimbursement r"
        " join channel c on c.account_id = r.account_id and c.channel_id = r.channel_id order by 1",
    ) == [("CAD", "amazon-ca"), ("CHF", "amazon-us"), ("MXN", "amazon-mx"), ("USD", "amazon-us")]


def test_money_of_no_currency_is_no_money_of_ours(bring: Bring, database: Database) -> None:
    rows = [files.reimbursement_row("1"), files.reimbursement_row("2", currency="ZZZ")]
    result = bring(files.reimbursements(rows), channel="amazon-us")
    assert (result.rows_landed, result.rows_rejected) == (1, 1)
    assert every_row(database, "select column_name, expected, found from rejected_row") == [
        ("currency-unit", "a currency's ISO 4217 code, such as USD", "ZZZ")
    ]


def test_a_region_wide_report_lands_once_for_the_region(bring: Bring, database: Database) -> None:
    content = files.reimbursements(
        [files.reimbursement_row("1"), files.reimbursement_row("2", currency="CAD")]
    )
    assert bring(content, channel="amazon-us").rows_landed == 2
    again = bring(content, channel="amazon-ca")
    assert again.status == "already_landed"
    assert one(database, "select count(*) from amazon_reimbursement") == 2
    # The new channel has taken what is its own.
    assert every_row(
        database,
        "select r.currency, c.code from amazon_reimbursement r"
        " join channel c on c.account_id = r.account_id and c.channel_id = r.channel_id order by 1",
    ) == [("CAD", "amazon-ca"), ("USD", "amazon-us")]


def test_a_new_channel_takes_its_country_from_earlier_ledgers(
    bring: Bring, database: Database
) -> None:
    bring(files.ledger([ledger_row(), ledger_row(country="CA")]), channel="amazon-us")
    bring(files.reimbursements([files.reimbursement_row()]), channel="amazon-ca")
    assert every_row(
        database,
        "select e.country, c.code from amazon_ledger_event e"
        " join channel c on c.account_id = e.account_id and c.channel_id = e.channel_id order by 1",
    ) == [("CA", "amazon-ca"), ("US", "amazon-us")]


def test_the_same_bytes_for_another_region_are_another_document(bring: Bring) -> None:
    content = files.reimbursements([files.reimbursement_row(currency="XTS")])
    assert bring(content, channel="amazon-us").rows_landed == 1
    assert bring(content, channel="amazon-de").rows_landed == 1


# Reimbursements and returns: rows with an identity -----------------------------------------


def test_an_overlapping_download_lands_only_what_is_new(bring: Bring, database: Database) -> None:
    rows = [files.reimbursement_row(str(number)) for number in range(5)]
    bring(files.reimbursements(rows[:3]))
    result = bring(files.reimbursements(rows[1:]))
    assert (result.rows_landed, result.rows_passed_over) == (2, 2)
    assert result.passed_over_because == {"already landed, unchanged": 2}
    assert one(database, "select count(*) from amazon_reimbursement") == 5


def test_one_id_may_hold_several_items(bring: Bring, database: Database) -> None:
    rows = [files.reimbursement_row("1", fnsku=fnsku) for fnsku in ("A", "B")]
    assert bring(files.reimbursements(rows)).rows_landed == 2


def test_equal_rows_of_one_file_are_two_payments_and_stay_two(
    bring: Bring, database: Database
) -> None:
    twice = [files.reimbursement_row("1"), files.reimbursement_row("1")]
    assert bring(files.reimbursements(twice)).rows_landed == 2
    more = [*twice, files.reimbursement_row("2", at="2026-06-01T00:00:00+00:00")]
    assert bring(files.reimbursements(more)).rows_landed == 1
    assert one(database, "select sum(amount_total)::text from amazon_reimbursement") == "19.14"


@pytest.mark.parametrize("newer_first", [False, True])
def test_the_newest_document_says_what_a_row_reads(
    bring: Bring, database: Database, newer_first: bool
) -> None:
    older = [files.reimbursement_row("1", case="")]
    newer = [
        files.reimbursement_row("1", case="777"),
        files.reimbursement_row("2", at="2026-06-01T00:00:00+00:00"),
    ]
    for rows in (newer, older) if newer_first else (older, newer):
        bring(files.reimbursements(rows))
    case = one(database, "select case_id from amazon_reimbursement where reimbursement_id = '1'")
    assert case == "777"


def test_an_older_row_landed_late_is_passed_over(bring: Bring) -> None:
    late = files.reimbursement_row("2", at="2026-06-01T00:00:00+00:00")
    bring(files.reimbursements([files.reimbursement_row("1", case="777"), late]))
    result = bring(files.reimbursements([files.reimbursement_row("1")]))
    assert result.passed_over_because == {"a newer report holds this row": 1}


def test_an_unchanged_repeat_in_a_newer_document_outweighs_one_in_between(
    bring: Bring, database: Database
) -> None:
    def document(case: str, last: str) -> bytes:
        return files.reimbursements(
            [
                files.reimbursement_row("1", case=case),
                files.reimbursement_row(last, at=f"2026-06-{last}T00:00:00+00:00"),
            ]
        )

    for content in (document("", "10"), document("", "20"), document("777", "15")):
        bring(content)
    assert (
        one(database, "select case_id from amazon_reimbursement where reimbursement_id = '1'")
        is None
    )


def test_a_return_with_another_date_in_another_pull_is_the_same_return(
    bring: Bring, database: Database
) -> None:
    bring(files.table(files.RETURNS, [files.return_row()]))
    again = [files.return_row(at="2026-05-07T01:00:00+00:00"), files.return_row(plate="LPN2")]
    assert bring(files.table(files.RETURNS, again)).rows_landed == 2
    assert one(database, "select count(*) from amazon_customer_return") == 2


def test_returns_without_a_plate_are_counted_one_by_one(bring: Bring, database: Database) -> None:
    rows = [files.return_row(plate=""), files.return_row(plate="")]
    assert bring(files.table(files.RETURNS, rows)).rows_landed == 2


def test_comments_with_line_breaks_are_one_row(bring: Bring, database: Database) -> None:
    rows = [files.return_row(comments="came\nlate"), files.return_row(plate="LPN2")]
    assert bring(files.table(files.RETURNS, rows, ",")).rows_landed == 2
    assert every_row(
        database,
        "select row_number, customer_comments from amazon_customer_return order by 1",
    ) == [(2, "came late"), (4, None)]


@pytest.mark.parametrize("event", ["Anpassungen", "NULL", "Inventory Adjustments"])
def test_an_adjustment_under_another_name_is_not_read(
    bring: Bring, database: Database, event: str
) -> None:
    result = bring(files.ledger([ledger_row(), ledger_row(event=event, reason="F", quantity="2")]))
    assert (result.rows_landed, result.rows_rejected) == (1, 1)
    assert one(database, "select column_name from rejected_row") == "Event Type"
