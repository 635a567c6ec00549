"""Counts, with their nouns and verbs."""

from typing import Final

UNKNOWN: Final = "unknown"
TRUE_MINUS: Final = "\u2212"
TIMES: Final = "\u00d7"


def plain_number(count: int | None) -> str:
    """`1,204`, `−3`."""
    return UNKNOWN if count is None else f"{count:,}".replace("-", TRUE_MINUS)


def counted(count: int, one: str, many: str) -> str:
    """`1 item`, `1,204 items`."""
    return f"{plain_number(count)} {one if count == 1 else many}"


def signed_count(count: int, one: str, many: str) -> str:
    """`+3 units`, `−1 unit`, for what moved."""
    sign = "+" if count > 0 else TRUE_MINUS if count < 0 else ""
    return f"{sign}{counted(abs(count), one, many)}"


def share(part: int, whole: int) -> str:
    """`8%`; a part that is something is never `0%`, one that is not all never `100%`."""
    percent = round(100 * part / whole)
    if percent == 0 and part:
        return "less than 1%"
    return "more than 99%" if percent == 100 and part < whole else f"{percent}%"


def are(count: int) -> str:
    """`is` of one, `are` of several."""
    return "is" if count == 1 else "are"


def were(count: int) -> str:
    return "was" if count == 1 else "were"


def them(count: int) -> str:
    return "it" if count == 1 else "them"
