"""The tests' own house: what two rooms share stands in `tests/common`; no test imports a test.

The marketplaces of our own making (`tests/fakes`) are shared too: they run by themselves as well.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

TESTS: Final = Path(__file__).parent
FILES: Final = sorted(TESTS.rglob("*.py"))


def test_no_test_imports_a_test_nor_a_conftest() -> None:
    """Fixtures are asked for by their names; what else two files need is a module of its own."""
    found = [
        f"{_name(file)} imports {module}"
        for file in FILES
        for module in _imported(file)
        if module.rsplit(".", 1)[-1].startswith(("test_", "conftest"))
    ]
    assert found == []


SHARED: Final = ("common", "fakes")


def test_what_two_rooms_need_stands_in_common() -> None:
    found = [
        f"{_name(file)} imports {module}"
        for file in FILES
        for module in _imported(file)
        if _room(module) not in (*SHARED, _room(_name(file)))
    ]
    assert found == []


def _imported(file: Path) -> Iterator[str]:
    """The modules of ours that a file imports, wherever in it: `from tests.a import b` as both."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tests"):
            yield str(node.module)
            yield from (f"{node.module}.{one.name}" for one in node.names if _is_module(node, one))
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names if one.name.startswith("tests"))


def _is_module(node: ast.ImportFrom, one: ast.alias) -> bool:
    folder = TESTS.parent.joinpath(*str(node.module).split("."))
    return (folder / f"{one.name}.py").exists()


def _name(file: Path) -> str:
    return ".".join(file.relative_to(TESTS.parent).with_suffix("").parts)


def _room(module: str) -> str:
    """`tests.landing.bringing` -> landing; a file of no room -> its own name."""
    return module.split(".")[1]
