"""A discrepancy's story in plain words; numbers and days only as the reports have them.

Everything here is Markdown, with sellers' and reports' own words escaped.
"""

from datetime import date, timedelta
from decimal import Decimal

from components.facts import Fact
from components.markdown import escape_markdown
from pages.seller.story.claim import appeal_words
from pages.seller.story.held import held_back, held_units_words
from services.insights.answers import ClaimWindow, Evidence, Story
from services.marketplaces.labels import (
    channel_label,
    item_number_label,
    marketplace_label,
    report_label,
)
from wording.buckets import BUCKETS, STATES
from wording.days import days_left, plain_date
from wording.labels import in_a_sentence, item_label, role_label
from wording.money import AMOUNT_UNKNOWN, money
from wording.numbers import TIMES, TRUE_MINUS, UNKNOWN, are, counted, were
from wording.subtypes import subtype_label, told_of
from wording.windows import certainty, checked, rule


def cash(amount: Decimal | None, currency: str) -> str:
    """An amount inside a sentence: its sign must not start a formula."""
    return escape_markdown(money(amount, currency))


def title(story: Story) -> str:
    return subtype_label(story.subtype)


def what_happened(story: Story) -> str:
    told = told_of(story.subtype)
    at = f" at {escape_markdown(story.location)}" if story.location else ""
    about = "about " if story.event_on_approximate else ""
    where = channel_label(story.channel)
    earliest = ", the earliest day it can have been" if story.event_on_approximate else ""
    return f"{told} {where}, {about}{plain_date(story.event_on)}{at}{earliest}.{_short(story)}"


def _short(story: Story) -> str:
    """The arithmetic of a shortage, as the report's own row has it."""
    if story.expected_units is None:
        return ""
    received = story.expected_units - story.units
    sums = f"{story.expected_units:,} expected {TRUE_MINUS} {received:,} received"
    return f" **{sums} = {story.units:,}**."


def which_item(story: Story) -> str:
    """The item and every id that a report knows it by."""
    ids = (
        ("FNSKU", story.fnsku),
        (item_number_label(story.channel), story.item_code),
        ("order", story.order_id),
        ("reference", story.reference),
    )
    named = item_label(story.sku, story.fnsku, story.item_code, story.title)
    known = [f"{word} {escape_markdown(value)}" for word, value in ids if value]
    return " · ".join([f"**{escape_markdown(named)}**", *known])


# What it comes to ---------------------------------------------------------------------------------


def key_facts(story: Story) -> list[Fact]:
    """The buckets of this one event, and until when."""
    is_lost = story.remaining_state == "expired"
    rest = story.remaining_units
    still = story.in_progress_units + (0 if is_lost else rest)
    lost = story.denied_units + (rest if is_lost else 0)
    paid = story.paid_cash_units + story.paid_inventory_units
    return [
        Fact("May still be eligible", _worth(story, still), _units(still)),
        Fact("Paid, net of reversals", cash(_net(story), story.currency), _units(paid)),
        Fact(BUCKETS["lost"].title, _worth(story, lost), _units(lost)),
        _last_day(story),
    ]


def _last_day(story: Story) -> Fact:
    """The day that something still depends on: of what was refused, that of the appeal."""
    claim = ("Last day to claim", plain_date(story.expires_on))
    if story.remaining_units:
        return Fact(*claim, _left(story))
    if story.in_progress_units:
        return Fact(*claim, "waits for the open case")
    if story.denied_units:
        return Fact("Last day to appeal", plain_date(story.appeal_until), _appeal_left(story))
    return Fact(*claim, "nothing is left to claim")


def _appeal_left(story: Story) -> str:
    if story.appeal_until is None:
        return "no source names one"
    return _days((story.appeal_until - story.today).days)


def _worth(story: Story, units: int) -> str:
    if story.unit_amount is None and units:
        return UNKNOWN
    return cash(units * (story.unit_amount or Decimal(0)), story.currency)


def _units(units: int) -> str:
    return counted(units, "unit", "units")


def _net(story: Story) -> Decimal:
    return story.claimed_gross - story.reversed


def _left(story: Story) -> str:
    if story.days_left is None:
        return "no source names one"
    return _days(story.days_left)


def _days(left: int) -> str:
    return days_left(left) + (" left" if left > 0 else "")


def units_table(story: Story) -> str:
    """Where every unit is: the lines after the first add up to it, in units and in money."""
    lines = [line for line in _buckets(story) if line[1] or line[3]]
    parts = [f"{units:,}" for _, units, _, _ in lines if units]
    together = f"= {' + '.join(parts)}" if len(parts) > 1 else ""
    rows = [("Reported", story.units, together, True), *lines]
    written = "\n".join(f"| {name} | {units:,} | {note} |" for name, units, note, _ in rows)
    return f"| Where the units are | Units | |\n|:--|--:|:--|\n{written}"


