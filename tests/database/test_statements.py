"""Every statement that the product sends is rendered and read by PostgreSQL's own parser.

Found in the code, not by what a test run happens to send: whatever is handed to `text`,
`run_script` or the driver is a constant, or comes from a function that RENDERED knows how to ask.

Seven statements are the driver's own: they hold a name or a secret that only psycopg quotes safely
(a role's password, COPY into a staged table or out of and into what an import replaces, the first
database of an embedded server). Each is sent by tests/database/test_embedded.py, by any import or
by tests/dropping.
"""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, is_dataclass
from importlib import import_module
from itertools import chain
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest
from sqlalchemy import TextClause, text

from services.database import mirror, reference, sql
from services.database.sql import gaps
from services.dropping import before
from services.insights import keyset, story
from services.landing import cut_off, documents, homes, reading_again, staging
from services.landing.rejected import rejecting
from services.landing.same import damaged, unknown
from services.landing.ways import day, key, period, settlement
from services.marketplaces.contract import ByDay, ByKey, ByPeriod, BySettlement
from services.marketplaces.registry import FORMATS, RECOVERIES, connecting_of
from services.recovery import (
    agreement,
    candidates,
    holding,
    matching,
    payments,
    reversals,
    sums,
    unread,
    valuation,
)
from services.recovery.store import KEYS
from services.settings import PROJECT
from tests.common.parsed import parsed

_MODULES: Final = {
    path.relative_to(PROJECT).as_posix(): path
    for path in sorted((PROJECT / "services").rglob("*.py"))
    if "migrations" not in path.parts and path.name != "__main__.py"
}
_VERBS: Final = (
    "select ",
    "with ",
    "insert ",
    "update ",
    "delete ",
    "create ",
    "drop ",
    "alter ",
    "analyze ",
)


def _module(file: str) -> ModuleType:
    return import_module(file.removesuffix(".py").removesuffix("/__init__").replace("/", "."))


def _strings(value: object, depth: int = 0) -> Iterator[str]:
    """The texts in a constant, however it is built."""
    if isinstance(value, TextClause):
        yield value.text
    elif isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from chain.from_iterable(_strings(one, depth + 1) for one in value.values())
    elif isinstance(value, tuple | list | set | frozenset):
        yield from chain.from_iterable(_strings(one, depth + 1) for one in value)
    elif is_dataclass(value) and not isinstance(value, type) and depth < 4:
        for each in fields(value):
            yield from _strings(getattr(value, each.name), depth + 1)


def _is_statement(written: str) -> bool:
    """One verb alone is a word, such as “With” over a column."""
    first, *more = [line.strip() for line in written.lower().split("\n") if _says(line)] or [""]
    return first.startswith(_VERBS) or bool(more and first in {verb.strip() for verb in _VERBS})


def _says(line: str) -> bool:
    return bool(line.strip()) and not line.strip().startswith("--")


def _templates(module: ModuleType) -> Iterator[str]:
    """The statements of a module that have gaps still."""
    for value in vars(module).values():
        if isinstance(value, str) and gaps(value) and _is_statement(value):
            yield value


# What is put together in functions ---------------------------------------------------------------

_RULES: Final = [rule for room in RECOVERIES for rule in room.rules]
_BY_KEY: Final = [(one, one.landing) for one in FORMATS if isinstance(one.landing, ByKey)]
_BY_DAY: Final = [(one, one.landing) for one in FORMATS if isinstance(one.landing, ByDay)]
_BY_PERIOD: Final = [(one, one.landing) for one in FORMATS if isinstance(one.landing, ByPeriod)]
_SETTLEMENTS: Final = [
    (one, one.landing) for one in FORMATS if isinstance(one.landing, BySettlement)
]
_ITEMS: Final = [items for one in FORMATS if one.marketplace and (items := damaged.items_of(one))]


def _rules() -> Iterator[str]:
    for rule in _RULES:
        yield from candidates.asked_of(rule)


def _matches() -> Iterator[str]:
    for rule in _RULES:
        for by in ("case", *rule.match_by):
            for pool in matching.POOLS:
                yield matching.explained_by(rule, by, pool)


