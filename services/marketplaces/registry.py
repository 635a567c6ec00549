"""Which marketplaces there are: one line each. Everything else asks here."""

from collections import Counter
from collections.abc import Iterable
from importlib import import_module
from typing import Final

from services.marketplaces.asking import Connecting
from services.marketplaces.checklist import ChecklistItem
from services.marketplaces.contract import ByDay, ByKey, ByPeriod, BySettlement, ReportFormat
from services.marketplaces.marketplace import Marketplace
from services.marketplaces.own_formats import OWN_FORMATS

# The folder of each, in the order in which people see them.
_FOLDERS: Final = (
    "amazon",
    "walmart",
)


def _registered(folder: str) -> Marketplace:
    """The MARKETPLACE of a folder: by name, so that one line is all that registers it."""
    found = import_module(f"services.marketplaces.{folder}").MARKETPLACE
    if not isinstance(found, Marketplace):
        raise TypeError(f"services/marketplaces/{folder} does not hold a Marketplace")
    if found.code != folder:
        raise ValueError(f"services/marketplaces/{folder} holds the marketplace {found.code!r}")
    return found


MARKETPLACES: Final[dict[str, Marketplace]] = {one.code: one for one in map(_registered, _FOLDERS)}
# What each of them brings to recovery.
RECOVERIES: Final = tuple(one.recovery for one in MARKETPLACES.values())
# What an example of a command names.
FIRST_CHANNEL: Final = next(iter(MARKETPLACES.values())).first_channel


def checklist_of(marketplace: str) -> tuple[ChecklistItem, ...]:
    """What a seller prepares there; nothing where it is not registered any more."""
    known = MARKETPLACES.get(marketplace)
    return known.checklist if known else ()


def connecting_of(marketplace: str) -> Connecting | None:
    """How it is connected; None: its reports come as files only, or it is registered no more."""
    known = MARKETPLACES.get(marketplace)
    return known.connecting if known else None


def marketplace_of(channel: str) -> Marketplace | None:
    """Whose a channel's code is; None where it is not registered any more."""
    return MARKETPLACES.get(channel.partition("-")[0])


FORMATS: Final[tuple[ReportFormat, ...]] = (
    *(report for marketplace in MARKETPLACES.values() for report in marketplace.formats),
    *OWN_FORMATS,
)
FORMAT_OF: Final[dict[str, ReportFormat]] = {report.kind: report for report in FORMATS}


def _refuse_twins(formats: Iterable[ReportFormat]) -> None:
    """Two reports of one kind would be taken for each other; rows of two in one table, too."""
    for name in ("kind", "table", "label"):
        times = Counter(getattr(report, name) for report in formats)
        if twins := [said for said, count in times.items() if count > 1]:
            raise ValueError(f"two report formats have the same {name}: {twins}")


_refuse_twins(FORMATS)
# The tables that report files land in.
REPORT_TABLES: Final = tuple(report.table for report in FORMATS)

_OF_MARKETPLACES: Final = tuple(report for report in FORMATS if report.marketplace)

# Which kinds speak for days at all.
COVERING_KINDS: Final = [report.kind for report in _OF_MARKETPLACES if report.covers_days]

# Which speak for the days of each country by itself.
KINDS_BY_COUNTRY: Final = [
    report.kind for report in _OF_MARKETPLACES if isinstance(report.landing, ByDay)
]

# Of which a document holds rows of the periods that it states, and of no later day.
PERIOD_KINDS: Final = [
    report.kind
    for report in _OF_MARKETPLACES
    if isinstance(report.landing, ByPeriod | BySettlement)
    or (isinstance(report.landing, ByKey) and report.landing.period)
]
