"""The moment of an identification: each channel counts its own day from it."""

from datetime import UTC, datetime


def now() -> datetime:
    """This moment. A test that lives through several days puts its own in this place."""
    return datetime.now(UTC)
