"""Each file that once was read wrong gives its right value, as its RIGHT.md says it.

Nothing false is Ready, each row is counted, and a message names the way out. Where only the files
themselves may decide, the payments report is there for the days (nothing was paid), so that a
claim is not held back for another reason.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import text

from services.database.engine import Database
from services.insights.as_of import When, discrepancies, totals
from services.landing.importing import import_files
from services.landing.land import FileResult
from services.landing.rejected.listing import rejected_rows
from services.landing.target import Days
from tests.cases.playing import ACCOUNT, CASES, measure
from tests.common.reports.files import REIMBURSEMENTS, every_row
from tests.common.worlds.recovery import held

HALF_YEAR: Final = (dt.date(2026, 1, 1), dt.date(2026, 6, 30))
ORDER: Final = "111-0000001-0000001"
# Refunded on 10 March 2026: may be claimed from 9 May (60 days) to 8 July (120 days).
CLAIMABLE: Final = "2026-06-01"
_LINES: Final = (
    "select settlement_id, count(*), sum(amount)::text from amazon_settlement_line"
    " group by 1 order by 1"
)


@dataclass
class Case:
    """One folder of files, brought into an account of its own."""

    database: Database
    scratch: Path
    name: str
    channel: str = "amazon-us"
    brought: dict[str, FileResult] = field(default_factory=dict)

    def bring(self, *names: str, asked: Days | None = None) -> FileResult:
        """Import these files of the case together; what became of the last."""
        paths = [CASES / self.name / name for name in names]
        for one in self._import(paths, asked):
            self.brought[one.file] = one
        return self.brought[names[-1]]

    def pay_nothing(self, days: Days) -> None:
        """The payments report was asked for these days, and holds no row."""
        empty = self.scratch / "reimbursements.txt"
        empty.write_text("\t".join(REIMBURSEMENTS) + "\n")
        self._import([empty], days)

    def _import(self, paths: Sequence[Path], asked: Days | None) -> tuple[FileResult, ...]:
        files = import_files(
            self.database, paths, account=ACCOUNT, channel=self.channel, asked=asked
        ).files
        for one in files:
            counted = one.rows_landed + one.rows_passed_over + one.rows_rejected
            assert counted == one.rows_in_file, one
        return files

    @property
    def account_id(self) -> int:
        """The account's number."""
        [(number,)] = every_row(self.database, "select account_id from account")
        return int(str(number))

    def all(self, as_of: str) -> list[dict[str, Any]]:
        """Every discrepancy as of a day."""
        when = When(dt.datetime.now(dt.UTC), dt.date.fromisoformat(as_of))
        with self.database.reading(self.account_id) as connection:
            return discrepancies(connection, self.account_id, when)

    def claimed(self, as_of: str, subtype: str) -> str:
        """Claimed, net, of one subtype."""
        when = When(dt.datetime.now(dt.UTC), dt.date.fromisoformat(as_of))
        with self.database.reading(self.account_id) as connection:
            rows = totals(connection, self.account_id, when)
        return str(measure([r for r in rows if r["subtype"] == subtype], "amount.claimed_net"))

    def rejected(self) -> list[int]:
        """The numbers of the rejected rows."""
        return sorted({row.row for row in rejected_rows(self.database, ACCOUNT)})


def case_of(database: Database, scratch: Path, name: str, channel: str = "amazon-us") -> Case:
    assert (CASES / name).is_dir()
    return Case(database, scratch, name, channel)


def ready(rows: Sequence[dict[str, Any]]) -> int:
    return int(measure(rows, "units.ready"))


