"""A discrepancy's story in plain words; numbers and days only as the reports have them."""

from datetime import date
from decimal import Decimal
from typing import Any

from components.money import counted, days_left, escape_markdown, money, plain_date
from pages.shared.names import channel_label, item_label, kind_label
from services.insights.answers import ClaimWindow, Evidence, Story
from services.words import BASES, STATES, SUBTYPES

_CERTAINTY = {
    "official": "official source",
    "secondary": "secondary source, not confirmed by the marketplace",
    "code": "read from public source code, not from the marketplace",
    "unknown": "not published",
}


def what_happened(story: Story) -> str:
    known = SUBTYPES.get(story.subtype)
    told = known.story if known else "The reports hold an event that we do not know yet."
    place = f" at {escape_markdown(story.place)}" if story.place else ""
    about = "about " if story.event_on_approximate else ""
    where = channel_label(story.channel)
    return f"{told} {where}, {about}{plain_date(story.event_on)}{place}."


def which_item(story: Story) -> str:
    """The item and every id that a report knows it by."""
    ids = (
        ("FNSKU", story.fnsku),
        ("ASIN or GTIN", story.item_code),
        ("order", story.order_id),
        ("reference", story.reference),
    )
    named = item_label(story.sku, story.fnsku, story.item_code, story.title)
    known = [f"{word} {escape_markdown(value)}" for word, value in ids if value]
    return " · ".join([f"**{escape_markdown(named)}**", *known])


def units_table(story: Story) -> str:
    """Where every unit is: the lines after the first add up to it."""
    lines = [
        ("Reported", story.units, ""),
        ("Found again", story.found_units, ""),
        ("Paid in cash", story.paid_cash_units, _paid(story)),
        ("Paid in goods", story.paid_inventory_units, ""),
        ("In progress", story.in_progress_units, _case(story)),
        ("Denied", story.denied_units, _denied(story)),
        (STATES[story.remaining_state], story.remaining_units, _rest(story)),
    ]
    shown = [line for place, line in enumerate(lines) if line[1] or place == 0]
    rows = "\n".join(f"| {name} | {units:,} | {note} |" for name, units, note in shown)
    return f"| Where the units are | Units | |\n|:--|--:|:--|\n{rows}"


def _paid(story: Story) -> str:
    net = story.claimed_gross - story.reversed
    if not story.reversed:
        return money(net, story.currency)
    taken = money(story.reversed, story.currency)
    return f"{money(net, story.currency)} after {taken} was taken back"


def _case(story: Story) -> str:
    return f"case {escape_markdown(story.case_id)}" if story.case_id else ""


def _denied(story: Story) -> str:
    return f"on {plain_date(story.denied_on)}"


def _rest(story: Story) -> str:
    worth = money(story.amount, story.currency)
    return f"{worth}, an estimate" if story.amount is not None else "amount unknown"


def when_to_claim(story: Story) -> str:
    if story.expires_on is None:
        return "No source names a window for this, so there is no last day to show."
    opens = f"from {plain_date(story.opens_on)} " if story.opens_on else ""
    left = _left(story.days_left) if story.remaining_units else ""
    return f"May be claimed {opens}to **{plain_date(story.expires_on)}**{left}."


def _left(days: int | None) -> str:
    if days is None or days < 0:
        return ", which has passed"
    return ", today" if days == 0 else f", {days_left(days)} left"


def who_says(window: ClaimWindow) -> str:
    """The rule, its source as a link, how sure it is and when somebody last looked."""
    certainty = _CERTAINTY.get(window.confidence, window.confidence)
    return (
        f"{_rule(window)} {_source(window.source)}, {certainty}, "
        f"checked on {plain_date(window.checked_on)}."
    )


def _rule(window: ClaimWindow) -> str:
    anchor = escape_markdown(window.anchor)
    if window.closes_after is None:
        return f"Counted from {anchor}."
    days = window.opens_after_days
    wait = f"opens after {counted(days, 'day', 'days')}, " if days else ""
    unit = (window.closes_unit or "days").removesuffix("s")
    length = counted(window.closes_after, unit, f"{unit}s")
    return f"Counted from {anchor}: {wait}closes after {length}."


def _source(source: str) -> str:
    if source.startswith("https://") and not set("()<> \\") & set(source):
        return f"[Source]({source})"
    return f"Source: {escape_markdown(source)}"


def what_it_is_worth(story: Story) -> str:
    basis = BASES.get(story.basis, story.basis)
    if story.unit_amount is None:
        return "No amount yet: there is neither a sourcing cost nor a past payment for this SKU."
    each = money(story.unit_amount, story.currency)
    return f"{each} a unit. Basis: {_basis(basis, story.basis_inputs, story.currency)}."


def _basis(basis: str, inputs: dict[str, Any], currency: str) -> str:
    if "valid_from" in inputs:
        return f"{basis}, valid since {plain_date(date.fromisoformat(inputs['valid_from']))}"
    if "payments" in inputs:
        paid = counted(int(inputs["payments"]), "payment", "payments")
        total = money(Decimal(inputs["amount"]), currency)
        return f"{basis}: {total} for {counted(int(inputs['units']), 'unit', 'units')} in {paid}"
    return basis


def proof_title(proof: Evidence) -> str:
    role = "found again: " if proof.role == "found" else ""
    units = counted(proof.units, "unit", "units")
    place = f"row {proof.row_number:,} of {proof.file_name} ({kind_label(proof.kind)})"
    return escape_markdown(f"{role}{units}, {place}")
