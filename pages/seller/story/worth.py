"""What one unit may be worth, as arithmetic: the basis, every input with its day, and the result.

Inputs are data (`discrepancy.basis_inputs`): amounts as text, days as text. What a formula here
does not use is listed by its own name, so that nothing an amount rests on stays unsaid.
"""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from components.markdown import escape_markdown
from pages.seller.story.words import cash, linked
from services.insights.answers import Story
from services.marketplaces.pools import OWN_METHODS
from wording.bases import METHODS, MOMENTS, basis_label
from wording.days import days_between, plain_date
from wording.numbers import TRUE_MINUS, counted

Inputs = Mapping[str, Any]
# A sentence and the inputs that it used.
Told = tuple[str, frozenset[str]]

_NOT_SHOWN: Final = frozenset({"document_id", "row_number"})
_MONEY: Final = frozenset(
    {
        "amount",
        "charged",
        "expected",
        "fees",
        "paid",
        "paid_per_unit",
        "price",
        "published",
        "refunded",
        "unit_cost",
    }
)
_DAYS: Final = frozenset({"day", "fee_preview_of", "from", "latest", "to", "valid_from"})


def worth(story: Story) -> list[str]:
    """From the basis to the amount a unit, one sentence a step."""
    if story.unit_amount is None:
        return [
            "No amount yet: there is neither a sourcing cost for this SKU nor a past payment for"
            " such a loss of it."
        ]
    each = cash(story.unit_amount, story.currency)
    basis = basis_label(story.basis)
    formula, used = _formula(story)
    rest = {name: value for name, value in story.basis_inputs.items() if name not in used}
    return [
        f"**{each} a unit.** Basis: {basis}.",
        *([formula] if formula else []),
        *_cap(rest, story.currency),
        *_others(rest, story.currency),
        *_method(rest, story.basis),
    ]


def _formula(story: Story) -> Told:
    for tell, needed in _FORMULAS.get(story.basis, ()):
        if needed <= story.basis_inputs.keys():
            return tell(story.basis_inputs, story.currency), needed
    return "", frozenset()


def _sourcing(inputs: Inputs, currency: str) -> str:
    since = _day(inputs["valid_from"])
    return f"Your cost of {_money(inputs['unit_cost'], currency)} a unit, valid since {since}."


def _past(inputs: Inputs, currency: str) -> str:
    count = counted(int(inputs["payments"]), "payment", "payments")
    return (
        f"{_money(inputs['amount'], currency)} for {_units(inputs['units'])} in {count}"
        f"{_each(Decimal(str(inputs['amount'])), inputs, currency)}."
    )


def _pooled(inputs: Inputs, currency: str) -> str:
    """The same, and which payments these are."""
    moment, _, method = str(inputs["pool"]).partition(":")
    valued = f", valued at {METHODS[method]}" if method in METHODS else ""
    losses = MOMENTS.get(moment, escape_markdown(moment))
    return (
        f"{_past(inputs, currency)} Only payments for {losses} count{valued}, less what was"
        " taken back."
    )


def _order(inputs: Inputs, currency: str) -> str:
    return f"The order's {_proceeds(inputs, currency)}."


def _sales(inputs: Inputs, currency: str) -> str:
    return f"{_span(inputs)}: {_proceeds(inputs, currency)}."


def _average(inputs: Inputs, currency: str) -> str:
    price = Decimal(str(inputs["price"]))
    sold = f"{_money(price, currency)} for {_units(inputs['units'])}"
    return f"{_span(inputs)}: {sold}{_each(price, inputs, currency)}."


def _span(inputs: Inputs) -> str:
    first, last = (date.fromisoformat(inputs[name]) for name in ("from", "to"))
    return f"Sales from {days_between(first, last)}"


def _proceeds(inputs: Inputs, currency: str) -> str:
    price, fees = Decimal(str(inputs["price"])), Decimal(str(inputs["fees"]))
    left = f"price {_money(price, currency)} {TRUE_MINUS} fees {_money(fees, currency)}"
    return (
        f"{left} = {_money(price - fees, currency)} for {_units(inputs['units'])}"
        f"{_each(price - fees, inputs, currency)}"
    )


