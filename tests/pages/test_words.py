"""Words that people read: spelled the American way, and never a code where there is a name."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from google.protobuf.json_format import MessageToDict
from streamlit.testing.v1 import AppTest

from services.access.rights import Role
from services.exports import lists
from services.exports.across import portfolio_table
from services.insights.cases import Search
from services.insights.expiring import View
from services.insights.parts import PartView
from services.insights.payments import Wanted
from services.insights.portfolio import Portfolio
from services.settings import PROJECT
from tests.common.exported import as_csv
from tests.common.looking import page
from tests.common.worlds.activation import a_request, ask
from tests.common.worlds.insights import NOW, TODAY, USD, World, in_days
from tests.pages.opening import opened

# Spelling -----------------------------------------------------------------------------------------

# One side of each pair only: what both sides of the ocean write alike stands in none of them.
_BRITISH: Final = re.compile(
    r"""(?<![\w-])(?:
    \w*(?:colour|favour|behaviour|neighbour|honour|labour)\w*
    | (?:un)?fulfil(?:s|ment)? | enrol(?:s|ment)? | instalments? | \w*judgement\w*
    | (?:cancell|labell|travell|modell|totall|signall)(?:ed|ing)
    | catalogues? | dialogues? | cheques? | licences? | defences? | offences? | practis\w+
    | centres? | metres? | litres? | programmes? | grey\w* | learnt | spelt | whilst | amongst
    | enquir\w+ | postcodes? | ageing | sceptic\w* | towards | afterwards
    | (?:un)?(?:author|organ|recogn|summar|normal|categor|final|minim|maxim|optim|priorit|real
        |special|standard|util|initial|synchron|apolog|critic|emphas|custom|item|general|equal
        |neutral|reconc\w*|visual|central|local|capital|penal|subsid|memor|harmon|character)
        is(?:e|ed|es|ing|ation|ations|er|ers)
    | anal(?:yse|ysed|yses|ysing)
    )(?![\w])""",
    re.VERBOSE | re.IGNORECASE,
)
_STATEMENT: Final = re.compile(r"\b(?:select|insert into|update|with)\b.*\b(?:from|set|as)\b", re.S)
_SAID: Final = ("wording", "components", "pages", "server", "services")
_WORDS_OF_DATA: Final = frozenset(
    {"about", "anchor", "detail", "group", "item", "label", "meaning", "name", "note", "title"}
)


def spoken(text: str) -> bool:
    """Words for a reader, and no code, statement or header of somebody else's file."""
    begins_well = " " in text.strip() or (text[:1].isupper() and not text.isupper())
    return begins_well and not _STATEMENT.search(text)


def in_code(file: Path) -> Iterator[str]:
    """The texts of a file, without docstrings and the names of types: those are programmers'."""
    source = file.read_text("utf-8")
    if not _BRITISH.search(source):  # most files: not worth taking apart
        return
    tree = ast.parse(source)
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(tree):
        first = node.body[0] if isinstance(node, kinds) and node.body else None
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            first.value.value = ""
        if isinstance(node, ast.arg):
            node.annotation = None
    for one in ast.walk(tree):
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and spoken(one.value):
            yield one.value


def in_data(file: Path) -> Iterator[str]:
    def read(value: Any, name: str = "") -> Iterator[str]:
        if isinstance(value, dict):
            for key, inner in value.items():
                yield from read(inner, key)
        elif isinstance(value, list):
            for inner in value:
                yield from read(inner, name)
        elif isinstance(value, str) and name in _WORDS_OF_DATA:
            yield value

    return read(json.loads(file.read_text("utf-8")))


def everything() -> Iterator[tuple[Path, str]]:
    for file in (file for part in _SAID for file in sorted((PROJECT / part).rglob("*"))):
        if file.suffix == ".py":
            yield from ((file, text) for text in in_code(file))
        elif file.suffix == ".json":
            yield from ((file, text) for text in in_data(file))
        elif file.suffix == ".html":
            yield file, file.read_text("utf-8")


def test_what_people_read_is_spelled_the_american_way() -> None:
    british = [
        f"{file.relative_to(PROJECT)}: {found[0]} in {text[:80]!r}"
        for file, text in everything()
        if (found := _BRITISH.search(text))
    ]
    assert not british, "\n".join(british)


@pytest.mark.parametrize("word", ["Fulfilment fee", "is recognised.", "a colour", "Cancelled by"])
def test_a_british_spelling_is_seen(word: str) -> None:
    assert spoken(word)
    assert _BRITISH.search(word)


# Names --------------------------------------------------------------------------------------------