def _doubts() -> Iterator[str]:
    for room in RECOVERIES:
        for rule in room.rules:
            of_payments = holding.payments_of(room, rule)
            for one in (*rule.subtracts, of_payments, holding.OUR_CASES):
                yield from holding.by_reach(one)
                yield from unread.by_unread(one)


def _damaged() -> Iterator[str]:
    for items in _ITEMS:
        others = damaged.all_of(items.report.marketplace or "")
        yield damaged.whole_numbers(items.column)
        yield damaged.staging_items(items)
        if any({*items.anchors} & {*other.anchors} for other in others):
            yield damaged.pairing(items, others)
        yield damaged.sparing_here(items)
        yield from damaged.sparing_there(items)
        yield damaged.forgetting_here(items)
        if items.may_be_unknown:
            yield damaged.forgetting_there(items)


def _given_way() -> Iterator[str]:
    for report, landing in _BY_KEY:
        if unknown.gives_way(report, landing):
            yield unknown.leaving_out(report, landing)
            yield unknown.replacing(report, landing)


def _by_key() -> Iterator[str]:
    for report, landing in _BY_KEY:
        statements = key.Statements(report, landing)
        yield key.settling(report.country or "country")
        for template in _templates(key):
            of_period = {"start", "end", "wider_than_placed", "wider_than_held"} & gaps(template)
            if (landing.period or not of_period) and "field" not in gaps(template):
                yield statements.filled(template)


def _by_day() -> Iterator[str]:
    for report, landing in _BY_DAY:
        for template in _templates(day):
            yield day.statement_of(report, landing, template)


def _settlements() -> Iterator[str]:
    for report, landing in _SETTLEMENTS:
        for template in _templates(settlement):
            yield settlement.statement_of(report, landing, template)


def _periods() -> Iterator[str]:
    for report, landing in _BY_PERIOD:
        yield from period.replacing(report, landing)
        for template in _templates(period):
            if "table" not in gaps(template):
                yield period.statement_of(landing, template)


def _taken_home() -> Iterator[str]:
    for report in FORMATS:
        if report.channel_by == "country":
            yield homes.take_country(report)
            yield homes.countries_of(report.country)
        yield homes.take_home(report)


def _documents() -> Iterator[str]:
    for report in FORMATS:
        yield documents.forgetting(report)
        for told in (report.days, report.asked_by):
            if told:
                yield documents.days_told(report, told)
    yield documents.taking(documents.BETTER)
    for report, landing in _BY_DAY:
        yield documents.taking(day.statement_of(report, landing, day._BETTER))
    yield from map(documents.spanning, _spans())


def _spans() -> Iterator[str]:
    """What says of which days a document tells: each way of landing has its own."""
    spans = (*_by_key(), *_by_day(), *_settlements(), *_periods())
    return (
        one
        for one in spans
        if " as first_day" in one and one.lstrip().startswith(("select", "with"))
    )


def _staged() -> Iterator[str]:
    return (staging.staged_as(report.columns) for report in FORMATS)


def _checks() -> Iterator[str]:
    for report in FORMATS:
        yield from map(rejecting.checking, report.checks)
        yield from map(rejecting.deriving, report.derived)


def _mirrored() -> Iterator[str]:
    kept = [(table, table, by) for table, (_, by) in sums.SUMS.items()]
    for source, table, by in (*KEYS, *kept):
        yield mirror.removing(source, table, by)
        yield mirror.writing(source, table, by, [*by, "one", "other"])


def _references() -> Iterator[str]:
    for source in reference.SOURCES:
        yield reference.upsert(source, [*source.key, "one", "other"])
        yield reference.remove(source)


def _cells() -> Iterator[str]:
    return (story.cells_of(report.table) for report in FORMATS)


def _orders() -> Iterator[str]:
    return (cut_off.order_of(one, one.days[0]) for one in FORMATS if one.days)


