"""What a marketplace's folder holds fits together: nothing of a rule or a subtype is forgotten."""

from dataclasses import replace
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest

from services.database.reference import read_reference_data
from services.marketplaces.contract import ReportFormat
from services.marketplaces.marketplace import Marketplace
from services.marketplaces.registry import FORMATS, MARKETPLACES, _refuse_twins
from wording.subtypes import SUBTYPES

EACH = pytest.mark.parametrize("marketplace", MARKETPLACES.values(), ids=MARKETPLACES)


@EACH
def test_every_rule_that_there_is_takes_part(marketplace: Marketplace) -> None:
    room = f"services.marketplaces.{marketplace.code}.rules"
    names = (one.name for one in iter_modules(import_module(room).__path__))
    files = [import_module(f"{room}.{name}") for name in names]
    rules = {id(one.RULE): one.__name__ for one in files if hasattr(one, "RULE")}
    asked = {id(rule) for rule in marketplace.recovery.rules}
    assert [name for number, name in rules.items() if number not in asked] == []
    assert len(rules) == len(asked)


@EACH
def test_every_rule_has_a_window_or_says_that_none_is_published(marketplace: Marketplace) -> None:
    windows = {
        one["subtype"]
        for one in read_reference_data()["claim_window"]
        if one["marketplace"] == marketplace.code
    }
    assert {rule.subtype for rule in marketplace.recovery.rules} - windows == set()


def test_every_subtype_is_looked_for_paid_or_told_to_be_out_of_sight() -> None:
    data = read_reference_data()
    told = {one["subtype"] for one in (*data["payment_reason"], *data["claim_window"])}
    for marketplace in MARKETPLACES.values():
        told |= {rule.subtype for rule in marketplace.recovery.rules}
        told |= {one.subtype for one in marketplace.recovery.untold}
    assert SUBTYPES.keys() - told == set()


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": "e-bazaar"},
        {"recovery": replace(MARKETPLACES["walmart"].recovery)},
        {"first_channel": "walmart-us"},
        {"formats": MARKETPLACES["walmart"].formats},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_marketplace_with_what_is_anothers_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="not its own"):
        replace(MARKETPLACES["amazon"], **wrong)


@pytest.mark.parametrize("same", ["kind", "table", "label"])
def test_two_reports_never_share_a_kind_a_table_or_a_name(same: str) -> None:
    first, second, *_ = FORMATS
    twin: ReportFormat = replace(second, **{same: getattr(first, same)})
    with pytest.raises(ValueError, match=f"the same {same}"):
        _refuse_twins([first, twin])
