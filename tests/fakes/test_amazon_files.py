"""What the fake Amazon serves: in pieces or whole, the same rows, none twice and none left out."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from sample.text import plain_tab, save
from services.landing.read.unpack import unpack
from services.landing.recognise.kinds import recognise
from services.marketplaces.registry import MARKETPLACES
from tests.common.reports.files import REIMBURSEMENTS, RETURNS
from tests.fakes.amazon.files import KINDS, Files

FIRST, LAST = date(2026, 1, 1), date(2026, 6, 30)


def paid(day: date, number: int) -> tuple[str, ...]:
    named = {"approval-date": f"{day}T10:00:00+00:00", "reimbursement-id": f"{number}"}
    return tuple(named.get(name, "") for name in REIMBURSEMENTS)


def returned(day: date, order: str) -> tuple[str, ...]:
    named = {"return-date": f"{day}T10:00:00+00:00", "order-id": order}
    return tuple(named.get(name, "") for name in RETURNS)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """A payment a day, told in two files that overlap; a return that nobody can date."""
    folder = tmp_path / "seller/amazon-de"
    days = [FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1)]
    for first, last in ((FIRST, date(2026, 4, 10)), (date(2026, 3, 1), LAST)):
        rows = [paid(day, days.index(day)) for day in days if first <= day <= last]
        save(folder / f"reimbursements_{first}_{last}.txt", plain_tab([REIMBURSEMENTS, *rows]))
    dated = [returned(date(2026, 2, 27), "1"), returned(date(2026, 3, 2), "3")]
    undated = tuple("2026-02-30" if cell.startswith("2026") else cell for cell in dated[0])
    lines = [RETURNS, dated[0], undated, dated[1]]
    save(folder / f"customer-returns_{FIRST}_{LAST}.txt", plain_tab(lines))
    return Files.below(tmp_path / "seller")


def rows_of(content: bytes) -> list[str]:
    return content.decode("cp1252").splitlines()[1:]


@pytest.mark.parametrize(
    ("type_", "count"),
    [("GET_FBA_REIMBURSEMENTS_DATA", 181), ("GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA", 3)],
)
@pytest.mark.parametrize("length", [7, 30, 90, 400])
def test_pieces_together_are_the_whole(files: Files, type_: str, count: int, length: int) -> None:
    kind, told, first = KINDS[type_], [], FIRST
    while first <= LAST:
        last = first + timedelta(days=length - 1)
        told += rows_of(files.report(kind, {"amazon-de"}, (first, last)))
        first = last + timedelta(days=1)
    assert told == rows_of(files.report(kind, {"amazon-de"}, (date.min, date.max)))
    assert len(told) == count


def test_of_other_days_there_is_the_header(files: Files) -> None:
    kind = KINDS["GET_FBA_REIMBURSEMENTS_DATA"]
    content = files.report(kind, {"amazon-de"}, (date(2025, 1, 1), date(2025, 2, 1)))
    assert content.decode() == "\t".join(REIMBURSEMENTS) + "\n"


def test_the_whole_can_be_imported(files: Files, tmp_path: Path) -> None:
    found = list(files.whole(tmp_path, "amazon-de"))
    assert {channel for channel, _ in found} == {"amazon-de"}
    kinds = {path.name.partition(".")[0]: _kinds(path) for _, path in found if _has_rows(path)}
    assert kinds == {
        "reimbursements": {"amazon_reimbursements"},
        "customer-returns": {"amazon_customer_returns"},
    }


def _has_rows(path: Path) -> bool:
    return path.suffix == ".txt"


def _kinds(path: Path) -> set[str]:
    kinds = {recognise(document).report.kind for document in unpack(path)}
    assert kinds <= MARKETPLACES["amazon"].kinds
    return kinds