def _totals() -> Iterator[str]:
    for file in _MODULES:
        if file.startswith("services/insights/"):
            for value in vars(_module(file)).values():
                if isinstance(value, keyset.Listing) and {"amount", "currency"} <= {
                    each.name for each in fields(value.answer)
                }:
                    yield value.total.text


def _kept_sums() -> Iterator[str]:
    for table, (query, by) in sums.SUMS.items():
        yield sums.fresh(query)
        yield sums.differing(table, by)


def _emptied() -> Iterator[str]:
    return map(before.emptying, before.PUT_BACK)


def _put_back() -> Iterator[str]:
    for table in before.PUT_BACK:
        yield before.making_room(table, ["account_id", "one"])
        yield before.putting_back(table, ["account_id", "one"])


def _awaited() -> Iterator[str]:
    for room in RECOVERIES:
        connecting = connecting_of(room.marketplace)
        yield from (one.awaits for one in (connecting.sources if connecting else ()) if one.awaits)


def _from_constants() -> Iterator[str]:
    """Nothing more: what such a function sends is read as a constant."""
    return iter(())


Renders = Callable[[], Iterable[str]]
# By file, the functions in which a statement is put together or chosen, and how to ask for all.
RENDERED: Final[dict[str, dict[str, Renders]]] = {
    "services/activation/queue.py": {"_rows": _from_constants},
    "services/database/engine.py": {
        "_act_as": lambda: ["set local app.person = '1'"],
        "_see": lambda: ["set local app.accounts = '1,2'"],
        "_snapshot": lambda: ["set local statement_timeout = '5s'"],
        "refresh_statistics": lambda: ["analyze account, channel"],
    },
    "services/database/mirror.py": {"mirror": _mirrored},
    "services/database/reference.py": {"store": _references},
    "services/database/script.py": {"run_script": _from_constants},
    "services/dropping/before.py": {"put_back": _emptied, "_copy_in": _put_back},
    "services/insights/keyset.py": {"_turned": _from_constants, "total": _totals},
    "services/insights/parts.py": {"_part": _from_constants},
    "services/insights/story.py": {"_landed_cells": _cells},
    "services/landing/cut_off.py": {"cut_off": _orders},
    "services/landing/documents.py": {
        "forget_reading": _documents,
        "reach_days": _documents,
        "take_days": _documents,
        "open_document": _from_constants,
        "_days_of_rows": _documents,
        "find_landed": lambda: [documents.FIND_FILE, documents.FIND_SAYING],
    },
    "services/landing/homes.py": {"stage_countries": _taken_home},
    "services/landing/target.py": {"_rehome": _taken_home},
    "services/landing/reading_again.py": {
        "_stage": lambda: map(reading_again.renumbering, reading_again.STAGED)
    },
    "services/landing/rejected/rejecting.py": {"check": _checks, "derive": _checks},
    "services/landing/same/damaged.py": dict.fromkeys(
        (
            "_spare",
            "_forget_here",
            "_forget_there",
            "read_whole_numbers",
            "_stage",
            "_pair",
        ),
        _damaged,
    ),
    "services/landing/same/unknown.py": {"give_way": _given_way},
    "services/landing/staging.py": {"stage": _staged},
    "services/landing/ways/day.py": {"land": _by_day, "notes": _by_day},
    "services/landing/ways/key.py": dict.fromkeys(
        ("_settle_countries", "_settle_repeats", "_find_home"), _by_key
    ),
    "services/landing/ways/period.py": dict.fromkeys(
        ("_reject_other_currencies", "_inherit", "land", "_refuse_unclear_period", "misfits"),
        _periods,
    ),
    "services/landing/ways/settlement.py": dict.fromkeys(
        ("prepare", "land", "misfits"), _settlements
    ),
    "services/recovery/agreement.py": {
        "broken_equations": lambda: map(agreement.comparing, agreement.EQUATIONS.values())
    },
    "services/recovery/candidates.py": {
        "gather_candidates": lambda: map(candidates.found_once, candidates.shared_by(_RULES)),
        "_add": _rules,
    },
    "services/recovery/changes.py": {"record_changes": _from_constants},
    "services/recovery/holding.py": {
        "_hold_by_reports": _doubts,
    },
    "services/recovery/other_payments.py": {"doubt_payments": _from_constants},
    "services/recovery/unread.py": {"find_unread": _from_constants},
    "services/recovery/matching.py": {"_match": _matches},
    "services/recovery/payments.py": {"gather_payments": lambda: map(payments.paid_by, RECOVERIES)},
    "services/recovery/reversals.py": {"undo": lambda: map(reversals.undone_by, reversals.PASSES)},
    "services/recovery/store.py": {"store": _from_constants},
    "services/recovery/sums.py": {"_fresh_sums": _kept_sums, "differing_sums": _kept_sums},
    "services/sync/awaited.py": {"awaited": _awaited},
    "services/recovery/valuation.py": {"value": lambda: map(valuation.sold_by, RECOVERIES)},
}


