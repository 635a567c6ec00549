"""Case rows that came before their channel: rejected, and read again as soon as it is there."""

import csv
import io
import json
from pathlib import Path
from typing import Any, Final

import pytest

from services.database.engine import Database
from services.landing import telling
from services.landing.importing import ImportResult, import_files
from tests.common.reports.files import every_row
from tests.common.reports.walmart import receipt
from tests.common.worlds.recovery import (
    ACCOUNT,
    COST,
    RECEIPTS,
    REIMBURSEMENTS,
    World,
    case,
    cost,
    paid,
    units,
)

# 100 expected, 96 received: 4 short, and Walmart refused the case.
REFUSED: Final[dict[str, Any]] = {
    "case_id": "WM-1107",
    "channel": "walmart-us",
    "type": "shipment",
    "subtype": "inbound_shortage",
    "closed_on": "2026-05-10",
    "units": 4,
    "reference_ids": ["1234567GDM"],
    "events": [{"at": "2026-04-25T17:00:00Z", "status": "open", "note": "filed,\nwith papers"}],
}


def waits(**more: object) -> dict[str, Any]:
    return case("not_eligible", "2026-04-25", **REFUSED) | more


OURS: Final = case("open", "2026-05-20", case_id="1")


def as_csv(*cases: dict[str, Any], **how: Any) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(cases[0]), lineterminator="\n", **how)
    writer.writeheader()
    writer.writerows(
        {
            name: json.dumps(value) if isinstance(value, list) else value
            for name, value in one.items()
        }
        for one in cases
    )
    return out.getvalue()


def as_json(*cases: dict[str, Any]) -> str:
    return json.dumps(list(cases), indent=1)


FORMS: Final = {
    "json": as_json,
    "csv": as_csv,
    "semicolons below blank lines": lambda *cases: "\n\n" + as_csv(*cases, delimiter=";"),
    "tabs": lambda *cases: as_csv(*cases, delimiter="\t", quoting=csv.QUOTE_NONE, quotechar=None),
    "quoted tabs": lambda *cases: as_csv(*cases, delimiter="\t", quoting=csv.QUOTE_ALL),
}


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    """An account with amazon-us alone."""
    one = World(database, tmp_path)
    one.land(COST, cost("1.00"), delimiter=",")
    return one


def _feed(world: World, content: str, name: str = "cases") -> ImportResult:
    return _import(world, {name: content})


def _import(world: World, contents: dict[str, str], channel: str = "amazon-us") -> ImportResult:
    paths = []
    for name, content in contents.items():
        paths.append(world.folder / name)
        paths[-1].write_text(content, "utf-8", newline="")
    return import_files(world.database, paths, account=world.account, channel=channel)


def _walmart_comes(world: World, account: str = ACCOUNT) -> None:
    walmart = World(world.database, world.folder, "walmart-us", account)
    walmart.land(RECEIPTS, receipt(), delimiter=",")


def _documents(world: World) -> list[tuple[object, ...]]:
    return world.rows(
        "select rows_in_file, rows_landed, rows_passed_over, rows_rejected from report_document"
        " where account_id = :account_id and kind = 'case_feed' order by document_id"
    )


def _statuses(world: World) -> dict[object, object]:
    return dict(
        world.rows("select case_id, status from reimbursement_case where account_id = :account_id")  # type: ignore[arg-type]
    )


def _rejected(world: World) -> list[tuple[object, ...]]:
    return world.rows(
        "select row_number, column_name, found from rejected_row where account_id = :account_id"
        " order by document_id, row_number, column_name"
    )


# The case counts, whichever came first ---------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("order", ["cases last", "cases first", "cases first and again"])
def test_a_refused_case_counts_whichever_came_first(world: World, form: str, order: str) -> None:
    content = FORMS[form](OURS, waits())
    if order == "cases last":
        _walmart_comes(world)
        _feed(world, content)
    else:
        first = _feed(world, content)
        assert (first.files[0].rows_landed, first.files[0].rows_rejected) == (1, 1)
        _walmart_comes(world)
    if order == "cases first and again":
        assert _feed(world, content).files[0].status == "already_landed"
    assert _documents(world) == [(2, 2, 0, 0)]
    assert _rejected(world) == []
    assert units(world.one("2026-06-30")) == {"denied": 4}
    assert every_row(
        world.database, "select at::date::text, note from case_event where account_id = 1"
    ) == [("2026-04-25", "filed,\nwith papers")]


def test_cells_of_several_lines_keep_their_rows_apart(world: World) -> None:
    # Two rows of this feed wait; the first one's note in the reference column spans two lines.
    first = waits(case_id="A", reference_ids="1234567GDM\nand more")
    table = as_csv(first, OURS, waits(case_id="B"))
    assert _feed(world, table).files[0].rows_rejected == 2
    assert [row for row, *_ in _rejected(world)] == [2, 5]
    _walmart_comes(world)
    assert _documents(world) == [(3, 3, 0, 0)]
    assert every_row(
        world.database,
        "select case_id, row_number from reimbursement_case where account_id = 1 order by 1",
    ) == [("1", 4), ("A", 2), ("B", 5)]


