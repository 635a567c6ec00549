"""Our own files: the service team's case feed, a seller's sourcing costs, removal receipts."""

from typing import Final

from services.marketplaces.contract import (
    AMOUNT,
    CHANNEL,
    COST,
    CURRENCY,
    EVENTS,
    IDENTITY,
    ISO_DAY,
    REFERENCES,
    SKU,
    TEXT,
    TRACKING,
    UNITS,
    WHOLE,
    ByCase,
    ByKey,
    Check,
    Column,
    ReportFormat,
    one_of,
)
from wording.cases import CASE_STATUSES
from wording.subtypes import SUBTYPES, TYPES

CASE_FEED = ReportFormat(
    kind="case_feed",
    label="Case feed",
    table="reimbursement_case",
    columns=(
        Column("case_id", "case_id", IDENTITY, filled=True),
        Column("channel", "channel", CHANNEL, filled=True),
        Column("type", "type", one_of(*TYPES), filled=True),
        Column("subtype", "subtype", one_of(*SUBTYPES), always=False),
        Column("status", "status", one_of(*CASE_STATUSES), filled=True),
        Column("opened_on", "opened_on", ISO_DAY, filled=True),
        Column("closed_on", "closed_on", ISO_DAY, always=False),
        Column("currency", "currency", CURRENCY, filled=True),
        Column("requested_amount", "requested_amount", AMOUNT, always=False),
        Column("approved_amount", "approved_amount", AMOUNT, always=False),
        Column("units", "units", WHOLE, always=False),
        Column("reference_ids", "reference_ids", REFERENCES, always=False, otherwise="[]"),
        Column("events", "events", EVENTS, always=False, otherwise="[]"),
    ),
    landing=ByCase(),
    days=("opened_on", "closed_on"),
    covers_days=False,
    json_paths=((), ("cases",)),
)

SOURCING_COST = ReportFormat(
    kind="sourcing_cost",
    label="Sourcing cost",
    table="sourcing_cost",
    columns=(
        Column("sku", "sku", SKU, filled=True),
        Column("currency", "currency", CURRENCY, filled=True),
        Column("unit_cost", "unit_cost", COST, filled=True),
        Column("valid_from", "valid_from", ISO_DAY, filled=True),
    ),
    landing=ByKey(key=("sku", "currency", "valid_from"), newest="landed"),
    days=("valid_from", "valid_from"),
    covers_days=False,
)

# What of a removal arrived: no marketplace reports it, so the seller or our team writes it down.
REMOVAL_RECEIPTS = ReportFormat(
    kind="removal_receipts",
    label="Removal receipts",
    table="removal_receipt",
    columns=(
        Column("order_id", "order_id", IDENTITY, filled=True),
        Column("tracking_number", "tracking_number", TRACKING, otherwise="", whole=True),
        Column("sku", "sku", SKU, filled=True),
        Column("received_on", "received_on", ISO_DAY),
        Column("received_units", "received_units", UNITS, filled=True),
        Column("damaged_units", "damaged_units", UNITS, otherwise="0", always=False),
        Column("note", "note", TEXT, always=False),
    ),
    landing=ByKey(key=("order_id", "tracking_number", "sku"), newest="landed"),
    days=("received_on", "received_on"),
    covers_days=False,
    checks=(
        Check("damaged_units", "damaged_units > received_units", "at most received_units"),
        Check(
            "received_on",
            "received_on is null and received_units > 0",
            "the day on which the units arrived",
        ),
    ),
)

OWN_FORMATS: Final = (CASE_FEED, SOURCING_COST, REMOVAL_RECEIPTS)
