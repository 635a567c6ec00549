"""Deadlines as a calendar file (iCalendar, RFC 5545), made by the library icalendar."""

from datetime import datetime, timedelta

from babel.numbers import format_currency
from icalendar import Calendar, Event

from services.database.engine import Database
from services.insights.answers import Filters
from services.insights.deadlines import Deadline, deadlines


def deadlines_calendar(
    database: Database, account_id: int, filters: Filters, now: datetime
) -> bytes:
    """One all-day entry per last day and channel. Importing it again updates the same entries."""
    with database.reading(account_id) as connection:
        found = deadlines(connection, account_id, filters, now)
    calendar = Calendar()
    calendar.add("prodid", "-//Reimbursement//Deadlines//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "Claim deadlines")
    for deadline in found:
        calendar.add_component(_entry(account_id, deadline, now))
    return bytes(calendar.to_ical())


def _entry(account_id: int, deadline: Deadline, now: datetime) -> Event:
    place = f"{account_id}-{deadline.channel}-{deadline.currency}"
    entry = Event()
    entry.add("uid", f"{place}-{deadline.day.isoformat()}@reimbursement")
    entry.add("dtstamp", now)
    entry.add("dtstart", deadline.day)
    entry.add("dtend", deadline.day + timedelta(days=1))  # exclusive: the last day itself counts
    entry.add("summary", _summary(deadline))
    entry.add("transp", "TRANSPARENT")  # a reminder, not an appointment
    return entry


def _summary(deadline: Deadline) -> str:
    items = f"{deadline.items} {'item' if deadline.items == 1 else 'items'}"
    return f"{deadline.channel_name}: last day to claim {items}, {_worth(deadline)}"


def _worth(deadline: Deadline) -> str:
    if deadline.units_without_amount == deadline.units:
        return "amount unknown"
    amount = format_currency(deadline.known_amount, deadline.currency, locale="en_US")
    return f"{amount} may be eligible"
