"""Amazon's report files: ledger, reimbursements, customer returns, as Amazon delivers them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final

from sample.amazon import ledger
from sample.amazon.ledger import Extract
from sample.model import CustomerReturn, Market, Payment, Story
from sample.text import Row, by_hand, columns, gzipped, plain_tab, quoted_tab, save

REIMBURSEMENT_COLUMNS: Final = columns("""
    approval-date, reimbursement-id, case-id, amazon-order-id, reason, sku, fnsku, asin,
    product-name, condition, currency-unit, amount-per-unit, amount-total,
    quantity-reimbursed-cash, quantity-reimbursed-inventory, quantity-reimbursed-total,
    original-reimbursement-id, original-reimbursement-type
""")
RETURN_COLUMNS: Final = columns("""
    return-date, order-id, sku, asin, fnsku, product-name, quantity, fulfillment-center-id,
    detailed-disposition, reason, status, license-plate-number, customer-comments
""")

Span = tuple[date, date]
_MOVED_DATES: Final = 61  # every so manieth return of a newer pull bears another date


def write_ledger(
    folder: Path, story: Story, markets: Sequence[Market], layouts: Sequence[int]
) -> list[Path]:
    """The ledger of these channels as overlapping files, oldest first."""
    listed = ledger.entries(story, markets)
    first, last = markets[0].first_day, markets[0].last_day
    files = ledger.extracts(first, last, layouts)
    return [_write_ledger(folder, story, listed, extract) for extract in files]


def _write_ledger(
    folder: Path, story: Story, listed: Sequence[ledger.Entry], extract: Extract
) -> Path:
    told = list(ledger.rows(story, listed, extract))
    newest = extract.last == max(entry.movement.on for entry in listed)
    if newest and listed[-1].movement.country == "US":
        told = _with_bad_rows(told)
    newline = "\r\n" if extract.columns == 12 else "\n"
    name = f"inventory-ledger-detail_{extract.first}_{extract.last}.txt"
    return save(folder / name, quoted_tab(told, newline))


def _with_bad_rows(told: list[Row]) -> list[Row]:
    """A day that no calendar has, and a row that lost a cell on its way."""
    year = told[-1][0][-4:]
    wrong_day = [f"13/45/{year}", *told[40][1:]]
    # Two cells have run together: nobody can tell which.
    short = [*told[80][:2], f"{told[80][2]}{told[80][3]}", *told[80][4:]]
    return [*told[:41], wrong_day, *told[41:81], short, *told[81:]]


def write_reimbursements(folder: Path, story: Story, region: str) -> list[Path]:
    """The region's reimbursements: one report for all its channels, in overlapping pulls."""
    payments = sorted(
        (
            payment
            for payment in story.payments
            if payment.market.region == region and payment.market.is_amazon
        ),
        key=lambda payment: (payment.paid_on, payment.payment_id, payment.product.sku),
    )
    writers = {"NA": (plain_tab, by_hand, _zipped_tab, plain_tab), "EU": (plain_tab, plain_tab)}
    spans = _pulls(story.today, {"NA": (548, 400, 200, 90), "EU": (548, 220)}[region])
    return [
        _write_reimbursements(
            folder, [p for p in payments if span[0] <= p.paid_on <= span[1]], span, writer
        )
        for span, writer in zip(spans, writers[region], strict=True)
    ]


def _pulls(today: date, starts: Sequence[int]) -> Iterator[Span]:
    """Spans of days that overlap by five weeks, the last one up to yesterday."""
    for number, start in enumerate(starts):
        newest = number == len(starts) - 1
        last = 1 if newest else starts[number + 1] - 35
        yield today - timedelta(days=start), today - timedelta(days=last)


def _zipped_tab(rows: Iterable[Row]) -> bytes:
    return gzipped(plain_tab(rows))


Writer = Callable[[Iterable[Row]], bytes]
_ENDINGS: Final[dict[Writer, str]] = {plain_tab: "txt", by_hand: "csv", _zipped_tab: "txt.gz"}


def _write_reimbursements(
    folder: Path, payments: Sequence[Payment], span: Span, writer: Writer
) -> Path:
    content = writer([REIMBURSEMENT_COLUMNS, *map(_reimbursement, payments)])
    return save(folder / f"reimbursements_{span[0]}_{span[1]}.{_ENDINGS[writer]}", content)


def _reimbursement(payment: Payment) -> Row:
    product, original = payment.product, payment.undoes
    return (
        _at(payment.paid_on, int(payment.payment_id)),
        payment.payment_id,
        payment.case_id,
        payment.order_id,
        payment.reason,
        product.sku,
        product.fnsku,
        product.asin,
        product.title,
        "NewItem",
        payment.market.currency,
        f"{payment.unit_amount:.2f}",
        f"{payment.amount:.2f}",
        str(payment.cash),
        str(payment.inventory),
        str(payment.cash + payment.inventory),
        original.payment_id if original else "",
        original.reason if original else "",
    )


def _at(day: date, number: int) -> str:
    """A moment of a day in UTC that falls on the same day in every channel's zone."""
    moment = time(10 + number % 10, number % 59, number % 53)
    return f"{datetime.combine(day, moment):%Y-%m-%dT%H:%M:%S}+00:00"


def write_returns(folder: Path, story: Story, market: Market) -> list[Path]:
    """A channel's customer returns in two overlapping pulls."""
    returns = sorted(
        (returned for returned in story.returns if returned.market == market),
        key=lambda returned: (returned.on, returned.order_id),
    )
    until = market.last_day + timedelta(days=1)
    older, newer = _pulls(until, (548, 200))
    return [
        _write_returns(folder, story, returns, older, again=False),
        _write_returns(folder, story, returns, newer, again=True),
    ]


def _write_returns(
    folder: Path, story: Story, returns: Sequence[CustomerReturn], span: Span, *, again: bool
) -> Path:
    rows = [
        _returned(story, returned, span[1], moved=again and number % _MOVED_DATES == 0)
        for number, returned in enumerate(returns)
        if span[0] <= returned.on <= span[1]
    ]
    if again and returns[0].market.country == "US":
        rows.insert(25, (f"{rows[24][0][:4]}-02-30T10:00:00+00:00", *rows[24][1:]))
    return save(
        folder / f"customer-returns_{span[0]}_{span[1]}.txt", plain_tab([RETURN_COLUMNS, *rows])
    )


def _returned(story: Story, returned: CustomerReturn, told_on: date, *, moved: bool) -> Row:
    """One returned unit. The same return can bear another date in another pull."""
    day, product = returned.on, returned.product
    if moved and returned.loss is None:
        day = min(day + timedelta(days=1), told_on)
    return (
        _at(day, sum(map(ord, returned.plate))),
        returned.order_id,
        product.sku,
        product.asin,
        product.fnsku,
        product.title,
        "1",
        returned.centre,
        returned.disposition,
        returned.reason,
        _status(story, returned, told_on),
        returned.plate,
        returned.comment,
    )


def _status(story: Story, returned: CustomerReturn, told_on: date) -> str:
    paid = any(
        payment.paid_on <= told_on and payment.undoes is None
        for payment, _ in story.paid_of.get(returned.loss or 0, ())
    )
    return "Reimbursed" if paid else "Unit returned to inventory"