def test_what_became_of_the_rows_is_told(world: World) -> None:
    _feed(world, as_json(OURS, waits()), "cases.json")
    result = _import(world, {"costs.csv": ",".join(COST) + "\nA,USD,1,2026-01-01\n"}, "walmart-us")
    [again] = result.read_again
    assert telling.read_again_in_words(again) == (
        "cases.json: 1 row read again, the channel is there: 1 landed, 0 passed over"
    )
    assert telling.as_plain(result)["read_again"] == [
        {
            "file": "cases.json",
            "document_id": again.document_id,
            "rows": 1,
            "rows_landed": 1,
            "rows_passed_over": 0,
            "passed_over_because": {},
        }
    ]
    assert every_row(
        world.database,
        "select notes, first_day::text, last_day::text from report_document"
        " where kind = 'case_feed'",
    ) == [(["Rows read again once their channel was there: 1."], "2026-04-25", "2026-05-20")]


# What still stands in the way ------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_a_row_with_another_fault_stays_rejected_for_that_one(world: World, form: str) -> None:
    _feed(world, FORMS[form](OURS, waits(currency="XXX"), waits(case_id="2")))
    [(row, *_), _, (other, *_)] = _rejected(world)
    _walmart_comes(world)
    assert _documents(world) == [(3, 2, 0, 1)]
    assert _rejected(world) == [(row, "currency", "XXX")]
    assert row != other
    [(raw,)] = every_row(world.database, "select raw_text from rejected_row")
    assert "WM-1107" in str(raw)


def test_a_fault_that_no_cell_shows_is_found_then(world: World) -> None:
    _feed(world, as_json(waits(closed_on="2026-04-01")))
    _walmart_comes(world)
    assert _rejected(world) == [(1, "closed_on", "2026-04-01")]
    assert _documents(world) == [(1, 0, 0, 1)]


def test_a_channel_that_is_not_there_is_waited_for(world: World) -> None:
    _feed(world, as_csv(OURS, waits(), waits(case_id="2", channel="amazon-fr")))
    _walmart_comes(world)
    assert _documents(world) == [(3, 2, 0, 1)]
    assert _rejected(world) == [(4, "channel", "amazon-fr")]


def test_a_channel_of_another_account_does_not_count(world: World) -> None:
    _feed(world, as_json(OURS, waits()))
    _walmart_comes(world, "Another")
    assert _documents(world) == [(2, 1, 0, 1)]


def test_an_import_of_which_nothing_lands_reads_nothing_again(world: World) -> None:
    _feed(world, as_json(OURS, waits()))
    result = _import(world, {"what": "a\tb\n1\t2\n"}, "walmart-us")
    assert result.refused
    assert _documents(world) == [(2, 1, 0, 1)]


# Which feed speaks -----------------------------------------------------------------------------


def test_the_newest_feed_says_what_a_case_is(world: World) -> None:
    _feed(world, as_json(waits(status="open", closed_on=None)))
    _feed(world, as_csv(waits()))
    _walmart_comes(world)
    assert _statuses(world) == {"WM-1107": "not_eligible"}
    assert _documents(world) == [(1, 1, 0, 0), (1, 1, 0, 0)]


def test_an_older_row_never_takes_a_case_from_a_newer_feed(world: World) -> None:
    # The newer feed comes with the very import that makes the channel known.
    _feed(world, as_json(waits(status="open", closed_on=None, events=[])))
    result = _import(world, {"new": as_json(waits())}, "walmart-us")
    assert _statuses(world) == {"WM-1107": "not_eligible"}
    assert _documents(world) == [(1, 0, 1, 0), (1, 1, 0, 0)]
    [again] = result.read_again
    assert again.passed_over_because == {"a later file holds this case": 1}
    assert len(every_row(world.database, "select 1 from case_event where account_id = 1")) == 1


def test_the_last_line_of_a_file_says_what_its_case_is(world: World) -> None:
    _feed(world, as_csv(waits(status="open", closed_on=None), waits()))
    _walmart_comes(world)
    assert _statuses(world) == {"WM-1107": "not_eligible"}
    assert _documents(world) == [(2, 1, 1, 0)]


def test_a_channel_that_a_payment_makes_counts_in_the_same_import(world: World) -> None:
    # The feed comes first; the payment in Canadian dollars makes amazon-ca known.
    canadian = case("open", "2026-05-20", case_id="2", channel="amazon-ca", currency="CAD")
    payment = paid("2026-05-20", 1, "5.10", **{"currency-unit": "CAD"})
    table = io.StringIO()
    writer = csv.DictWriter(table, REIMBURSEMENTS, delimiter="\t", restval="")
    writer.writeheader()
    writer.writerow(payment)
    result = _import(world, {"1": as_json(OURS, canadian), "2": table.getvalue()})
    feed, _ = result.files
    assert (feed.rows_in_file, feed.rows_landed, feed.rows_rejected) == (2, 2, 0)
    assert _documents(world) == [(2, 2, 0, 0)]
    assert _statuses(world) == {"1": "open", "2": "open"}