# What is sent ------------------------------------------------------------------------------------

_SENDS: Final = {"text": 0, "run_script": 1, "exec_driver_sql": 0}


def _called(node: ast.Call) -> str:
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _sent(file: str) -> Iterator[tuple[str | None, ast.expr]]:
    """Each statement that a file sends, with the innermost function that does; None: at import."""
    tree = ast.parse(_MODULES[file].read_text("utf-8"))
    within: dict[ast.AST, str] = {}
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            within |= dict.fromkeys(ast.walk(function), function.name)
    for node in ast.walk(tree):
        at = _SENDS.get(_called(node)) if isinstance(node, ast.Call) else None
        if isinstance(node, ast.Call) and at is not None and len(node.args) > at:
            yield within.get(node), node.args[at]


_SENDING: Final = {
    file: sent
    for file in _MODULES
    if "sqlalchemy" in _MODULES[file].read_text("utf-8") and (sent := list(_sent(file)))
}


@pytest.mark.parametrize("file", _SENDING)
def test_a_constant_that_is_sent_is_a_statement(file: str) -> None:
    module = _module(file)
    for _, sent in _SENDING[file]:
        if isinstance(sent, ast.Constant):
            parsed(str(sent.value))
        elif isinstance(sent, ast.Name) and isinstance(vars(module).get(sent.id), str):
            parsed(vars(module)[sent.id])


@pytest.mark.parametrize("file", _SENDING)
def test_whatever_else_is_sent_can_be_asked_for(file: str) -> None:
    """A function that puts a statement together belongs into RENDERED."""
    named = vars(_module(file))
    put_together = {
        function
        for function, sent in _SENDING[file]
        if function is not None
        and not isinstance(sent, ast.Constant)
        and not (isinstance(sent, ast.Name) and isinstance(named.get(sent.id), str))
    }
    assert put_together == {*RENDERED.get(file, {})}


@pytest.mark.parametrize("file", RENDERED)
def test_what_is_put_together_is_a_statement(file: str) -> None:
    for render in dict.fromkeys(RENDERED[file].values()):
        for statement in render():
            assert not gaps(statement)
            parsed(statement)


@pytest.mark.parametrize("file", _MODULES)
def test_every_constant_that_reads_like_a_statement_is_one(file: str) -> None:
    """Those that are made at import, and those in tuples, dicts and answers of their own."""
    for name, value in vars(_module(file)).items():
        for written in _strings(value):
            if (file, name) not in _PARTS and _is_statement(written) and not gaps(written):
                parsed(written)


# Constants that begin like a statement, and are the beginning of one.
_PARTS: Final = {
    ("services/insights/as_of.py", "_ON_THE_DAY"),
    ("services/insights/parts.py", "_TODAYS"),
    ("services/insights/parts.py", "_TOLD"),
}


# How they are put together -----------------------------------------------------------------------

_LIKE_SQL: Final = ("select ", "insert into ", "delete from ", "update ", "create temp ", " join ",
                    "\nfrom ", "\nwhere ", "\nand ", "::", ":account_id", " is null",
                    "coalesce(")  # fmt: skip


def _is_sql(written: str) -> bool:
    return any(sign in written.lower() for sign in _LIKE_SQL)


