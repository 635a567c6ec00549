"""Money, days and plurals are said in wording/ alone: read from the code itself.

Machines read numbers and ISO days (`isoformat`), and those may stand anywhere.
"""

import ast
import re
from collections.abc import Iterator
from typing import Final

from services.settings import PROJECT

FOLDERS: Final = ("pages", "components", "services", "server")
FILES: Final = {
    path.relative_to(PROJECT).as_posix(): ast.parse(path.read_text("utf-8"))
    for path in (
        *(each for folder in FOLDERS for each in sorted((PROJECT / folder).rglob("*.py"))),
        PROJECT / "app.py",
        PROJECT / "asgi.py",
    )
}

Found = set[tuple[str, str]]

# Who writes a day or a number by a pattern of their own, and for which machine.
DAYS: Final = {
    ("components/charts.py", "_month_mark"): "the month that a press puts into the address",
    ("pages/shared/export.py", "_file_name"): "the name of a file",
    ("services/access/identity.py", "_refuse_old"): "our log",
    ("services/__main__.py", ""): "ISO days, as they are typed",
    ("services/__main__.py", "import_reports"): "ISO days, as they are typed",
    ("services/sync/commands.py", ""): "ISO days, as they are typed",
    ("services/landing/rows/cells.py", "_moment"): "how report files write moments",
    ("services/landing/rows/cells.py", "_usual_moment"): "how report files write moments",
    ("services/landing/rows/days.py", "_usual"): "how report files write days",
    ("services/landing/rows/days.py", ""): "how report files write days",
    ("services/landing/rows/days.py", "_month"): "how report files write days",
    ("services/landing/rows/days.py", "_of_two"): "how report files write days",
}
NUMBERS: Final = {
    ("components/sparkline.py", "sparkline_svg"): "lengths on a drawing",
    ("pages/shared/trouble.py", "tell"): "seconds",
    ("services/database/disk.py", "in_words"): "bytes",
    ("services/database/embedded/waiting.py", "tick"): "seconds",
    ("services/exports/csv.py", "_number"): "a cell of a CSV file",
    ("services/exports/xlsx.py", "_write_money"): "a cell with more digits than a number holds",
    ("services/health/data.py", "of_clocks"): "seconds",
    ("services/health/data.py", "_told"): "seconds",
}
BABEL: Final = {
    ("services/exports/xlsx.py", "get_currency_precision"): "a spreadsheet's own format",
    ("services/insights/as_of.py", "get_currency_precision"): "amounts for machines",
    ("services/marketplaces/currencies.py", "get_currency_precision"): "what a report may hold",
    ("services/marketplaces/currencies.py", "list_currencies"): "what a report may hold",
}


_FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)


def functions(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Each node with the function that it stands in, "" at the file's top."""

    def within(node: ast.AST, name: str) -> Iterator[tuple[str, ast.AST]]:
        for child in ast.iter_child_nodes(node):
            inner = getattr(child, "name", name) if isinstance(child, _FUNCTIONS) else name
            yield inner, child
            yield from within(child, inner)

    return within(tree, "")


def spec_of(node: ast.AST) -> str:
    """`%Y-%m` of f"{day:%Y-%m}"."""
    if not isinstance(node, ast.FormattedValue) or not isinstance(node.format_spec, ast.JoinedStr):
        return ""
    return "".join(
        str(one.value) for one in node.format_spec.values if isinstance(one, ast.Constant)
    )


_PATTERN: Final = re.compile(r"%-?[aAbBdHIjmMpSyY]")
# As babel and spreadsheets write a pattern.
_CELL_PATTERN: Final = re.compile(r"\bd{1,2} M{3}|\bd{1,2} mmm|\bMMM\b")


def writes_a_day(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute) and node.attr in {"strftime", "ctime"}:
        return True
    if _PATTERN.search(spec_of(node)):
        return True
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return is_text and bool(_CELL_PATTERN.search(node.value) or _is_pattern(node.value))


def _is_pattern(text: str) -> bool:
    """A pattern and nothing else: no statement that has a % in it."""
    return bool(_PATTERN.search(text)) and not re.search(r"[a-z]{3}", _PATTERN.sub("", text))


def test_days_are_written_in_one_place() -> None:
    found = {
        (file, name)
        for file, tree in FILES.items()
        for name, node in functions(tree)
        if writes_a_day(node)
    }
    assert found == {*DAYS}


def test_amounts_are_written_in_one_place() -> None:
    found = {
        (file, name)
        for file, tree in FILES.items()
        for name, node in functions(tree)
        if re.search(r"\d?[feg%]$", spec_of(node)) and not _PATTERN.search(spec_of(node))
    }
    assert found == {*NUMBERS}


def test_nobody_else_asks_the_library_that_says_amounts_and_days() -> None:
    found = {
        (file, each.name)
        for file, tree in FILES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "babel"
        for each in node.names
    }
    assert found == {*BABEL}


def test_no_word_is_made_one_or_many_by_hand() -> None:
    """`counted`, `are` and their like say it: a number and its noun are one thing."""
    found = [
        f"{file}:{node.lineno}"
        for file, tree in FILES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.IfExp) and _asks_for_one(node.test) and _nearly_alike(node)
    ]
    assert found == []


def _asks_for_one(test: ast.expr) -> bool:
    return isinstance(test, ast.Compare) and any(
        isinstance(one, ast.Constant) and one.value == 1 for one in test.comparators
    )


def _nearly_alike(choice: ast.IfExp) -> bool:
    """`"item" if … else "items"`, `"is" if … else "are"`, `"" if … else "s"`."""
    one, many = (
        each.value if isinstance(each, ast.Constant) and isinstance(each.value, str) else None
        for each in (choice.body, choice.orelse)
    )
    if one is None or many is None:
        return False
    return {one, many} in ({"is", "are"}, {"was", "were"}, {"it", "them"}) or {one, many} == {
        min(one, many, key=len),
        f"{min(one, many, key=len)}s",
    }


def test_another_place_would_be_seen() -> None:
    written = ast.parse(
        'def a():\n f"{day:%d %b}"; day.strftime("x"); "d MMM yyyy"; "%-d %b"; f"{x:,.2f}"'
    )
    seen = [node for _, node in functions(written) if writes_a_day(node)]
    assert len(seen) >= 4
    assert any(spec_of(node) == ",.2f" for _, node in functions(written))
