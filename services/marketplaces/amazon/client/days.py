"""Days as Amazon is asked for them: whole ones, in the channel's time zone.

Windows that do not lie on midnight are rounded outwards (source-amazon-seller-partner of Airbyte),
so the last moment of the last day is named, never the first of the next.
"""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from services.marketplaces.amazon.client.answers import moment_in
from services.marketplaces.amazon.sources import AmazonReport
from services.marketplaces.asking import Asking, Channel, Days

_LAST_SECOND: Final = time(23, 59, 59)


def window_of(asking: Asking, report: AmazonReport, now: datetime) -> dict[str, str]:
    """dataStartTime and dataEndTime as the report is ordered; nothing has a time to come."""
    zone = ZoneInfo(asking.channel.time_zone)
    if asking.days is None:
        return _since(report, now.astimezone(zone))
    first, last = asking.days
    end = min(datetime.combine(last, _LAST_SECOND, zone), now.astimezone(zone))
    return _said(datetime.combine(first, time(), zone), end)


def _since(report: AmazonReport, now: datetime) -> dict[str, str]:
    if report.since is None:
        return {}
    start = datetime.combine((now - report.since).date(), time(), now.tzinfo)
    return {"dataStartTime": start.isoformat()}


def span_of(days: Days, channel: Channel, now: datetime) -> tuple[str, str]:
    """The first and the last moment of days, as a query says them."""
    zone = ZoneInfo(channel.time_zone)
    end = min(datetime.combine(days[1], _LAST_SECOND, zone), now.astimezone(zone))
    said = _said(datetime.combine(days[0], time(), zone), end)
    return said["dataStartTime"], said["dataEndTime"]


def _said(start: datetime, end: datetime) -> dict[str, str]:
    return {
        "dataStartTime": start.isoformat(timespec="seconds"),
        "dataEndTime": end.isoformat(timespec="seconds"),
    }


def days_told(told: Mapping[str, object], channel: Channel) -> Days | None:
    """The whole days that a report was made for; None where it tells of none, or of parts."""
    zone = ZoneInfo(channel.time_zone)
    start, end = moment_in(told, "dataStartTime"), moment_in(told, "dataEndTime")
    if start is None or end is None:
        return None
    first, last = start.astimezone(zone), end.astimezone(zone)
    if first.time() != time() or last.time() != _LAST_SECOND:
        return None
    return first.date(), last.date()
