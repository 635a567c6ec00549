"""The two files that are the account's own: the service team's cases, the seller's costs."""

import json
from pathlib import Path
from typing import Any, Final

from sample.model import Case, CaseEvent, Product, Story
from sample.products import costs, sold_by
from sample.text import comma, save
from wording.subtypes import SUBTYPES

COST_COLUMNS: Final = ("sku", "currency", "unit_cost", "valid_from")


def write_cases(folder: Path, story: Story, account: str) -> Path:
    """The case feed: every case of the account with its history."""
    cases = sorted(
        (case for case in story.cases if case.market.account == account),
        key=lambda case: (case.opened_on, case.case_id),
    )
    content = json.dumps([_case(case) for case in cases], indent=1, ensure_ascii=False)
    return save(folder / "cases.json", f"{content}\n".encode())


def _case(case: Case) -> dict[str, Any]:
    return {
        "case_id": case.case_id,
        "channel": case.market.channel,
        "type": SUBTYPES[case.subtype].type,
        "subtype": case.subtype,
        "status": case.status,
        "opened_on": case.opened_on.isoformat(),
        "closed_on": case.closed_on.isoformat() if case.closed_on else None,
        "currency": case.market.currency,
        "requested_amount": f"{case.requested:.2f}",
        "approved_amount": None if case.approved is None else f"{case.approved:.2f}",
        "units": case.units,
        "reference_ids": list(case.reference_ids),
        "events": [_event(event, number) for number, event in enumerate(case.events)],
    }


def _event(event: CaseEvent, number: int) -> dict[str, str]:
    at = f"{event.on}T{14 + number:02}:05:00+00:00"
    return {"at": at, "status": event.status, "note": event.note}


def write_costs(folder: Path, story: Story, account: str) -> Path:
    """What each item costs the seller, per currency and since when."""
    rows = [
        (product.sku, currency, f"{cost:.2f}", since.isoformat())
        for product in story.products[account]
        if product.valued_by == "cost_file"
        for currency in _currencies(story, account, product)
        for since, cost in costs(product, currency, story.today)
    ]
    return save(folder / "sourcing-costs.csv", comma([COST_COLUMNS, *rows]))


def _currencies(story: Story, account: str, product: Product) -> list[str]:
    markets = [market for market in story.markets if market.account == account]
    sold_in = {
        market.currency
        for market in markets
        if product in sold_by(story.products[account], market.channel)
    }
    return sorted(sold_in)
