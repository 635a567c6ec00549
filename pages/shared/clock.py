"""The moment in which a page is drawn: each channel counts its own day from it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st


def now() -> datetime:
    return datetime.now(UTC)


def for_the_reader(moment: datetime) -> datetime:
    """In the zone of the reader's browser, which is a hint: one that makes no sense is UTC."""
    try:
        return moment.astimezone(ZoneInfo(st.context.timezone or "UTC"))
    except (ZoneInfoNotFoundError, ValueError):
        return moment.astimezone(UTC)
