"""What filters leave out."""

from collections.abc import Sequence

from wording.numbers import counted


def hidden_by(count: int, one: str, many: str, filters: Sequence[str]) -> str:
    """`1 case matches but is hidden by the filter “Status”`; `filters` are their names."""
    match = "matches but is" if count == 1 else "match but are"
    named = " and ".join(f"“{name}”" for name in filters)
    of = "the filter" if len(filters) == 1 else "the filters"
    return f"{counted(count, one, many)} {match} hidden by {of} {named}"


def show_them(count: int) -> str:
    """What the button beside it is called."""
    return "Show it" if count == 1 else "Show them"
