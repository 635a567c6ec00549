"""Deadlines as a calendar file (iCalendar, RFC 5545), made by the library icalendar."""

from datetime import UTC, datetime, time, timedelta
from typing import Final
from urllib.parse import urlencode

from icalendar import Calendar, Event, vText

from services.access.rights import Right
from services.access.viewer import Viewer
from services.database.engine import Database
from services.insights.answers import Filters
from services.insights.deadlines import Deadline, deadlines
from services.marketplaces.labels import channel_label
from services.settings import settings
from wording.money import AMOUNT_UNKNOWN, money
from wording.notices import ESTIMATES, MAY_BE_ELIGIBLE, SAMPLE_DATA
from wording.numbers import counted
from wording.orders import EXPIRING
from wording.subtypes import type_label

# How often a calendar that follows the address should ask again.
_ASK_AGAIN: Final = timedelta(hours=6)


def calendar_for(
    viewer: Viewer, database: Database, account_id: int, filters: Filters, now: datetime
) -> bytes:
    """The calendar of one of the viewer's accounts, under its name. Raises NotAllowedError."""
    viewer.require(Right.SEE_RECOVERY)
    account = viewer.require_account(account_id)
    name = f"Claim deadlines: {account.name}" + (f" ({SAMPLE_DATA})" if account.is_sample else "")
    return deadlines_calendar(database, account_id, filters, now, name)


def deadlines_calendar(
    database: Database,
    account_id: int,
    filters: Filters,
    now: datetime,
    name: str = "Claim deadlines",
) -> bytes:
    """One all-day entry per last day and channel. Importing it again updates the same entries.

    While nothing changes, the file of one day is the same byte by byte.
    """
    with database.reading(account_id) as connection:
        found = deadlines(connection, account_id, filters, now)
    calendar = Calendar()
    calendar.add("prodid", "-//Reimbursement//Deadlines//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", vText(" ".join(name.split())))  # else written as it is
    calendar.add("refresh-interval", _ASK_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT6H")
    today = datetime.combine(now.astimezone(UTC), time(), UTC)
    for deadline in found:
        link = _link(account_id, deadline, filters)
        calendar.add_component(_entry(account_id, deadline, today, link))
    return bytes(calendar.to_ical())


def _link(account_id: int, deadline: Deadline, filters: Filters) -> str:
    """The list in the dashboard that this day is made from: its week, the soonest first."""
    monday = deadline.day - timedelta(days=deadline.day.weekday())
    query = {
        "account": str(account_id),
        "currency": deadline.currency,
        "channel": channel_label(deadline.channel),
        **({"type": type_label(filters.type)} if filters.type else {}),
        "order": EXPIRING["soonest"].label,
        "week": monday.isoformat(),
    }
    return f"{settings().origin}/expiring?{urlencode(query)}"


def _entry(account_id: int, deadline: Deadline, stamp: datetime, link: str) -> Event:
    about = f"{account_id}-{deadline.channel}-{deadline.currency}"
    entry = Event()
    entry.add("uid", f"{about}-{deadline.day.isoformat()}@reimbursement")
    entry.add("dtstamp", stamp)
    entry.add("dtstart", deadline.day)
    entry.add("dtend", deadline.day + timedelta(days=1))  # exclusive: the last day itself counts
    entry.add("summary", _summary(deadline))
    # Some calendars show the one, some the other.
    entry.add("url", link)
    entry.add("description", f"{ESTIMATES[1]}\n{link}")
    entry.add("transp", "TRANSPARENT")  # a reminder, not an appointment
    return entry


def _summary(deadline: Deadline) -> str:
    items = counted(deadline.items, "item", "items")
    return f"{deadline.channel_name}: last day to claim {items}, {_worth(deadline)}"


def _worth(deadline: Deadline) -> str:
    if deadline.amount is None:
        return AMOUNT_UNKNOWN
    return f"{money(deadline.amount, deadline.currency)} {MAY_BE_ELIGIBLE}"
