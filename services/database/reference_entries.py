"""What an entry of each reference data file may say, and what it becomes in its table."""

import re
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Any, Literal, Self, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StringConstraints,
    model_validator,
)

from wording.subtypes import SUBTYPES

Row: TypeAlias = dict[str, Any]  # one entry as its table's columns, in JSON's values


def _known_subtype(code: str) -> str:
    if code not in SUBTYPES:
        raise ValueError("no such subtype in wording/subtypes.py")
    return code


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError) as error:
        raise ValueError("no such IANA time zone") from error
    return name


def _exact(value: object) -> object:
    # A float has lost the schedule's own decimals before it gets here.
    if not isinstance(value, str):
        # pydantic turns a ValueError, and only that, into a message with the field's name.
        raise ValueError('expected a decimal number as a string, such as "0.15"')  # noqa: TRY004
    return value


def normalised(reason: str) -> str:
    """A payment reason as the table keys it: `Lost:Warehouse` and `Lost_Warehouse` are one."""
    return re.sub(r"[^a-z0-9]", "", reason.lower())


Words = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
SubtypeCode = Annotated[str, AfterValidator(_known_subtype)]
Exact = Annotated[Decimal, BeforeValidator(_exact)]


class Entry(BaseModel):
    """What every entry carries: where it is from, and what a reader must know of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: Words
    note: Words | None = None

    def row(self) -> Row:
        """The entry as its table's columns; a note goes with the source it qualifies."""
        said = self.model_dump(mode="json", exclude={"note"})
        return said | {"source": f"{self.source} ({self.note})" if self.note else self.source}


class Marketplace(Entry):
    """One shop in which a seller sells: what a channel is called after."""

    code: Code
    country: Country
    country_aliases: list[Country]
    name: Words
    shop: Words | None = None  # what a settlement or a fee preview calls it
    shop_aliases: list[Words] = []  # and its other names there
    region: Words
    marketplace_id: Words | None
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    # Which of a region's marketplaces of this currency takes what nothing else places.
    currency_rank: Annotated[StrictInt, Field(ge=1)] = 1
    time_zone: Annotated[str, AfterValidator(_known_zone)]
    supported: StrictBool
    unsupported_reason: Words | None
    checked_on: date

    @model_validator(mode="after")
    def _says_why_not(self) -> Self:
        if self.supported != (self.unsupported_reason is None):
            raise ValueError("unsupported_reason is given exactly where supported is false")
        return self


class Window(Entry):
    """When a claim may be filed, as one source says it."""

    anchor: Words
    opens_after_days: Annotated[StrictInt, Field(ge=0)] | None
    closes_after: Annotated[StrictInt, Field(ge=1)] | None
    closes_unit: Literal["days", "months"] | None
    confidence: Literal["official", "secondary", "code", "unknown"]

    @model_validator(mode="after")
    def _window_is_whole(self) -> Self:
        if (self.closes_after is None) != (self.closes_unit is None):
            raise ValueError("closes_after and closes_unit are given together")
        if (self.confidence == "unknown") != (self.closes_after is None):
            raise ValueError("confidence is unknown exactly where closes_after is null")
        if self.closes_unit == "days" and (self.opens_after_days or 0) > (self.closes_after or 0):
            raise ValueError("the window closes before it opens")
        return self

    def told(self) -> str:
        """This source's word as one sentence, for the note of a window from another source."""
        opens = "?" if self.opens_after_days is None else self.opens_after_days
        closes = f"{self.closes_after} {self.closes_unit}" if self.closes_after else "?"
        said = f"Another source ({self.confidence}, {self.source}) says: from {opens} days to "
        note = f" ({self.note})" if self.note else ""
        return f"{said}{closes} after {self.anchor}{note}."


class ClaimWindow(Window):
    """The window in force for one subtype, in the countries that its source speaks of."""

    claim_window_id: Annotated[StrictInt, Field(ge=1)]
    countries: Annotated[list[Country], Field(min_length=1)]
    subtype: SubtypeCode
    valid_from: date | None
    valid_to: date | None
    checked_on: date
    alternatives: list[Window] = []  # what other sources say: told, not applied

    @model_validator(mode="after")
    def _validity_runs_forward(self) -> Self:
        if self.valid_from and self.valid_to and self.valid_from > self.valid_to:
            raise ValueError("valid_to is before valid_from")
        return self

    def row(self) -> Row:
        """The entry as columns: here the note has a column of its own."""
        notes = (self.note, *(other.told() for other in self.alternatives))
        said = self.model_dump(mode="json", exclude={"alternatives"})
        return said | {"note": " ".join(note for note in notes if note) or None}