def missing(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is not known to have come back: all that could be claimed now or ever."""
    return [row for row in rows if measure([row], "units.found") < measure([row], "units.total")]


def counts(one: FileResult) -> tuple[int, int, int]:
    return one.rows_landed, one.rows_passed_over, one.rows_rejected


def said_of(one: FileResult) -> str:
    """All that a person reads of a file, in small letters."""
    return " ".join([one.refused_because or "", *one.notes, *one.passed_over_because]).lower()


# A damaged copy of a day --------------------------------------------------------------------


@pytest.mark.parametrize(
    "order", [("a_good.txt", "b_damaged_copy.csv"), ("b_damaged_copy.csv", "a_good.txt")]
)
def test_a_damaged_copy_takes_no_day_from_a_whole_one(
    database: Database, tmp_path: Path, order: tuple[str, str]
) -> None:
    # G1, G2 and G3 lost one unit each on 10 May. In the copy, only G1's row can be read.
    case = case_of(database, tmp_path, "damaged-copy-replaces-day")
    for name in order:
        case.bring(name)
    case.pay_nothing((dt.date(2026, 5, 1), dt.date(2026, 5, 10)))
    lost = [
        (one["sku"], one["event_on"], int(measure([one], "units.open")))
        for one in case.all("2026-06-01")
    ]
    assert sorted(lost) == [(sku, "2026-05-10", 1) for sku in ("G1", "G2", "G3")]
    damaged = case.brought["b_damaged_copy.csv"]
    assert damaged.rows_rejected == 2
    assert damaged.notes, "a document that was not read whole says so"


# Day or month first -------------------------------------------------------------------------


def test_rows_that_prove_the_day_first_decide_for_the_whole_file(
    database: Database, tmp_path: Path
) -> None:
    # 13/05 and 25/05 cannot be month first, and Date and Time says 10 May: sixty days from 10, 13
    # and 25 May end on 9, 12 and 24 July. To refuse the file is as good; to land a row on
    # 5 October is not.
    case = case_of(database, tmp_path, "day-first-file")
    one = case.bring("ledger_day_first.csv")
    if one.status == "refused":
        assert "day" in said_of(one)
        assert "month" in said_of(one)
        assert every_row(database, "select 1 from amazon_ledger_event") == []
        return
    assert counts(one) == (3, 0, 0)
    found = [(row["sku"], row["event_on"], row["expires_on"]) for row in case.all("2026-06-01")]
    assert sorted(found) == [
        ("DF-1", "2026-05-10", "2026-07-09"),
        ("DF-2", "2026-05-13", "2026-07-12"),
        ("DF-3", "2026-05-25", "2026-07-24"),
    ]


# What a spreadsheet does to an identity -------------------------------------------------------


def test_a_sku_that_a_spreadsheet_has_rounded_is_unknown_and_proves_nothing(
    database: Database, tmp_path: Path
) -> None:
    # 645397938446 and 645397938453 both read 6.45398E+11 in the returns: both orders' units came
    # back, so nothing can be claimed; and neither row is known by a SKU that no item has.
    case = case_of(database, tmp_path, "excel-sci-sku")
    case.bring("a_settlement_from_amazon.txt")
    one = case.bring("b_returns_saved_by_excel.csv", asked=HALF_YEAR)
    case.pay_nothing(HALF_YEAR)
    assert ready(case.all(CLAIMABLE)) == 0
    for row in missing(case.all(CLAIMABLE)):
        assert held(row)[1], "what is not claimed says why"
    skus = every_row(database, "select sku from amazon_customer_return where sku like '%E+%'")
    assert skus == []
    assert "sku" in said_of(one) or case.rejected() == [2, 3]


def test_quotes_that_a_spreadsheet_has_added_are_no_part_of_the_sku(
    database: Database, tmp_path: Path
) -> None:
    # "MUG,BLUE-2" is MUG,BLUE-2, which came back: nothing to claim. The comment keeps its inches.
    case = case_of(database, tmp_path, "excel-tab-text-quotes")
    case.bring("a_settlement_from_amazon.txt")
    one = case.bring("b_returns_saved_by_excel.txt", asked=HALF_YEAR)
    case.pay_nothing(HALF_YEAR)
    assert counts(one) == (2, 0, 0)
    assert missing(case.all(CLAIMABLE)) == []
    returned = every_row(
        database, "select sku, customer_comments from amazon_customer_return order by sku"
    )
    assert returned == [
        ("MUG,BLUE-2", 'It said 27" wide, but was 26"'),
        ("MUG-BLUE", None),
    ]


def test_orders_that_a_spreadsheet_has_rounded_cannot_be_set_against_each_other(
    database: Database, tmp_path: Path
) -> None:
    # Sold for 20.00 and refunded 25.00: both orders read 1.29112E+14 and may be two. Unknown.
    case = case_of(database, tmp_path, "walmart-excel-sci-po", "walmart-us")
    one = case.bring("recon_saved_by_excel.csv")
    assert (one.rows_in_file, one.rows_rejected) == (3, 0)
    assert case.all("2026-05-10") == []
    assert "purchase order" in said_of(one)
    orders = every_row(database, "select distinct purchase_order_id from walmart_payment")
    assert orders == [(None,)]


# Rows out of shape ----------------------------------------------------------------------------


def test_a_return_that_could_not_be_read_still_came_back(
    database: Database, tmp_path: Path
) -> None:
    # The first return has a cell too many, the second a line break in its comment. The first names
    # order 111-0000001-0000001, the stray line names nothing.
    case = case_of(database, tmp_path, "return-row-rejected")
    case.bring("a_settlement.txt")
    one = case.bring("b_returns.txt", asked=HALF_YEAR)
    case.pay_nothing(HALF_YEAR)
    assert one.rows_in_file - one.rows_landed == len(case.rejected())
    assert 2 in case.rejected()
    assert ready(case.all(CLAIMABLE)) == 0
    assert any(one.order_id == ORDER for one in _orders(database)), "held, and shown"
    for row in missing(case.all(CLAIMABLE)):
        units, because = held(row)
        assert (row["subtype"], units) == ("refunded_not_returned", 1)
        assert because


def _orders(database: Database) -> Sequence[Any]:
    with database.loading() as connection:
        return connection.execute(text("select order_id from discrepancy")).all()


def test_cells_missing_at_the_end_of_a_row_are_empty_cells(
    database: Database, tmp_path: Path
) -> None:
    # 10.00 + 12.50 = 22.50; the settlement has its summary and four lines.
    case = case_of(database, tmp_path, "trailing-tabs-trimmed")
    paid = case.bring("reimbursements.txt")
    settled = case.bring("settlement.txt")
    assert counts(paid) == (2, 0, 0)
    assert settled.rows_rejected == 0
    assert every_row(database, _LINES) == [("26000000001", 4, "25.00")]
    assert case.claimed(CLAIMABLE, "lost_in_warehouse") == "22.50"
    assert not settled.notes, "its lines add up to its total of 25.00"


def test_repeated_headers_of_merged_files_are_passed_over(
    database: Database, tmp_path: Path
) -> None:
    case = case_of(database, tmp_path, "merged-repeated-headers")
    assert counts(case.bring("cat.csv")) == (2, 1, 0)
    # The second header has 12 columns, and so have the rows below it.
    assert counts(case.bring("cat_ledgers_16_and_12.txt")) == (2, 1, 0)
    settled = case.bring("cat_settlements.txt")
    assert settled.rows_rejected == 0
    assert case.claimed(CLAIMABLE, "lost_in_warehouse") == "22.50"
    events = every_row(database, "select day::text, quantity from amazon_ledger_event order by 1")
    assert events == [("2026-05-10", -2), ("2026-05-12", -2)]
    assert every_row(database, _LINES) == [
        ("26000000001", 1, "20.00"),
        ("26000000002", 1, "30.00"),
    ]


def test_a_file_cut_inside_a_letter_loses_its_last_row_alone(
    database: Database, tmp_path: Path
) -> None:
    # The return of KAFFEE-Ü is there: nothing to claim. One byte does not change the others.
    case = case_of(database, tmp_path, "truncated-utf8")
    case.bring("a_settlement.txt")
    one = case.bring("b_returns_cut_off.txt", asked=HALF_YEAR)
    case.pay_nothing(HALF_YEAR)
    assert one.rows_in_file == 2
    assert case.rejected() in ([], [3])
    assert missing(case.all(CLAIMABLE)) == []
    kept = every_row(database, f"select sku from amazon_customer_return where order_id = '{ORDER}'")
    assert kept == [("KAFFEE-Ü",)]
    assert said_of(one) or case.rejected(), "a cut file says so"


# Periods and ranges ---------------------------------------------------------------------------


def test_removal_shipments_are_asked_for_by_their_orders_creation(
    database: Database, tmp_path: Path
) -> None:
    # Requested from 1 to 30 April; the parcel of 28 April's order left on 3 May.
    case = case_of(database, tmp_path, "removal-shipments-range")
    april = (dt.date(2026, 4, 1), dt.date(2026, 4, 30))
    one = case.bring("april.txt", asked=april)
    assert (one.status, counts(one)) == ("landed", (2, 0, 0))


def test_rows_with_periods_of_their_own_land_under_the_files_summary(
    database: Database, tmp_path: Path
) -> None:
    # One settlement of 7 to 21 June: 20.00 - 3.00 + 6.00 = 23.00, of which 6.00 is for lost stock.
    case = case_of(database, tmp_path, "walmart-row-periods", "walmart-us")
    one = case.bring("recon.csv")
    assert counts(one) == (3, 1, 0)
    told = every_row(
        database,
        "select period_start::text, period_end::text, sum(amount)::text from walmart_payment"
        " group by 1, 2",
    )
    assert told == [("2026-06-07", "2026-06-21", "23.00")]
    assert case.claimed("2026-07-15", "lost_in_warehouse") == "6.00"
    assert not one.notes, "its lines add up to its total of 23.00"


# Answers and layouts --------------------------------------------------------------------------


def test_an_answer_without_its_envelope_lands(database: Database, tmp_path: Path) -> None:
    # 36 shipped, 30 received, closed: 6 short.
    case = case_of(database, tmp_path, "inbound-json-stripped")
    case.bring("shipments.json", "items.json")
    assert [counts(one) for one in case.brought.values()] == [(1, 0, 0), (1, 0, 0)]
    (short,) = case.all("2026-05-01")
    assert (short["subtype"], int(measure([short], "units.open"))) == ("inbound_shortage", 6)
    # No ledger says what arrived after the answer, and no payments report what was paid.
    assert ready([short]) == 0


@pytest.mark.parametrize(
    "name", ["ledger-de.csv", "reimb-zh.txt", "returns-fr.csv", "returns-ja.txt"]
)
def test_a_report_in_another_language_names_the_way_out(
    database: Database, tmp_path: Path, name: str
) -> None:
    one = case_of(database, tmp_path, "localised-headers").bring(name)
    if one.status == "landed":  # to read it is as good
        assert counts(one) == (1, 0, 0)
        return
    assert "english" in said_of(one)
    assert "language" in said_of(one)


def test_chinese_reimbursements_are_not_called_returns(database: Database, tmp_path: Path) -> None:
    one = case_of(database, tmp_path, "localised-headers").bring("reimb-zh.txt")
    assert "customer returns" not in said_of(one)


def test_the_table_on_the_screen_is_no_report_and_the_report_is_named(
    database: Database, tmp_path: Path
) -> None:
    one = case_of(database, tmp_path, "localised-headers").bring("reimb-online-table.csv")
    if one.status == "landed":
        assert counts(one) == (1, 0, 0)
        return
    assert "fba reimbursements" in said_of(one)
    assert "download" in said_of(one)


def test_walmarts_other_payments_layout_is_refused_by_name(
    database: Database, tmp_path: Path
) -> None:
    case = case_of(database, tmp_path, "walmart-new-format", "walmart-us")
    one = case.bring("Shop_10001_MP_06022026_reconciliationreport.csv")
    assert one.status == "refused"
    assert "recon" in said_of(one)
    assert "v1" in said_of(one)
    assert "wfs settlement" not in said_of(one)


def test_every_folder_has_a_test(request: pytest.FixtureRequest) -> None:
    """A case that is added is not forgotten."""
    here = Path(request.path).read_text("utf-8")
    for folder in sorted(path for path in CASES.iterdir() if path.is_dir()):
        played = (folder / "expect.json").exists()
        assert played or f'"{folder.name}"' in here, folder.name
