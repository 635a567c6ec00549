"""The moment in which a page is drawn, and whose day it is.

A marketplace's days (events, deadlines, payments, steps of a case) are counted in the channel's own
zone, and come from the database as days. What a person did (a call, a request, an import, a
sign-in) happened on the reader's day. Nobody reads the server's.
"""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st


def now() -> datetime:
    """The moment in which this is drawn. A test of pages puts its own in this place."""
    return datetime.now(UTC)


def for_the_reader(moment: datetime) -> datetime:
    """In the zone of the reader's browser, which is a hint: one that makes no sense is UTC."""
    try:
        return moment.astimezone(ZoneInfo(st.context.timezone or "UTC"))
    except (ZoneInfoNotFoundError, ValueError):
        return moment.astimezone(UTC)


def day_of(moment: datetime) -> date:
    """On which day it was for the reader."""
    return for_the_reader(moment).date()


def today() -> date:
    """The reader's."""
    return day_of(now())