def _put_together_otherwise(node: ast.AST) -> bool:
    """An f-string, `+`, `%`, `.format` or `.replace("{…}")` that makes SQL."""
    if isinstance(node, ast.JoinedStr):
        return _is_sql(
            "".join(str(one.value) for one in node.values if isinstance(one, ast.Constant))
        )
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
        sides = (node.left, node.right)
        return any(
            isinstance(one, ast.Constant) and isinstance(one.value, str) and _is_sql(one.value)
            for one in sides
        )
    return isinstance(node, ast.Call) and _is_filled_otherwise(node)


def _is_filled_otherwise(call: ast.Call) -> bool:
    function = call.func
    if not isinstance(function, ast.Attribute) or function.attr not in ("format", "replace"):
        return False
    template = function.value
    return isinstance(template, ast.Constant) and _is_sql(str(template.value))


@pytest.mark.parametrize("file", [file for file in _MODULES if Path(file).name != "sql.py"])
def test_sql_is_filled_in_one_way(file: str) -> None:
    """services.database.sql: it fails on a gap without a piece, and a piece without a gap."""
    tree = ast.parse(_MODULES[file].read_text("utf-8"))
    assert [node.lineno for node in ast.walk(tree) if _put_together_otherwise(node)] == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("file", _MODULES)
def test_a_template_is_filled_by_no_other_means(file: str) -> None:
    """Neither by str.format nor by str.replace, wherever the template comes from."""
    named = vars(_module(file))
    tree = ast.parse(_MODULES[file].read_text("utf-8"))
    otherwise = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("format", "replace")
        and isinstance(node.func.value, ast.Name)
        and isinstance(template := named.get(node.func.value.id), str)
        and gaps(template)
        and _is_sql(template)
    ]
    assert otherwise == []


_SAID_ONCE: Final = {
    "a channel's day": (r"time_zone\s*\)::date", {"services/database/sql.py"}),
    "what the window has left": (
        r"case\s+when\s+[\w{}.]+expires_on < ",
        {"services/database/calendar.py"},
    ),
    "what a case decides": (r"'partially_reimbursed'\s+and", {"services/database/case_units.py"}),
}


@pytest.mark.parametrize("what", _SAID_ONCE)
def test_what_several_statements_say_is_said_in_one_place(what: str) -> None:
    pattern, said_by = _SAID_ONCE[what]
    found = {file for file, path in _MODULES.items() if re.search(pattern, path.read_text("utf-8"))}
    assert found == said_by


# The helper --------------------------------------------------------------------------------------


def test_a_template_is_filled() -> None:
    assert sql.fill("{a} of {b}, {a}", a="1", b="2") == "1 of 2, 1"


@pytest.mark.parametrize("nearly", ["{Upper}", "{a-b}", "{_x}"])
def test_what_is_nearly_a_gap_is_refused(nearly: str) -> None:
    with pytest.raises(ValueError, match="no names of gaps"):
        sql.fill(f"{nearly} {{a}}", a="x")


def test_braces_without_a_name_stand() -> None:
    assert sql.fill(r"'{}'::jsonb, '\d{1,2}', {a}", a="x") == r"'{}'::jsonb, '\d{1,2}', x"


@pytest.mark.parametrize(
    ("template", "pieces"),
    [
        ("{a}", {}),
        ("{a}", {"a": "1", "b": "2"}),
        ("{a}", {"a": "{b}"}),
    ],
)
def test_what_does_not_fit_fails(template: str, pieces: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="gaps in a piece"):
        sql.fill(template, **pieces)


def test_words_that_templates_share_need_not_all_be_used() -> None:
    assert sql.fill_from({"a": "1", "b": "2"}, "{a}") == "1"
    with pytest.raises(ValueError, match="no piece for"):
        sql.fill_from({"a": "1"}, "{a} {c}")


def test_a_channels_day() -> None:
    parsed(f"select {sql.today_of('c')}, {sql.day_of('r.at')} from r, c, channel")
    assert text(sql.today_of()).compile().params == {"now": None}
