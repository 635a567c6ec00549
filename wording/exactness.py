"""How it is said that a claim window rests on a day that is not known exactly."""

from typing import Final

from wording.numbers import counted, plain_number, share

QUESTION: Final = "How exact are the claim windows?"
_ALL: Final = "Each of them rests on a day that a report tells."
_SOME: Final = (
    "Their windows start with a day that is not known exactly, so the earliest last day that is"
    " possible is shown: a deadline is never too late, and may be too early."
)


def aside(dated: int, approximate: int) -> str:
    """`31 of 412 approximate`."""
    if not approximate:
        return "all exact"
    return f"{plain_number(approximate)} of {plain_number(dated)} approximate"


def sentence(dated: int, approximate: int) -> str:
    """What it comes to, with its share."""
    of_all = counted(dated, "open discrepancy has", "open discrepancies have")
    if not approximate:
        return f"{of_all} a last day to claim. {_ALL}"
    some = counted(approximate, "is approximate", "are approximate")
    return f"{of_all} a last day to claim; {some} ({share(approximate, dated)}). {_SOME}"
