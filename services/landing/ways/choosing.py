"""Which way a report lands: one for each kind of landing that a format can describe."""

from typing import Any, assert_never

from services.landing.ways.case import Case
from services.landing.ways.day import Day
from services.landing.ways.key import Key
from services.landing.ways.period import Period
from services.landing.ways.settlement import Settlement
from services.landing.ways.way import Way
from services.marketplaces.contract import (
    ByCase,
    ByDay,
    ByKey,
    ByPeriod,
    BySettlement,
    ReportFormat,
)


def way_of(report: ReportFormat) -> Way[Any]:
    """The way that the report's format tells."""
    match report.landing:
        case ByDay() as landing:
            return Day(report, landing)
        case ByPeriod() as landing:
            return Period(report, landing)
        case BySettlement() as landing:
            return Settlement(report, landing)
        case ByKey() as landing:
            return Key(report, landing)
        case ByCase() as landing:
            return Case(report, landing)
        case landing:
            assert_never(landing)
