"""Bazaar's two reports: a ledger that speaks by day, and payments that have a number each."""

from services.marketplaces.contract import (
    AMOUNT,
    ANY_CURRENCY,
    CODE,
    IDENTITY,
    ISO_DAY,
    SKU,
    TEXT,
    WHOLE,
    ByDay,
    ByKey,
    Column,
    ReportFormat,
    spelled,
)

LEDGER = ReportFormat(
    kind="bazaar_ledger",
    label="Bazaar stock ledger",
    marketplace="bazaar",
    table="bazaar_ledger_row",
    columns=(
        Column("moved_on", "Moved on", ISO_DAY, filled=True),
        Column("land", "Land", CODE, otherwise=""),
        Column("sku", "Stall SKU", SKU, filled=True),
        Column("title", "Ware", TEXT, always=False),
        Column("movement", "Movement", spelled("Sold", "Lost", "Found", "Broken"), filled=True),
        Column("units", "Pieces", WHOLE, filled=True),
    ),
    landing=ByDay(day="moved_on", told_by=("sku", "movement", "units")),
    days=("moved_on", "moved_on"),
    channel_by="country",
    country="land",
)

PAYMENTS = ReportFormat(
    kind="bazaar_payments",
    label="Bazaar payments",
    marketplace="bazaar",
    table="bazaar_payment",
    columns=(
        Column("payment_number", "Payment number", IDENTITY, filled=True),
        Column("paid_on", "Paid on", ISO_DAY, filled=True),
        Column("sku", "Stall SKU", SKU, filled=True),
        Column("reason", "Paid for", CODE, filled=True),
        Column("units", "Pieces", WHOLE, filled=True),
        Column("amount", "Sum", AMOUNT, filled=True),
        Column("currency", "Coin", ANY_CURRENCY, filled=True),
    ),
    landing=ByKey(key=("payment_number",), within="channel_id"),
    days=("paid_on", "paid_on"),
)

FORMATS = (LEDGER, PAYMENTS)