_CODE: Final = re.compile(r"\b(?:amazon|walmart)-[a-z]{2}\b")
# What the browser gives back and nobody reads.
_UNREAD: Final = frozenset(
    {
        "id",
        "key",
        "formId",
        "queryParams",
        "queryString",
        "queryParamKey",
        "data",
        "url",
        "fragmentId",
        "pageScriptHash",
        "elementId",
    }
)
_UNREAD_IN_CHARTS: Final = frozenset({"customdata", "ids", "meta", "key", "kind"})


def said_by(app: AppTest) -> Iterator[str]:
    """Every text of a page: words, labels, options, charts with what hovers over them, cells."""
    for node in every(app._tree):
        if node.type == "code":  # a command to copy
            continue
        if node.proto is not None and hasattr(node.proto, "DESCRIPTOR"):
            yield from texts(MessageToDict(node.proto))


def every(node: Any) -> Iterator[Any]:
    for child in getattr(node, "children", {}).values():
        yield child
        yield from every(child)


def texts(value: Any, unread: frozenset[str] = _UNREAD) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in ("spec", "json"):  # a chart, an element of ours
                yield from texts(json.loads(inner), _UNREAD_IN_CHARTS)
            elif name not in unread:
                yield from texts(inner, unread)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner, unread)
    elif isinstance(value, str):
        yield value


@pytest.fixture
def seller(world: World) -> World:
    """Something in every list, on three channels, the reports of one of them long past."""
    for code in ("amazon-us", "amazon-ca", "walmart-us"):
        money = {"currency": "CAD"} if code == "amazon-ca" else {}
        stopped = in_days(-60 if code == "amazon-ca" else 0)
        world.documents[code] = world.document(code, last_day=stopped)
        world.discrepancy(code, **money)
        world.discrepancy(code, expires_on=in_days(-2), **money)
        world.discrepancy(code, opens_on=None, expires_on=None, **money)
        world.discrepancy(
            code, held_units=1, held_because="report", awaits_kind="amazon_reimbursements", **money
        )
        world.discrepancy(
            code, case_id=f"C-{code[-2:]}", denied_units=1, denied_on=in_days(-1), **money
        )
        world.case(f"C-{code[-2:]}", code, status="not_eligible", closed_on=in_days(-1), **money)
        world.case(f"D-{code[-2:]}", code, status="fully_reimbursed", **money)
        world.reimbursement(code, **money)
    return world.sum_up()


_PAGES: Final = (
    ("overview", {}),
    *(
        ("overview", {"show": part})
        for part in ("ready", "expired", "denied", "via_case", "automatic", "changes")
    ),
    ("overview", {"currency": "CAD"}),
    ("expiring", {}),
    ("case_tracker", {}),
    ("amazon", {}),
    ("walmart", {}),
    ("data", {}),
)


@pytest.mark.parametrize(("name", "query"), _PAGES)
def test_no_page_says_a_code_of_a_channel(seller: World, name: str, query: dict[str, str]) -> None:
    app = page(name, seller.account_id, **query)
    assert not app.exception
    assert [text for text in said_by(app) if _CODE.search(text)] == []


@pytest.mark.parametrize(
    ("role", "file"),
    [(Role.MANAGER, ""), (Role.MANAGER, "manager/present"), (Role.SUPPORT, "")],
)
def test_no_page_of_staff_says_a_code(seller: World, role: Role, file: str) -> None:
    ask(seller.database, seller.account_id, "amazon-ca", a_request())
    app = opened(role, file, account=seller.account_id)
    assert not app.exception
    read = list(said_by(app))
    assert len(read) > 50
    assert [text for text in read if _CODE.search(text)] == []


def test_a_code_in_a_table_or_a_chart_would_be_seen() -> None:
    drawn = {"data": [{"name": "at amazon-ca", "customdata": ["amazon-us"]}]}
    assert list(texts({"spec": json.dumps(drawn)})) == ["at amazon-ca"]
    assert _CODE.search("at amazon-ca")


def test_no_file_says_a_code_of_a_channel(seller: World) -> None:
    account_id = seller.account_id
    with seller.database.reading(account_id) as it:
        tables = (
            lists.expiring_table(it, account_id, USD, NOW, View()),
            lists.part_table(it, account_id, USD, NOW, PartView("denied")),
            lists.payments_table(it, account_id, USD, Wanted()),
            lists.cases_table(it, account_id, USD, Search()),
        )
        for table in tables:
            written = as_csv(table).decode("utf-8-sig")
            assert written.count("\n") > 1, table.title
            assert not _CODE.search(written), written
            assert "Amazon US" in written
    with seller.database.comparing((account_id,)) as it:
        asked = Portfolio((account_id,), "CAD", NOW, TODAY)
        assert "Amazon CA" in as_csv(portfolio_table(it, asked)).decode("utf-8-sig")