def _buckets(story: Story) -> list[tuple[str, int, str, bool]]:
    """Name, units, what they come to, and whether to show it even with no unit."""
    in_goods_only = not story.paid_cash_units and story.paid_inventory_units > 0
    was_paid = bool(story.claimed_gross or story.reversed)
    in_case, denied = story.in_progress_units, story.denied_units
    cash_words, goods_words = ("", _paid(story)) if in_goods_only else (_paid(story), "in goods")
    return [
        (STATES["found"], story.found_units, "back in your stock", False),
        ("Paid in cash", story.paid_cash_units, cash_words, was_paid and not in_goods_only),
        ("Paid in goods", story.paid_inventory_units, goods_words, False),
        (STATES["in_progress"], in_case, _estimate(story, in_case), False),
        (STATES["denied"], denied, _value(story, denied), False),
        *_left_over(story),
    ]


def _left_over(story: Story) -> list[tuple[str, int, str, bool]]:
    """What is left: the units that are held back stand apart, never among the ready."""
    state = story.remaining_state
    if state == "expired" or not story.held_units:
        return [(STATES[state], story.remaining_units, _rest(story, story.remaining_units), False)]
    free, held = story.free_units, story.held_units
    return [
        (STATES[state], free, _rest(story, free), False),
        (STATES["future"], held, f"{_rest(story, held)}; {held_units_words(story)}", False),
    ]


def _paid(story: Story) -> str:
    if not story.reversed:
        return cash(story.claimed_gross, story.currency)
    gross, taken = cash(story.claimed_gross, story.currency), cash(story.reversed, story.currency)
    return f"{gross} less {taken} taken back = {cash(_net(story), story.currency)}"


def _rest(story: Story, units: int) -> str:
    return (_value if story.remaining_state == "expired" else _estimate)(story, units)


def _estimate(story: Story, units: int) -> str:
    worth = _value(story, units)
    return f"{worth}, an estimate" if story.unit_amount is not None else worth


def _value(story: Story, units: int) -> str:
    if story.unit_amount is None:
        return AMOUNT_UNKNOWN
    each, whole = story.unit_amount, units * story.unit_amount
    return f"{units:,} {TIMES} {cash(each, story.currency)} = {cash(whole, story.currency)}"


# Why it stands where it stands --------------------------------------------------------------------


def standing(story: Story) -> list[str]:
    """One sentence for each part that the units are in: why they are there, and what is next."""
    said = [*held_back(story), *_automatic(story)]
    if story.remaining_units:
        said += {"future": _future, "ready": _ready, "expired": _expired}[story.remaining_state](
            story
        )
    if story.in_progress_units:
        said.append(
            f"{_units(story.in_progress_units)} {are(story.in_progress_units)} covered by case "
            f"{escape_markdown(story.case_id or '')}. While it is open, its deadline cannot pass."
        )
    return said + _denied(story) + _settled(story)


def _automatic(story: Story) -> list[str]:
    is_open = story.remaining_units and story.remaining_state != "expired"
    if story.automatic is None or not is_open:
        return []
    who, days = marketplace_label(story.channel), story.automatic.pays_within_days
    if days is None:
        return [
            f"{who} pays this kind of loss by itself. No source says how long that takes, so "
            "the claim does not wait for it."
        ]
    last = plain_date(story.event_on + timedelta(days=days))
    return [f"{who} usually pays this by itself within {counted(days, 'day', 'days')}: by {last}."]


def _future(story: Story) -> list[str]:
    """What is held back has no opening day until it is proven."""
    free = story.free_units
    if free and story.opens_on:
        return [f"{_units(free)} can be claimed from {plain_date(story.opens_on)} on."]
    if story.expires_on is None:
        return []
    last = f"**{plain_date(story.expires_on)}** ({_left(story)})"
    return [f"What is not proven by {last} is lost."]


def _ready(story: Story) -> list[str]:
    free = _units(story.free_units)
    if story.expires_on is None:
        return [f"{free} can be claimed now."]
    left = _left(story)
    return [f"{free} can be claimed now, until **{plain_date(story.expires_on)}** ({left})."]


