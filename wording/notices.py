"""What is said of figures and lists wherever they go: estimates, invented, nothing there."""

from datetime import date
from typing import Final

from wording.days import plain_date

MAY_BE_ELIGIBLE: Final = "may be eligible"
ESTIMATES: Final = (
    "Estimates",
    f"Amounts that are not paid yet {MAY_BE_ELIGIBLE}; none is promised.",
)
SAMPLE_DATA: Final = "sample data"
# Where a list or a chart has nothing: that, and when it will have something.
NOTHING_PAID: Final = ("Nothing was paid in these twelve months", "Payments appear as they arrive.")
NOTHING_RUNS_OUT: Final = (
    "Nothing runs out",
    "What can be claimed appears here after the next import.",
)
WHO_FILES: Final = "Our service team files them once it is asked."
EACH_MONTH: Final = "What came in each month?"
INVENTED: Final = ("Sample data", "These figures are invented, to look around in.")


def reports_end(channel: str, until: date | None) -> str:
    """What figures cannot know, because the reports of a channel have stopped."""
    return f"{channel}: no report after {plain_date(until) if until else 'the start'}"


def data_until(day: date | None) -> str:
    """Up to which day the reports of a channel speak."""
    return f"data until {plain_date(day)}" if day else "no data yet"
