"""What Walmart is asked for, the most telling first.

Where a number is Walmart's its page is named; the others are ours, chosen so that a day in which
nothing happens costs few questions, and that what Walmart changes late is read again. Reports on
request may be ordered once an hour for each type, so that their pieces are long.
"""

from datetime import timedelta
from typing import Final

from services.marketplaces.asking import Source

_DAY: Final = timedelta(days=1)

# Made every two weeks, and made anew: "not more frequently than once every two hours" (model of
# reconFile). What is paid needs no day: a file says its period.
PAYMENTS: Final = Source(
    name="payments",
    kinds=("walmart_payments",),
    per="channel",
    how="listed",
    every=timedelta(hours=6),
    told_by="reports",
)
# "Updated daily at 7 am PST, all transactions as of midnight the previous day" (get-inventory-
# reconciliation-data-for-wfs-item). What is found later stands in a later month; a month is read
# again until the next one is over.
INVENTORY_RECONCILIATION: Final = Source(
    name="inventory-reconciliation",
    kinds=("walmart_inventory_reconciliation",),
    per="channel",
    how="report",
    every=_DAY,
    piece=timedelta(days=92),
    again=timedelta(days=40),
    settles_after=_DAY,
    by_month=True,
    told_by="reports",
)
# "Near real time; different transaction types may post at different intervals" (request-a-
# settlement-report).
SETTLEMENT: Final = Source(
    name="settlement",
    kinds=("walmart_settlement",),
    per="channel",
    how="report",
    every=_DAY,
    piece=timedelta(days=92),
    again=timedelta(days=30),
    settles_after=_DAY,
    told_by="reports",
)
# Whether a return is late is told by a list that was made after its last day: so all of them are
# read again, and no piece of them stays as it was when it was young.
RETURNS: Final = Source(
    name="returns",
    kinds=("walmart_returns",),
    per="channel",
    how="pages",
    every=_DAY,
    told_by="returns",
)
# Of whole stock, older than the year that the log of one item reaches back, too (get-inventory-log-
# for-a-wfs-item). What happened does not change; it may be told some days late.
INVENTORY_LOG: Final = Source(
    name="inventory-log",
    kinds=("walmart_inventory_log",),
    per="channel",
    how="report",
    every=_DAY,
    piece=timedelta(days=92),
    again=timedelta(days=14),
    settles_after=_DAY,
    told_by="reports",
)
# Of shipments the marketplace tells how they stand, not what changed when.
INBOUND: Final = Source(
    name="inbound",
    kinds=("walmart_inbound_shipments", "walmart_inbound_items"),
    per="channel",
    how="pages",
    every=timedelta(hours=12),
)
# Its columns are not published, so that nothing of it lands yet: those that it has are kept,
# counted and shown as unknown. What is needed of returns comes by pages.
CUSTOMER_RETURNS: Final = Source(
    name="customer-returns",
    kinds=(),
    per="channel",
    how="report",
    every=timedelta(days=7),
    piece=timedelta(days=31),
    history=timedelta(days=31),
    settles_after=_DAY,
    told_by="reports",
)

# Whether the key or the consent is good, and for what.
STANDING: Final = Source(name="standing", kinds=(), per="region", how="standing", every=_DAY)

SOURCES: Final = (
    STANDING,
    PAYMENTS,
    INVENTORY_RECONCILIATION,
    SETTLEMENT,
    RETURNS,
    INVENTORY_LOG,
    INBOUND,
    CUSTOMER_RETURNS,
)