def _expired(story: Story) -> list[str]:
    units, last = _units(story.remaining_units), f"**{plain_date(story.expires_on)}**"
    late = [
        payment
        for payment in story.payments
        if payment.is_reversal and story.expires_on and payment.approved_on > story.expires_on
    ]
    if late:
        taken = cash(-sum((each.amount for each in late), Decimal(0)), story.currency)
        return [
            f"{taken} was taken back on {plain_date(late[-1].approved_on)}, after the window had "
            f"closed. {units} could last have been claimed on {last}."
        ]
    return [f"Lost because the window passed: {units} could last have been claimed on {last}."]


def _denied(story: Story) -> list[str]:
    if not story.denied_units:
        return []
    case = f" in case {escape_markdown(story.case_id)}" if story.case_id else ""
    said = [
        f"Lost because {_units(story.denied_units)} {were(story.denied_units)} denied on "
        f"{plain_date(story.denied_on)}{case}."
    ]
    return [*said, appeal_words(story.channel, story.appeal_until, story.today)]


def _settled(story: Story) -> list[str]:
    if story.remaining_units or story.in_progress_units or story.denied_units:
        return []
    if story.found_units == story.units:
        return ["Every unit was found again: there is nothing to claim."]
    return ["Every unit is settled: there is nothing left to claim."]


# Until when, and who says so ----------------------------------------------------------------------


def when_to_claim(story: Story) -> str:
    opens = "" if story.opens_on is None else plain_date(story.opens_on)
    if not story.free_units and story.remaining_units:
        return _window_of_held(story, opens)
    if story.expires_on is None and opens:
        return f"May be claimed from **{opens}**. No source names a last day."
    if story.expires_on is None:
        return "No source names a window for this, so there is no last day to show."
    first = f"from {opens} " if opens else ""
    if not story.remaining_units:
        runs = "ran" if (story.days_left or 0) < 0 else "runs"
        return f"The window {runs} {first}to **{plain_date(story.expires_on)}**. {_in_it(story)}"
    may = "Could" if story.days_left is not None and story.days_left < 0 else "May"
    return f"{may} be claimed {first}to **{plain_date(story.expires_on)}**{_time_left(story)}."


def _in_it(story: Story) -> str:
    if story.in_progress_units:
        return "The open case was filed in it and cannot run out."
    return "Nothing is left to claim in it."


def _window_of_held(story: Story, opens: str) -> str:
    """Its window runs, but what is held back may not be claimed in it yet."""
    first = f"from {opens} " if opens else ""
    if story.expires_on is None:
        return f"No source names a last day. {_HELD_BACK}"
    passed = story.days_left is not None and story.days_left < 0
    runs = "ran" if passed else "runs"
    held = "" if passed else f" {_HELD_BACK}"
    last = f"**{plain_date(story.expires_on)}**{_time_left(story)}"
    return f"The window {runs} {first}to {last}.{held}"


_HELD_BACK = "It is held back until it is proven."


def _time_left(story: Story) -> str:
    if story.days_left is None or story.days_left < 0:
        return ""
    return ", today" if story.days_left == 0 else f", {days_left(story.days_left)} left"


def who_says(window: ClaimWindow, channel: str) -> str:
    """The rule, its source as a link, how sure it is and when somebody last looked."""
    anchor = escape_markdown(window.anchor)
    said = rule(anchor, window.opens_after_days, window.closes_after, window.closes_unit)
    return f"{said} {sourced(channel, window.source, window.confidence, window.checked_on)}"


def sourced(channel: str, source: str, confidence: str, checked_on: date) -> str:
    sure = in_a_sentence(certainty(confidence, marketplace_label(channel)))
    return f"{linked(source)}, {sure}, {checked(checked_on)}."


def linked(source: str) -> str:
    """The address as a link, and what our data adds to it in words."""
    address, _, more = source.partition(" ")
    address = address.replace("(", "%28").replace(")", "%29")
    added = f" {escape_markdown(more)}" if more else ""
    if address.startswith("https://") and not set("<>\\") & set(address):
        return f"[Source]({address}){added}"
    return f"Source: {escape_markdown(source)}"


# The proof ----------------------------------------------------------------------------------------


def proof_opening(story: Story) -> str:
    """How many rows there are, and what of them could not be read."""
    unread = sum(each.role == "unread" for each in story.evidence)
    landed = counted(len(story.evidence) - unread, "report row", "report rows")
    said = f"This rests on {landed}, shown as they were landed."
    if not unread:
        return said
    rows = counted(unread, "row", "rows")
    return f"{said} {rows} could not be read and may be about it."


def proof_title(proof: Evidence) -> str:
    role = role_label(proof.role)
    units = f"{_units(abs(proof.units))}, " if proof.units else ""
    row = f"row {proof.row_number:,} of {proof.file_name} ({report_label(proof.kind)})"
    return f"**{escape_markdown(role)}:** {escape_markdown(units + row)}"
