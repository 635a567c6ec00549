"""Why units of a discrepancy are not called ready: what holds them back, and what releases them.

Everything here is Markdown, with sellers' and reports' own words escaped.
"""

from collections.abc import Callable, Iterable
from typing import Final

from components.markdown import escape_markdown
from services.insights.answers import Evidence, Story
from services.marketplaces.labels import marketplace_label, report_label, short_report_label
from wording.days import plain_date
from wording.holds import awaits_label
from wording.labels import capitalized
from wording.numbers import counted, them


def held_back(story: Story) -> list[str]:
    """Why, how many of the units, and what releases them; nothing where nothing is held back."""
    if not story.held_units:
        return []
    because = story.held_because or ""
    return [f"{_how_many(story)} **held back**. {REASONS[because](story)}"]


def held_units_words(story: Story) -> str:
    """The reason beside the units, short."""
    report = short_report_label(story.awaits_kind or "")
    return f"held back: {awaits_label(story.held_because, report)}"


def _how_many(story: Story) -> str:
    held, left = story.held_units, story.remaining_units
    is_past = story.remaining_state == "expired"
    one, many = ("was", "were") if is_past else ("is", "are")
    if story.free_units:
        return f"{held:,} of the {left:,} units left {one if held == 1 else many}"
    return f"The unit left {one}" if left == 1 else f"All {left:,} units left {many}"


def _them(story: Story) -> str:
    return them(story.held_units)


def _rows(evidence: Iterable[Evidence], role: str) -> list[str]:
    return [
        f"row {one.row_number:,} of {escape_markdown(one.file_name)} ({report_label(one.kind)})"
        for one in evidence
        if one.role == role
    ]


def _first(rows: list[str], unnamed: str) -> str:
    """The first of them, and how many more there are."""
    if not rows:
        return unnamed
    more = f" and {counted(len(rows) - 1, 'more row', 'more rows')}" if len(rows) > 1 else ""
    return f"{rows[0]}{more}"


def _unread_row(story: Story) -> str:
    rows = _rows(story.evidence, "unread")
    named = _first(rows, "a row of a report")
    return (
        f"{capitalized(named)} could not be read and may be about {_them(story)}: see "
        f"below. Import a report of the same days in which that row can be read{_reaching(story)}."
    )


def _reaching(story: Story) -> str:
    """How far a report must reach to be no older than those with the rows."""
    days = [one.reaches for one in story.evidence if one.role == "unread" and one.reaches]
    return f", and which reaches up to {plain_date(max(days))} or later" if days else ""


def _report(story: Story) -> str:
    named = f"**{report_label(story.awaits_kind or '')}**"
    if story.covered_until is None:
        return (
            f"We wait for the report {named}: none that is loaded speaks of the days of this "
            f"event. Load it for these days and up to {plain_date(story.needed_until)} or later; "
            f"until then it may still disprove {_them(story)}."
        )
    so_far = f"it speaks of every day up to {plain_date(story.covered_until)}"
    if story.needed_until is None or story.covered_until >= story.needed_until:
        opens = f", {plain_date(story.opens_on)}" if story.opens_on else ""
        return (
            f"We wait for the next report {named}: {so_far}. Until it reaches the day on which "
            f"the claim may be filed{opens}, it may still disprove {_them(story)}."
        )
    return (
        f"We wait for the report {named} to cover {plain_date(story.needed_until)} or later: "
        f"{so_far}. Until then it may still disprove {_them(story)}."
    )


def _order_unknown(story: Story) -> str:
    named = report_label(story.awaits_kind or "report")
    return (
        f"We wait for the **{named}** with the order's own lines: only they say when it was "
        "ordered, and so from which day on the other reports must tell of it."
    )


def _refund_unknown(story: Story) -> str:
    named = report_label(story.awaits_kind or "report")
    return (
        f"We wait for the **{named}** with the refund's line: only it says when the order was "
        "refunded, and so from which day on the claim may be filed and until when."
    )


def _stray_return(_: Story) -> str:
    return (
        "A return of this order names no item of it, so it may be the very one that is missing: "
        "**import the report of returns again**, as it was downloaded, with the item's own SKU."
    )


def _arrival_unknown(story: Story) -> str:
    named = report_label(story.awaits_kind or "report")
    return (
        f"We wait for the **{named}** of the days in which the shipment arrived: only its receipts "
        "say when that was, and so until when the claim may be filed."
    )


def _nameless_receipt(story: Story) -> str:
    return (
        "**Decide**: the ledger has receipts of this item that name no shipment; they may be of "
        f"{_them(story)}. Compare the shipment's contents with the receiving log before a claim."
    )


def _never_received(_: Story) -> str:
    return (
        "**Prove delivery first**: nothing of this shipment was ever received. Have the carrier's "
        "proof of delivery ready; a receipt of any unit in a newer report releases the claim."
    )


def _delivery_contradicts(story: Story) -> str:
    told = _first(_rows(story.evidence, "delivered"), "a row of a report")
    who = marketplace_label(story.channel)
    return (
        f"**Decide**: the delivery that its carriers tell ({told}, see below) does not fit the day "
        f"on which {who} received units of it, or on which it was made. One of them is another "
        "shipment's: compare the tracking numbers before a claim."
    )


def _shop_unknown(story: Story) -> str:
    who, named = marketplace_label(story.channel), report_label(story.awaits_kind or "report")
    return (
        f"{who} lists this shipment in several countries, and no report tells which of them "
        "received it; so neither its last day nor its worth is known. We wait for the "
        f"**{named}** with its receipts."
    )


def _reimbursed_unseen(story: Story) -> str:
    who = marketplace_label(story.channel)
    return (
        f"{who}'s own report says that it was reimbursed, but no payment for it is in a report "
        "yet. The payment, once it is in a report, settles it."
    )


def _closed_case(story: Story) -> str:
    case = f" {escape_markdown(story.case_id)}" if story.case_id else ""
    return (
        f"**Decide: refile only with new evidence.** Our case{case} was closed without a payment "
        f"for {_them(story)}; the same claim again would be closed again."
    )


def _newer_ledger(story: Story) -> str:
    named = report_label(story.awaits_kind or "report")
    last = story.covered_until
    until = f", whose last row is of {plain_date(last)}," if last else ""
    return (
        f"A payment that came after the ledger{until} may have been for {_them(story)}. A newer "
        f"**{named}** shows it."
    )


def _given_back(story: Story) -> str:
    found = _first(_rows(story.evidence, "doubt"), "a row of a report")
    return (
        "**Decide**: a unit of this item was given back for a payment, and the find that we take "
        f"for it may be of {_them(story)}: {found}, see below."
    )


def _other_payment(story: Story) -> str:
    paid = _first(_rows(story.evidence, "doubt"), "a row of a report")
    return (
        "**Decide**: another payment for the same item may be for "
        f"{_them(story)}: {paid}, see below."
    )


REASONS: Final[dict[str, Callable[[Story], str]]] = {
    "unread_row": _unread_row,
    "report": _report,
    "order_unknown": _order_unknown,
    "refund_unknown": _refund_unknown,
    "stray_return": _stray_return,
    "never_received": _never_received,
    "arrival_unknown": _arrival_unknown,
    "delivery_contradicts": _delivery_contradicts,
    "shop_unknown": _shop_unknown,
    "nameless_receipt": _nameless_receipt,
    "reimbursed_unseen": _reimbursed_unseen,
    "closed_case": _closed_case,
    "newer_ledger": _newer_ledger,
    "given_back": _given_back,
    "other_payment": _other_payment,
}
