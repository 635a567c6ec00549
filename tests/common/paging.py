"""A list read as somebody reads it who presses "next" until nothing follows."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from services.insights.answers import Page

Row = TypeVar("Row")


def by_page(read: Callable[[str | None], Page[Row]]) -> Iterator[Row]:
    """Fails where a page leads back to one that was read."""
    page, seen = read(None), set[str]()
    yield from page.rows
    while page.following:
        assert page.following not in seen, page.following
        seen.add(page.following)
        page = read(page.following)
        yield from page.rows
