"""The words of Walmart's reports that data files explain, for the columns that hold them."""

import json
from functools import cache
from importlib.resources import files
from typing import Any, Final

_FOLDER: Final = files("services") / "marketplaces" / "walmart"


@cache
def entries(file_name: str) -> tuple[dict[str, Any], ...]:
    """What a data file of this folder lists."""
    return tuple(json.loads((_FOLDER / file_name).read_text("utf-8"))["entries"])


def words_of(field: str) -> tuple[str, ...]:
    """What rules know of a field (report_words.json)."""
    return tuple(one["word"] for one in entries("report_words.json") if one["field"] == field)


def payment_words() -> tuple[str, ...]:
    """The descriptions that are money back, or money taken back (payment_reasons.json)."""
    return tuple(one["reason"] for one in entries("payment_reasons.json"))
