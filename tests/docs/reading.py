"""Reading documents: their code, links, anchors and tables."""

import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

PROJECT: Final = Path(__file__).parents[2]
PAGES: Final = [
    PROJECT / name
    for name in subprocess.run(
        ["git", "ls-files", "*.md"], cwd=PROJECT, check=True, capture_output=True, text=True
    ).stdout.splitlines()
]
# What people read to run and change the product; the others stand beside the data they are about.
GUIDES: Final = [page for page in PAGES if page.parent in (PROJECT, PROJECT / "docs")]


@cache
def _tokens(page: Path) -> tuple[Token, ...]:
    blocks = MarkdownIt("commonmark").enable("table").parse(page.read_text("utf-8"))
    return tuple(part for block in blocks for part in (block, *(block.children or ())))


def code_in(page: Path) -> list[str]:
    """Whatever stands as code: in a line or as a block."""
    kinds = {"code_inline", "fence", "code_block"}
    return [token.content for token in _tokens(page) if token.type in kinds]


def links_in(page: Path) -> list[str]:
    named = (token.attrGet(name) for token in _tokens(page) for name in ("href", "src"))
    return [str(address) for address in named if address]


@cache
def anchors_of(page: Path) -> set[str]:
    """As code hosts make them of headings: lower case, no marks, dashes for blanks."""
    tokens = _tokens(page)
    titles = [
        tokens[at + 1].content for at, each in enumerate(tokens) if each.type == "heading_open"
    ]
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def rows_of(page: Path, *titles: str) -> Iterator[list[str]]:
    """The rows of the tables with these titles above their first columns, as they are written."""
    within = False
    for line in page.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if cells[: len(titles)] == list(titles):
            within = True
        elif not cells:
            within = False
        elif within and not set("".join(cells)) <= set("-: "):
            yield cells