def _each(amount: Decimal, inputs: Inputs, currency: str) -> str:
    units = int(inputs["units"])
    return f" = {cash(amount / units, currency)} a unit" if units > 1 else ""


def _difference(more: str, less: str, words: str) -> tuple["_Teller", frozenset[str]]:
    """One amount less another; `words` say what the two are."""

    def tell(inputs: Inputs, currency: str) -> str:
        first, second = Decimal(str(inputs[more])), Decimal(str(inputs[less]))
        said = words.format(_money(first, currency), _money(second, currency), minus=TRUE_MINUS)
        return f"{said} = {_money(first - second, currency)}."

    return tell, frozenset({more, less})


_Teller = Callable[[Inputs, str], str]
# By basis, each with the inputs that it needs; the first whose inputs are all there is told.
_FORMULAS: Final[dict[str, tuple[tuple[_Teller, frozenset[str]], ...]]] = {
    "sourcing_cost": ((_sourcing, frozenset({"unit_cost", "valid_from"})),),
    "past_payments": (
        (_pooled, frozenset({"amount", "units", "payments", "pool"})),
        (_past, frozenset({"amount", "units", "payments"})),
    ),
    "order_proceeds": ((_order, frozenset({"price", "fees", "units"})),),
    "own_order_proceeds": ((_order, frozenset({"price", "fees", "units"})),),
    "sale_proceeds": ((_sales, frozenset({"price", "fees", "units", "from", "to"})),),
    # Fees come with the same sales, and are not taken off an average price.
    "average_sales_price": ((_average, frozenset({"price", "fees", "units", "from", "to"})),),
    "fee_difference": (
        _difference("charged", "expected", "Charged {} {minus} expected {}"),
        _difference("charged", "published", "Charged {} {minus} published {}"),
    ),
    "refund_difference": (_difference("refunded", "charged", "Refunded {} {minus} charged {}"),),
    "cost_difference": (
        _difference("unit_cost", "paid_per_unit", "Your cost of {} {minus} {} paid a unit"),
    ),
}


# What else the amount rests on --------------------------------------------------------------------


def _cap(inputs: Inputs, currency: str) -> list[str]:
    cap = inputs.get("cap")
    if not isinstance(cap, Mapping):
        return []
    instead = f" instead of {_money(cap['instead_of'], currency)}" if "instead_of" in cap else ""
    most = _money(cap["amount"], currency)
    return [
        f"The marketplace pays {most} a unit at most, so this counts{instead}. "
        f"{linked(str(cap['source']))}."
    ]


def _method(inputs: Inputs, basis: str) -> list[str]:
    source = inputs.get("method_source")
    if not source:
        return []
    if basis in OWN_METHODS:
        return [f"This is {escape_markdown(str(source))}."]
    return [f"Why it is valued this way: {linked(str(source))}."]


def _others(inputs: Inputs, currency: str) -> list[str]:
    said = [
        _named(name, value, currency)
        for name, value in inputs.items()
        if name not in _NOT_SHOWN and name not in ("cap", "method_source") and value is not None
    ]
    return [f"Also known: {', '.join(said)}."] if said else []


def _named(name: str, value: object, currency: str) -> str:
    if name == "source":
        return linked(str(value))
    return f"{escape_markdown(name.replace('_', ' '))} {_said(name, value, currency)}"


def _said(name: str, value: object, currency: str) -> str:
    if name in _MONEY:
        return _money(value, currency)
    if name in _DAYS:
        return _day(value)
    return escape_markdown(str(value))


def _money(value: object, currency: str) -> str:
    """What is no number after all is said as it is."""
    try:
        return cash(Decimal(str(value)), currency)
    except InvalidOperation:
        return escape_markdown(str(value))


def _day(value: object) -> str:
    try:
        return plain_date(date.fromisoformat(str(value)))
    except ValueError:
        return escape_markdown(str(value))


def _units(value: object) -> str:
    return counted(int(str(value)), "unit", "units")