class LedgerReason(Entry):
    """One code of an inventory ledger."""

    code: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]$")]
    counts_as: Literal[
        "lost", "damaged", "found", "correction", "disposition", "redefinition", "disposed"
    ]
    sign: Literal[-1, 1]
    meaning: Words


class PaymentReason(Entry):
    """One word that a marketplace gives for a payment."""

    reason: Annotated[str, AfterValidator(normalised), StringConstraints(min_length=1)]
    subtype: SubtypeCode
    is_reversal: StrictBool


class Tier(BaseModel):
    """A price up to which (inclusive) a rate holds; null: any price above."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    up_to: Annotated[Exact, Field(gt=0)] | None
    rate: Annotated[Exact, Field(ge=0, le=1)]


class ReferralRate(Entry):
    """One category's commission in one schedule."""

    schedule: Words
    category: Words
    valid_from: date | None
    valid_to: date | None
    kind: Literal["flat", "threshold_whole_price", "marginal_portion"]
    tiers: Annotated[list[Tier], Field(min_length=1)]
    except_product_types: list[Words] = []  # kinds of item with a rate of their own
    checked_on: date

    @model_validator(mode="after")
    def _tiers_climb(self) -> Self:
        limits = [tier.up_to for tier in self.tiers]
        bounds = [limit for limit in limits[:-1] if limit is not None]
        if limits[-1] is not None or len(bounds) != len(limits) - 1:
            raise ValueError("up_to is null in the last tier, and only there")
        if any(low >= high for low, high in pairwise(bounds)):
            raise ValueError("the tiers' up_to must rise")
        if (self.kind == "flat") != (len(limits) == 1):
            raise ValueError("a flat rate has one tier, the other kinds have several")
        return self


class Dated(Entry):
    """A statement with its countries, the days of the event for which it holds, and its source."""

    countries: Annotated[list[Country], Field(min_length=1)]
    valid_from: date | None
    valid_to: date | None
    checked_on: date
    confidence: Literal["official", "secondary", "code", "unknown"]

    @model_validator(mode="after")
    def _runs_forward(self) -> Self:
        if self.valid_from and self.valid_to and self.valid_from > self.valid_to:
            raise ValueError("valid_to is before valid_from")
        return self


class AutomaticPayment(Dated):
    """That a marketplace pays a kind of loss by itself, and within how many days."""

    automatic_payment_id: Annotated[StrictInt, Field(ge=1)]
    subtype: SubtypeCode
    pays_within_days: Annotated[StrictInt, Field(ge=0)] | None

    @model_validator(mode="after")
    def _unknown_is_said(self) -> Self:
        if (self.confidence == "unknown") != (self.pays_within_days is None):
            raise ValueError("confidence is unknown exactly where pays_within_days is null")
        return self


class ValuationMethod(Dated):
    """How a marketplace values a unit it owes; own_order_proceeds is our own estimate of it."""

    valuation_method_id: Annotated[StrictInt, Field(ge=1)]
    moment: Literal["before_order", "after_order", "inbound"]
    method: Literal[
        "sourcing_cost",
        "sale_proceeds",
        "order_proceeds",
        "average_sales_price",
        "own_order_proceeds",
    ]

    @model_validator(mode="after")
    def _own_is_no_source(self) -> Self:
        if self.method == "own_order_proceeds" and self.confidence != "unknown":
            raise ValueError("our own estimate rests on no source: its confidence is unknown")
        return self


class UnitCap(Dated):
    """The most that a marketplace pays for one unit."""

    unit_cap_id: Annotated[StrictInt, Field(ge=1)]
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    amount: Annotated[Exact, Field(gt=0)]


class ReportWord(Entry):
    """One word of a marketplace's own in a report, and what it counts as."""

    field: Literal["return_event", "return_reason", "return_channel", "log_reason"]
    word: Annotated[str, AfterValidator(normalised), StringConstraints(min_length=1)]
    counts_as: Code
    checked_on: date
    # unknown: the word is the marketplace's, but nobody has shown it in this report
    confidence: Literal["official", "secondary", "code", "unknown"]
