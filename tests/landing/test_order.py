"""Whatever is brought, in whatever order and however often: counts add up, one state results."""

import itertools
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.database.engine import Database
from services.landing.importing import import_files
from tests.common.reports import files
from tests.common.reports.files import every_row, ledger_row

accounts = itertools.count()

# One database for all examples: each has an account of its own.
QUICKLY = settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

# Rows good and bad ---------------------------------------------------------------------------

cells = st.text(
    st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=["Cs"]), max_size=12
)
good_rows = st.builds(
    ledger_row,
    day=st.sampled_from(["05/13/2026", "5/1/2026", "2026-05-02"]),
    fnsku=st.sampled_from(["X1", "X2"]),
    quantity=st.integers(-99, 99).map(str),
    country=st.sampled_from(["US", "CA", "", "XX"]),
    title=cells,
)
bad_rows = st.one_of(
    st.builds(ledger_row, quantity=st.sampled_from(["", "x", "1.5", "1,000", "9" * 12])),
    st.builds(ledger_row, fnsku=st.just("")),
    good_rows.map(lambda row: ("31/31/2026", *row[1:])),
    # On one line: a cell that goes on in the next line is one row only if its row fits the header.
    st.lists(st.text("ab 1,;"), min_size=1, max_size=20).filter(lambda row: len(row) != 16),
)
no_rows = st.just(("",) * 16)


@settings(QUICKLY, max_examples=25)
@given(st.lists(st.one_of(good_rows, bad_rows, no_rows), max_size=25), st.booleans())
def test_landed_and_passed_over_and_rejected_are_the_rows_of_the_file(
    database: Database, tmp_path: Path, rows: list[tuple[str, ...]], by_hand: bool
) -> None:
    path = tmp_path / "ledger"
    delimiter = "," if by_hand else "\t"
    path.write_text(files.table(files.LEDGER, rows, delimiter, quoted=True), newline="")
    name = f"Account {next(accounts)}"
    [result] = import_files(database, [path], account=name, channel="amazon-us").files
    empty = sum(1 for row in rows if not any(cell.strip() for cell in row))
    good = sum(1 for row in rows if len(row) == 16 and is_good(row))
    assert result.rows_in_file == len(rows)
    assert result.rows_landed == good
    assert result.rows_passed_over == empty
    assert result.rows_rejected == len(rows) - good - empty
    stored = every_row(
        database,
        "select count(distinct (r.document_id, r.row_number)) from rejected_row r"
        " join account a on a.account_id = r.account_id where a.name = :name",
        name=name,
    )
    assert stored == [(result.rows_rejected,)]


def is_good(row: tuple[str, ...]) -> bool:
    """What the generators above mean by a good row, told without the code under test."""
    return (
        row[0] != "31/31/2026" and bool(row[1]) and row[7].lstrip("-").isdigit() and len(row[7]) < 5
    )


# Any order -----------------------------------------------------------------------------------

DAYS = [f"05/{day:02}/2026" for day in range(1, 13)]


@st.composite
def downloads(draw: st.DrawFn) -> list[bytes]:
    """Overlapping ledger files of one evolving truth: each ends on a day of its own."""
    ends = draw(st.lists(st.integers(1, 11), min_size=2, max_size=3, unique=True))
    made = []
    for end in ends:
        start = draw(st.integers(0, end - 1))
        rows = []
        for at in range(start, end + 1):
            for country in ("US", "CA"):
                known = draw(st.integers(0, 2))
                rows += [
                    ledger_row(
                        DAYS[at],
                        country=country,
                        event="Adjustments",
                        reason="M",
                        quantity="-2",
                        unreconciled=str(max(2 - (end - at), 0)),
                    )
                ] * known
        rows += [ledger_row(DAYS[start]), ledger_row(DAYS[end])]
        made.append(files.ledger(rows))
    return made


STATE = (
    "select e.country, e.day, e.event_key, e.quantity, e.unreconciled_quantity, d.checksum,"
    " e.row_number, c.code from amazon_ledger_event e"
    " join account a on a.account_id = e.account_id"
    " join channel c on c.account_id = e.account_id and c.channel_id = e.channel_id"
    " join report_document d on d.account_id = e.account_id and d.document_id = e.document_id"
    " where a.name = :name order by 1, 2, 3"
)


@QUICKLY
@given(st.data(), downloads())
def test_any_order_and_repetition_of_ledgers_gives_the_same_rows(
    database: Database, tmp_path: Path, data: st.DataObject, made: list[bytes]
) -> None:
    in_order = landed(database, tmp_path, made)
    shuffled = data.draw(st.permutations(made)) + data.draw(
        st.lists(st.sampled_from(made), max_size=2)
    )
    assert landed(database, tmp_path, shuffled) == in_order


def landed(database: Database, folder: Path, contents: list[bytes]) -> list[tuple[object, ...]]:
    name = f"Account {next(accounts)}"
    for at, content in enumerate(contents):
        (folder / f"{at}.txt").write_bytes(content)
        import_files(database, [folder / f"{at}.txt"], account=name, channel="amazon-us")
    return every_row(database, STATE, name=name)


