"""How the reports that can be landed look: tables of text, shapes of JSON."""

from typing import Final

from services.marketplaces.contract import OtherReport, ReportFormat
from services.marketplaces.registry import FORMATS, MARKETPLACES

DELIMITED: Final = tuple(report for report in FORMATS if report.delimited)
JSON_SHAPES: Final = tuple((report, path) for report in FORMATS for path in report.json_paths)
# The same without the envelope around it, as libraries hand an answer on.
JSON_WITHOUT_ENVELOPE: Final = tuple(
    (report, path[outer:]) for report, path in JSON_SHAPES for outer in range(1, len(path) + 1)
)
OTHERS: Final[tuple[OtherReport, ...]] = tuple(
    other for marketplace in MARKETPLACES.values() for other in marketplace.others
)


def may_come(report: ReportFormat, marketplace: str | None) -> bool:
    """Whether it may come for a channel: its marketplace's, or our own; any where none is named."""
    return marketplace in (None, report.marketplace or marketplace)


def formats_of(
    formats: tuple[ReportFormat, ...], marketplace: str | None
) -> tuple[ReportFormat, ...]:
    """Those that may come for a channel."""
    return tuple(report for report in formats if may_come(report, marketplace))


def how_to_get_english(marketplace: str | None) -> str:
    """Where the language of a marketplace's reports is set."""
    return " ".join(one.english for one in MARKETPLACES.values() if marketplace in (None, one.code))
