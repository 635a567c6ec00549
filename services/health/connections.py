"""Which connections to marketplaces work no longer, and which will not for long."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

from sqlalchemy import Row, text

from services.database.engine import Database
from services.finding import Finding
from services.insights.connections import ENDS_SOON_DAYS
from services.marketplaces.labels import marketplace_label
from services.sync.applications import applications
from wording.connecting import STATES, ends
from wording.labels import in_a_sentence, region_label

_STANDING: Final = text("""
    select a.name, n.marketplace, n.region, n.state, n.because,
        least(n.consent_until, n.refresh_until) as ends_on
    from marketplace_connection n join account a on a.account_id = n.account_id
    order by a.name, n.marketplace, n.region
""")
MEND: Final = (
    "Make a new one there, set it and {setting}, and start every dashboard and worker anew:"
    " docs/connecting.md."
)
_MEND: Final = "Its seller connects it again, on the marketplace's page."


def of_connections(database: Database, now: datetime) -> Iterator[Finding]:
    """One each. Whoever was disconnected by a person is as they want it."""
    with database.working() as connection:
        found = connection.execute(_STANDING).all()
    for row in found:
        subject = f"{row.name} · {marketplace_label(row.marketplace)}, {region_label(row.region)}"
        yield _finding(subject, row, now.date())


def of_applications(now: datetime) -> Iterator[Finding]:
    """Our own at the marketplaces, one each that is set up and ends by itself."""
    today = now.date()
    for one in applications():
        subject = f"our application · {one.name}"
        left = one.days_left(today)
        warns = one.is_unknown or one.ends_soon(today)
        well = left is None or left >= 0
        mend = MEND.format(setting=one.secret.said_by) if warns and not one.is_unknown else ""
        yield Finding(subject, well, one.said(today), mend, warns=warns)


def _finding(subject: str, row: Row[tuple[object, ...]], today: date) -> Finding:
    if row.state != "connected":
        because = f": {in_a_sentence(row.because)}" if row.because else ""
        says = f"{STATES.get(row.state, row.state).lower()}{because}"
        well = row.state == "disconnected"
        return Finding(subject, well, says, "" if well else _MEND)
    if row.ends_on is None:
        return Finding(subject, True, "connected")
    days = max(0, (row.ends_on - today).days)
    soon = days <= ENDS_SOON_DAYS
    says = f"connected; {in_a_sentence(ends('What opens it', row.ends_on, days))}"
    return Finding(subject, True, says, _MEND if soon else "", warns=soon)