PAID = (
    "select r.reimbursement_id, r.case_id, r.amount_total, d.checksum, r.row_number"
    " from amazon_reimbursement r join account a on a.account_id = r.account_id"
    " join report_document d on d.account_id = r.account_id and d.document_id = r.document_id"
    " where a.name = :name order by 1, r.line_ordinal"
)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_any_order_of_reimbursements_gives_the_same_rows(
    database: Database, tmp_path: Path, order: tuple[int, ...]
) -> None:
    def document(last: int, case: str, *numbers: str) -> bytes:
        rows = [files.reimbursement_row(number, case=case) for number in numbers]
        at = f"2026-06-{last}T12:00:00+00:00"
        return files.reimbursements([*rows, files.reimbursement_row(f"last {last}", at=at)])

    made = [document(10, "", "1", "2"), document(15, "7", "1", "3"), document(20, "", "1", "1")]
    states = []
    for chosen in (range(3), order):
        name = f"Account {next(accounts)}"
        for at in chosen:
            (tmp_path / "x").write_bytes(made[at])
            import_files(database, [tmp_path / "x"], account=name, channel="amazon-us")
        states.append(every_row(database, PAID, name=name))
    assert states[0] == states[1]


# Kinds that came later: three documents of one truth, whose newest is told by what they hold.


def settlements() -> list[str]:
    def one(number: str, end: str, amount: str) -> list[tuple[str, ...]]:
        period = {
            "settlement-start-date": "2026-03-01 00:00:00 UTC",
            "settlement-end-date": f"2026-03-{end} 20:00:00 UTC",
            "currency": "USD",
        }
        line = {
            "transaction-type": "Order",
            "amount": amount,
            "posted-date-time": "2026-03-02 08:49:04 UTC",
        }
        return [
            as_row(files.SETTLEMENT, {"settlement-id": number, **said}) for said in (period, line)
        ]

    return [
        files.table(files.SETTLEMENT, rows)
        for rows in (
            one("1", "14", "1.00"),
            one("1", "14", "1.50") + one("2", "21", "2.00"),
            one("2", "21", "2.50") + one("3", "28", "3.00"),
        )
    ]


def removals() -> list[str]:
    def one(order: str, requested: int, updated: int, status: str) -> tuple[str, ...]:
        return as_row(
            files.REMOVAL_ORDERS,
            {
                "request-date": f"2026-03-{requested:02}T10:00:00+00:00",
                "order-id": order,
                "last-updated-date": f"2026-03-{updated:02}T10:00:00+00:00",
                "order-status": status,
                "sku": "A",
                "fnsku": "X",
                "disposition": "Sellable",
                "requested-quantity": "1",
            },
        )

    pending = [one("R1", 1, 2, "Pending"), one("R2", 9, 9, "Pending")]
    processing = [one("R1", 1, 5, "Processing"), one("R3", 4, 5, "Pending")]
    done = [one("R1", 1, 8, "Completed")]
    return [files.table(files.REMOVAL_ORDERS, rows) for rows in (pending, processing, done)]


def logs() -> list[str]:
    def page(*entries: tuple[str, int]) -> str:
        listed = [
            {"id": number, "changedUnits": -1, "transactionTime": f"2026-05-{day:02}T10:00:00Z"}
            for number, day in entries
        ]
        return json.dumps({"payload": {"gtin": "65791330026", "inventoryLog": listed}})

    return [page(("a", 1), ("b", 2)), page(("b", 2), ("c", 5)), page(("a", 1), ("d", 9))]


def as_row(header: tuple[str, ...], said: dict[str, str]) -> tuple[str, ...]:
    return tuple(said.get(name, "") for name in header)


IN_ANY_ORDER = [
    (settlements, "amazon-us", "amazon_settlement_line", "r.settlement_id, r.amount::text"),
    (removals, "amazon-us", "amazon_removal_order", "r.order_id, r.order_status"),
    (logs, "walmart-us", "walmart_inventory_log", "r.log_id, r.changed_units"),
]


@pytest.mark.parametrize("kind", IN_ANY_ORDER, ids=lambda kind: kind[2])
def test_any_order_of_the_other_kinds_gives_the_same_rows(
    database: Database,
    tmp_path: Path,
    kind: tuple[Callable[[], list[str]], str, str, str],
) -> None:
    make, channel, table, what = kind
    state = (
        f"select {what}, d.checksum, r.row_number from {table} r"
        " join account a on a.account_id = r.account_id"
        " join report_document d on d.account_id = r.account_id"
        f" and d.document_id = r.document_id where a.name = :name order by {what}"
    )
    states = []
    for order in itertools.permutations(make()):
        name = f"Account {next(accounts)}"
        for content in order:
            (tmp_path / "x").write_text(content)
            import_files(database, [tmp_path / "x"], account=name, channel=channel)
        states.append(every_row(database, state, name=name))
    assert len(states[0]) >= 3
    assert all(other == states[0] for other in states)
