"""One page of several is not the whole answer: what stands on the others is unknown."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.database.engine import Database
from services.landing.read.unpack import unpack
from services.landing.recognise.kinds import recognise
from services.landing.rows.parse import Parser
from tests.common.reports.files import API, every_row
from tests.landing.bringing import Bring
from tests.landing.walmart_returns import return_line, returned

US = {"channel": "walmart-us"}


def missing(path: Path, *answers: object) -> str | None:
    """What is said of a document with these answers, one a line."""
    path.write_text("\n".join(json.dumps(answer) for answer in answers))
    for document in unpack(path):
        parser = Parser(document, recognise(document), {}, lambda _: None)
        list(parser.batches())
        return parser.tally.pages.missing
    raise AssertionError


def answer(first: int, last: int, **meta: object) -> dict[str, Any]:
    """Return orders number `first` to `last`, two lines each."""
    orders = [
        returned(return_line(1), return_line(2), order=f"R-{number}")
        for number in range(first, last + 1)
    ]
    return {"meta": meta, "returnOrders": orders}


def inbound(units: Sequence[int], **more: object) -> dict[str, Any]:
    said = json.loads((API / "amazon/inbound_items.json").read_text())
    (item,) = said["payload"]["ItemData"]
    said["payload"]["ItemData"] = [item | {"QuantityShipped": n} for n in units]
    said["payload"].pop("NextToken", None)
    said["payload"] |= more
    return said  # type: ignore[no-any-return]


ERROR = {"errors": [{"code": "429", "description": "Too many requests"}]}


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ([answer(1, 3, totalCount=3)], None),
        ([answer(1, 3, totalCount=3, nextCursor="?offset=3")], None),  # given after the last page
        ([answer(1, 3, totalCount=7, nextCursor="?offset=3")], "It holds 3 of 7:"),
        ([answer(1, 3, totalCount=7), answer(4, 6, totalCount=7)], "It holds 6 of 7:"),
        ([answer(1, 3, totalCount=7), answer(4, 7, totalCount=7)], None),
        ([answer(4, 7, totalCount=7)], "It holds 4 of 7:"),  # the last page alone
        ([answer(1, 2, totalCount=2), answer(3, 3, totalCount=5)], "It holds 1 of 5:"),
        ([answer(1, 2, totalCount=5), answer(3, 3, totalCount=1)], "It holds 2 of 5:"),
        # The number as text or with decimals.
        ([answer(1, 3, totalCount="7")], "It holds 3 of 7:"),
        ([answer(1, 3, totalCount=7.0)], "It holds 3 of 7:"),
        ([answer(1, 3, totalCount="3 ")], None),
        # A page that was fetched twice is one, wherever it stands again.
        ([answer(1, 3, totalCount=6), answer(1, 3, totalCount=6)], "It holds 3 of 6:"),
        (
            [answer(1, 3, totalCount=6), answer(4, 6, totalCount=6), answer(4, 6, totalCount=6)],
            None,
        ),
        ([inbound([1], NextToken="a"), inbound([1], NextToken="a"), inbound([2])], None),
        # An error among the answers is no page.
        ([answer(1, 3, nextCursor="?offset=3"), ERROR], "It holds 3 of more:"),
        ([answer(1, 3, totalCount=6), ERROR], "It holds 3 of 6:"),
        ([answer(1, 3, totalCount=6), ERROR, answer(4, 6, totalCount=6)], None),
        ([inbound([1, 2], NextToken="abc"), {"payload": {}, **ERROR}], "It holds 2 of more:"),
        ([inbound([1, 2])], None),
        ([inbound([1, 2], NextToken="abc")], "It holds 2 of more:"),
        ([inbound([1, 2], NextToken="abc"), inbound([3])], None),
        ([inbound([1, 2], NextToken="")], None),
    ],
)
def test_a_document_says_whether_a_page_is_missing(
    tmp_path: Path, answers: list[object], says: str | None
) -> None:
    said = missing(tmp_path / "f", *answers)
    assert said is None if says is None else (said or "").startswith(says)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.sets(st.integers(1, 8)), gone=st.none() | st.integers(0, 9))
def test_only_all_pages_are_whole(tmp_path: Path, cuts: set[int], gone: int | None) -> None:
    ends = [*sorted(cuts), 9]
    pages = [
        answer(before + 1, end, totalCount=9) for before, end in zip([0, *ends], ends, strict=False)
    ]
    kept = [page for at, page in enumerate(pages) if gone is None or at != gone % len(pages)]
    if kept:
        assert (missing(tmp_path / "f", *kept) is None) == (gone is None)


def log(lines: int, total: int) -> dict[str, Any]:
    """The inventory log of one item: its total counts the lines."""
    entry = {
        "fcName": "A",
        "changedUnits": 1,
        "transactionTime": "2026-05-01T10:00:00.000Z",
        "transactionReasonCode": 1,
        "transactionReasonDesc": "x",
        "transactionType": "y",
    }
    return {
        "headers": {"totalCount": total},
        "payload": {
            "gtin": "00065791330026",
            "vendorSku": "S",
            "productName": "Mug",
            "inventoryLog": [{"id": str(n), **entry} for n in range(lines)],
        },
    }


def test_the_total_of_one_record_counts_its_lines(tmp_path: Path) -> None:
    assert missing(tmp_path / "f", log(3, 3), log(2, 2)) is None
    assert "holds 2 of 5" in (missing(tmp_path / "f", log(3, 3), log(2, 5)) or "")


COVERED = "select bool_and(is_whole) from report_coverage where kind = 'walmart_returns'"


def test_one_page_covers_no_day_and_all_of_them_do(bring: Bring, database: Database) -> None:
    page = answer(1, 2, totalCount=4, nextCursor="?offset=2")
    result = bring(json.dumps(page), **US)
    assert (result.rows_landed, result.is_whole) == (4, False)
    assert "it is one page of several" in result.notes[0]
    assert every_row(database, COVERED) == [(False,)]
    result = bring(json.dumps([page, answer(3, 4, totalCount=4)]), **US)
    assert (result.rows_landed, result.is_whole) == (4, True)
    assert every_row(database, COVERED) == [(True,)]
