"""How it is said what a marketplace was asked for, and what the figures do without meanwhile."""

from typing import Final

from wording.numbers import counted

# What is asked for that is no report.
OF_HOW: Final[dict[str, str]] = {
    "cases": "cases",
    "standing": "what the connection may do",
}
FRESH: Final = "Fresh"
NEVER: Final = "Nothing yet"
STALE: Final = "Late"
IN_PART: Final = "Told in part"
NOT_TOLD: Final = "Not told"
REFUSED: Final = "Not read"
ENDED: Final = "Not connected"

WHAT_WAITS_HIDES: Final = "Until it is there, what it would show is in no figure."
WHAT_STALE_HIDES: Final = (
    "What has happened since its newest day is in no figure: losses may be missing, and what needs"
    " this report is held back."
)
WHAT_IN_PART_HIDES: Final = (
    "The report came with other days than it was asked for. What it holds is in the figures; what"
    " happened on the days that it does not tell is unknown, and what needs them is held back."
)
WHAT_NOT_TOLD_HIDES: Final = (
    "What happened on these days is unknown, which is never nothing: it is in no figure, and what"
    " needs these days is held back. They are asked for again by themselves."
)
WHAT_REFUSED_HIDES: Final = (
    "The report came and could not be read, so nothing of it is in any figure. It is asked for"
    " again by itself."
)
WHAT_ENDED_HIDES: Final = (
    "Nothing is asked any more: what has happened since is in no figure. Connect again, or load"
    " report files."
)


def waiting(count: int) -> str:
    """`3 reports on the way`."""
    return f"{counted(count, 'report', 'reports')} on the way"


def no_answer(in_part: int, not_told: int, refused: int) -> str:
    """`1 told in part, 2 not told, 1 not read`."""
    counts = ((in_part, IN_PART), (not_told, NOT_TOLD), (refused, REFUSED))
    return ", ".join(f"{count:,} {word.lower()}" for count, word in counts if count)
