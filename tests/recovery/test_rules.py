"""What every rule's statements must hold to: the columns of an event, and what they read."""

from typing import Any, Final

import pytest

from services.database.tables import SHARED_TABLES
from services.marketplaces.registry import RECOVERIES
from services.marketplaces.rules import (
    CANDIDATE_COLUMNS,
    COLUMNS_OF_A_KEY,
    EVIDENCE_COLUMNS,
    FOUND_COLUMNS,
    Rule,
    Shared,
)
from services.marketplaces.tables import TENANT_TABLES
from services.recovery.candidates import asked_of, shared_by
from tests.common.parsed import parsed, touched

RULES: Final = {
    f"{room.marketplace} {rule.subtype}": rule for room in RECOVERIES for rule in room.rules
}
_ALWAYS: Final = {
    "channel_id",
    "event_key",
    "units",
    "event_on",
    "currency",
    "document_id",
    "row_number",
}


def _returned(statement: str) -> dict[str, Any]:
    """The columns of a SELECT, each with what it is made of."""
    (one,) = parsed(statement)["stmts"]
    select = one["stmt"]["SelectStmt"]
    while "larg" in select:
        select = select["larg"]
    columns = {}
    for target in select["targetList"]:
        said = target["ResTarget"]
        made_of = said["val"]
        last = made_of.get("ColumnRef", {}).get("fields", [{}])[-1]
        columns[said.get("name") or last["String"]["sval"]] = made_of
    return columns


@pytest.mark.parametrize("name", RULES)
def test_a_rule_returns_what_it_knows_and_nothing_that_nobody_reads(name: str) -> None:
    rule = RULES[name]
    columns = _returned(rule.sql)
    expressions = " ".join(
        (rule.is_dated, rule.needs_from, rule.reaches, rule.latest_on, rule.own_doubt)
    )
    assert {*columns} >= _ALWAYS
    assert [one for one in {*columns} - {*CANDIDATE_COLUMNS} if one not in expressions] == []
    assert [one for one, made_of in columns.items() if _is_null(made_of)] == []


@pytest.mark.parametrize("name", RULES)
def test_a_rule_returns_what_its_events_are_matched_and_told_apart_by(name: str) -> None:
    """A column that is forgotten is null: nothing would ever be found, paid or held back."""
    rule = RULES[name]
    columns = {*_returned(rule.sql)}
    for key in (*rule.match_by, rule.found_by):
        named = {*COLUMNS_OF_A_KEY[key]} & columns
        assert named if key == "item" else named == {*COLUMNS_OF_A_KEY[key]}, key
    for one in rule.subtracts:
        assert columns & {name for key in one.keys for name in _NAMED_BY[key]}, one.kind


@pytest.mark.parametrize("name", RULES)
def test_a_rule_that_may_know_a_day_only_about_says_what_would_tell_it(name: str) -> None:
    rule = RULES[name]
    assert bool(rule.exact_by) == ("event_on_approximate" in _returned(rule.sql))


# By which columns of an event a row that could not be read may be about it.
_NAMED_BY: Final = {
    "orders": ("order_id", "reference"),
    "skus": ("sku",),
    "fnskus": ("fnsku",),
    "items": ("item_code",),
}


def _is_null(made_of: dict[str, Any]) -> bool:
    if "TypeCast" in made_of:
        return _is_null(made_of["TypeCast"]["arg"])
    return bool(made_of.get("A_Const", {}).get("isnull"))


@pytest.mark.parametrize("name", RULES)
def test_further_rows_have_their_columns(name: str) -> None:
    rule = RULES[name]
    if rule.found_sql:
        assert {*_returned(rule.found_sql)} == {*FOUND_COLUMNS}
    if rule.evidence_sql:
        assert {*_returned(rule.evidence_sql)} == {*EVIDENCE_COLUMNS}


@pytest.mark.parametrize("name", RULES)
def test_what_is_found_once_is_said_to_be_read(name: str) -> None:
    """Whatever a rule reads is a table of ours, its own events, or named in its `shares`."""
    rule = RULES[name]
    reads = touched(filter(None, (rule.sql, rule.found_sql, rule.evidence_sql))).reads
    assert reads - {*SHARED_TABLES, *TENANT_TABLES, "event"} == _needed(rule)
    for one in shared_by([rule]):
        assert touched([one.sql]).reads - {*SHARED_TABLES, *TENANT_TABLES} == {
            other.name for other in one.after
        }


def _needed(rule: Rule) -> set[str]:
    return {one.name for one in rule.shares}


def test_one_name_is_one_relation() -> None:
    """Of all marketplaces together; none has the name of a table of ours."""
    named: dict[str, Shared] = {}
    for rule in RULES.values():
        for one in shared_by([rule]):
            assert named.setdefault(one.name, one) is one
    assert not named.keys() & {*SHARED_TABLES, *TENANT_TABLES}


def test_what_others_rest_on_is_found_first() -> None:
    found: set[str] = set()
    for one in shared_by(RULES.values()):
        assert {other.name for other in one.after} <= found
        found.add(one.name)


@pytest.mark.parametrize("name", RULES)
def test_every_statement_of_a_rule_is_one(name: str) -> None:
    for statement in asked_of(RULES[name]):
        parsed(statement)
