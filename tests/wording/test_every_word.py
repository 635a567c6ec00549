"""No code that the product can produce is without its word, and no word is of a code long gone."""

import re
from pathlib import Path
from typing import Any, Final, get_args

import pytest

from services.activation import queue, states
from services.database.reference_entries import ClaimWindow, ValuationMethod
from services.insights import as_of, expiring, parts, payments, since
from services.marketplaces.pools import OWN_METHODS
from services.marketplaces.registry import MARKETPLACES
from services.settings import PROJECT
from wording import orders, requests
from wording.bases import BASES, METHODS, MOMENTS
from wording.buckets import BUCKETS, PAYMENTS, SHORT_STATES, STATES, WAYS
from wording.cases import CASE_STATUSES, NOT_PAID_YET, case_words, status_counts
from wording.changes import CHANGES, SINCE
from wording.holds import HOLDS, awaits_label, holds_label
from wording.labels import ROLES
from wording.subtypes import SUBTYPES, TYPES, type_of
from wording.windows import certainty

_RECOVERY: Final = PROJECT / "services" / "recovery"
RULES: Final = [rule for one in MARKETPLACES.values() for rule in one.recovery.rules]


def source(*paths: Path) -> str:
    files = [file for path in paths for file in ([path] if path.is_file() else path.rglob("*.py"))]
    return "\n".join(file.read_text("utf-8") for file in files)


OF_RECOVERY: Final = source(_RECOVERY, PROJECT / "services" / "marketplaces")


def literals(model: Any, field: str) -> set[str]:
    return {*get_args(model.model_fields[field].annotation)}


def test_each_reason_to_hold_units_back_is_said_in_full_and_short() -> None:
    doubts = source(*(_RECOVERY / f"{name}.py" for name in ("holding", "unread", "other_payments")))
    held = {*re.findall(r"c\.candidate_id, \d, '(\w+)'", doubts)}
    held |= {
        each
        for rule in RULES
        for each in re.findall(r"'(\w+)'(?= end| when|\s+when|$)", rule.own_doubt)
    }
    assert held == {*HOLDS}
    assert all(words.short[0].islower() and len(words.short) < 40 for words in HOLDS.values())


def test_a_hold_that_no_list_has_yet_is_named_by_its_code() -> None:
    assert holds_label("some_new_thing") == "Some new thing"
    assert awaits_label("some_new_thing") == "some new thing"
    assert awaits_label("report", "settlement") == "awaits settlement"
    assert awaits_label("report") == HOLDS["report"].short


def test_each_basis_is_said() -> None:
    brought = {*re.findall(r"'(\w+)' as basis\b", OF_RECOVERY)}
    valued = source(_RECOVERY / "valuation.py")
    brought |= {*re.findall(r"c\.candidate_id, \d, '(\w+)'", valued)}
    brought |= {*re.findall(r"coalesce\(basis, '(\w+)'\)", valued)}
    assert brought | literals(ValuationMethod, "method") == {*BASES}


def test_each_method_and_moment_of_a_marketplace_is_said() -> None:
    assert literals(ValuationMethod, "method") - {*OWN_METHODS} == {*METHODS}
    assert literals(ValuationMethod, "moment") == {*MOMENTS}


def test_each_role_of_a_row_is_said() -> None:
    told = OF_RECOVERY + source(PROJECT / "services" / "insights" / "story.py")
    named = {
        word
        for said in re.findall(r"(?:(?:then|else) '\w+'\s+)*(?:'\w+'|end)\s+as role", told)
        for word in re.findall(r"'(\w+)'", said)
    }
    assert named
    assert named <= {*ROLES}
    assert [role for role in ROLES if f"'{role}'" not in told] == []


def test_each_cause_of_a_movement_is_said() -> None:
    changes = source(_RECOVERY / "changes.py")
    told = re.findall(r"\(\d, '(\w+)'|(?:then|else) '(\w+)'|, \d, '(\w+)'", changes)
    causes = {word for words in told for word in words if word}
    assert causes <= {*CHANGES}
    assert [cause for cause in CHANGES if f"'{cause}'" not in changes] == []


def test_each_subtype_has_its_words_and_its_type() -> None:
    looked_for = {rule.subtype for rule in RULES} | {
        each for rule in RULES for each in (*rule.payment_subtypes, *rule.sister_subtypes)
    }
    assert looked_for <= {*SUBTYPES}
    assert {one.type for one in SUBTYPES.values()} == {*TYPES}
    assert [code for code, one in SUBTYPES.items() if code != one.code] == []
    assert all(one.told.endswith(".") for one in SUBTYPES.values())
    assert type_of("some_new_thing") == "unknown"


def test_each_state_and_each_bucket_is_said() -> None:
    assert {*as_of.UNITS} - {"paid_cash", "paid_inventory"} <= {*STATES}
    assert STATES.keys() == SHORT_STATES.keys()
    assert [*BUCKETS] == ["unclaimed", "claimed", "lost"]
    assert {*get_args(parts.PartName)} <= {*STATES}
    assert {*get_args(payments.Way)} == {*PAYMENTS}
    assert {*WAYS} <= {*PAYMENTS}


def test_nothing_is_called_reimbursed_before_it_is_paid() -> None:
    for status, words in CASE_STATUSES.items():
        assert case_words(status, is_paid=True) == words
        is_paid_for = status.endswith("_reimbursed")
        assert case_words(status, is_paid=False) == (NOT_PAID_YET if is_paid_for else words)
    assert (
        status_counts({"open": 1204, "closed": 0, "not_eligible": 1})
        == "1,204 open · 1 not eligible"
    )


def test_what_changed_since_a_day_is_said() -> None:
    assert [*get_args(since.SinceName)] == [*SINCE]


def test_each_step_of_a_request_and_each_order_of_a_list_is_said() -> None:
    assert {*get_args(states.Status)} == {*requests.STATUS_WORDS}
    assert {*get_args(states.CheckState)} == {*requests.CHECK_WORDS}
    assert {*get_args(expiring.Order)} == {*orders.EXPIRING}
    assert {*get_args(queue.Order)} | {"settled"} == {*orders.QUEUE}
    assert orders.QUEUE["settled"].sentence == "The last settled first."


@pytest.mark.parametrize("confidence", sorted(literals(ClaimWindow, "confidence")))
def test_how_sure_a_source_is_is_said(confidence: str) -> None:
    assert certainty(confidence, "Amazon")
