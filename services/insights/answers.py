"""What the questions answer with: plain, frozen, and honest about what is not known."""

from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Final, Generic, Self, TypeVar

from services.database.headline import known_or_none

Row = TypeVar("Row")
Sum = TypeVar("Sum")

NOTHING: Final = Decimal(0)


@dataclass(frozen=True)
class Filters:
    """What a page is narrowed to. One currency at a time: amounts of two are never added up."""

    currency: str
    channel: str | None = None
    type: str | None = None


@dataclass(frozen=True)
class Figure:
    """Units with their amount; units without a known amount are counted, never valued at 0."""

    units: int = 0
    known_amount: Decimal = NOTHING
    units_without_amount: int = 0

    @property
    def amount(self) -> Decimal | None:
        """None where there are units and the amount of none of them is known."""
        return known_or_none(self.units, self.known_amount, self.units_without_amount)

    @property
    def is_nothing(self) -> bool:
        """Neither units nor money: in a sum over subtypes there may be money alone."""
        return not self.units and not self.known_amount

    @property
    def money_alone(self) -> Self:
        return replace(self, units=0, units_without_amount=0)

    def __add__(self, other: Self) -> Self:
        return added(self, other)

    def __sub__(self, other: Self) -> Self:
        negative = type(other)(-other.units, -other.known_amount, -other.units_without_amount)
        return self + negative


@dataclass(frozen=True)
class Claimed:
    """What the marketplace paid and took back: its own reports, matched to an event or not."""

    gross_via_case: Decimal = NOTHING
    gross_automatic: Decimal = NOTHING
    reversed_via_case: Decimal = NOTHING
    reversed_automatic: Decimal = NOTHING
    units_cash: int = 0
    units_inventory: int = 0

    @property
    def gross(self) -> Decimal:
        return self.gross_via_case + self.gross_automatic

    @property
    def reversed(self) -> Decimal:
        """Positive: what was taken back."""
        return self.reversed_via_case + self.reversed_automatic

    @property
    def net(self) -> Decimal:
        return self.gross - self.reversed

    @property
    def via_case(self) -> Decimal:
        """Net of reversals."""
        return self.gross_via_case - self.reversed_via_case

    @property
    def automatic(self) -> Decimal:
        """Net of reversals."""
        return self.gross_automatic - self.reversed_automatic

    @property
    def money_alone(self) -> Self:
        return replace(self, units_cash=0, units_inventory=0)

    def __add__(self, other: Self) -> Self:
        return added(self, other)


def added(first: Sum, second: Sum) -> Sum:
    """Field by field."""
    names = [field.name for field in fields(first)]  # type: ignore[arg-type]
    return type(first)(*(getattr(first, name) + getattr(second, name) for name in names))


@dataclass(frozen=True)
class Month:
    """One calendar month of the channels' own calendars."""

    month: date  # its first day
    paid: Decimal
    reversed: Decimal  # positive
    lost: Figure
    found: Figure  # by the month of the event, less what was found again

    @property
    def net(self) -> Decimal:
        return self.paid - self.reversed


@dataclass(frozen=True)
class Channel:
    """One marketplace of an account, as far as its own time zone and reports have come."""

    code: str
    name: str
    marketplace: str
    country: str
    region: str
    currency: str
    time_zone: str
    today: date
    connection_state: str  # connected, files or disconnected
    service_state: str  # not_started, requested, declined or active
    supported: bool
    unsupported_reason: str | None
    last_landed_at: datetime | None
    last_synced_at: datetime | None
    next_sync_at: datetime | None
    data_until: date | None
    stale: bool


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of a list, and where its neighbours begin."""

    rows: tuple[Row, ...]
    following: str | None = None
    preceding: str | None = None


@dataclass(frozen=True)
class PartRow:
    """A discrepancy by one part of it: its units in progress, expired or denied."""

    discrepancy_id: int
    channel: str
    type: str
    subtype: str
    sku: str | None
    fnsku: str | None
    item_code: str | None
    title: str | None
    day: date  # of the event, of the end of the window, of the refusal
    units: int
    amount: Decimal | None  # None: unknown
    currency: str
    basis: str
    case_id: str | None


@dataclass(frozen=True)
class Pile:
    """How many discrepancies, and what they come to."""

    discrepancies: int = 0
    figure: Figure = Figure()

    def __add__(self, other: Self) -> Self:
        return added(self, other)


@dataclass(frozen=True)
class Counted:
    """How many rows a list has and what they come to; rows without a known amount are counted."""

    count: int = 0
    known_amount: Decimal = NOTHING
    without_amount: int = 0

    @property
    def amount(self) -> Decimal | None:
        """None where there are rows and the amount of none of them is known."""
        if self.count and self.count == self.without_amount:
            return None
        return self.known_amount


@dataclass(frozen=True)
class Week:
    """What reaches its last day in one calendar week, Monday to Sunday."""

    starts: date
    ends: date
    pile: Pile


@dataclass(frozen=True)
class ClaimWindow:
    """When a claim of a subtype may be filed, with who says so."""

    subtype: str
    countries: list[str]
    anchor: str
    opens_after_days: int | None
    closes_after: int | None  # None: unknown
    closes_unit: str | None  # days or months
    valid_from: date | None
    valid_to: date | None
    source: str
    checked_on: date
    confidence: str
    note: str | None


@dataclass(frozen=True)
class Payment:
    """A reimbursement or a reversal, as the marketplace reported it."""

    channel: str
    channel_name: str
    reimbursement_key: str
    external_id: str | None
    case_id: str | None
    original_id: str | None  # the payment that a reversal undoes
    is_reversal: bool
    reason: str
    type: str
    subtype: str
    sku: str | None
    fnsku: str | None
    title: str | None
    units_cash: int
    units_inventory: int
    amount: Decimal
    currency: str
    approved_on: date


@dataclass(frozen=True)
class Evidence:
    """A report row that a discrepancy rests on, as it was landed."""

    role: str  # wording.labels: ROLES
    document_id: int
    file_name: str
    kind: str
    landed_at: datetime
    row_number: int
    units: int
    # The file's own column and its value, empty cells left out; none: a newer file replaced it.
    landed: tuple[tuple[str, str], ...]
    rejected: tuple["Rejected", ...] = ()  # of a row that could not be read: each cell at fault
    reaches: date | None = None  # up to which day its report speaks, where that is its own


@dataclass(frozen=True)
class AutomaticPayment:
    """That a marketplace pays a loss by itself, and who says so."""

    pays_within_days: int | None  # from the event; None: no source says how long it takes
    source: str
    checked_on: date
    confidence: str


@dataclass(frozen=True)
class MovementKey:
    """One line of what moved Unclaimed."""

    changed_on: date
    channel: str
    subtype: str
    cause: str
    currency: str


@dataclass(frozen=True)
class Movement:
    """What moved Unclaimed on one day, for one reason; units and amount are signed."""

    changed_on: date  # the channel's day
    channel: str
    subtype: str
    cause: str  # wording.changes: CHANGES
    currency: str
    discrepancies: int
    units: int
    amount: Decimal  # of the units whose amount is known
    is_opening: bool  # what the first reports told


@dataclass(frozen=True)
class Behind:
    """A discrepancy behind a movement, with its own share of it."""

    discrepancy_id: int
    channel: str
    subtype: str
    sku: str | None
    fnsku: str | None
    item_code: str | None
    title: str | None
    currency: str
    units: int
    amount: Decimal | None


@dataclass(frozen=True)
class OwnMovement:
    """What moved the open units of one discrepancy, or what they may be worth."""

    changed_at: datetime
    cause: str  # wording.changes: CHANGES
    units: int  # signed
    amount_before: Decimal | None  # None: no basis
    amount_after: Decimal | None
    detail: dict[str, str | None]


@dataclass(frozen=True)
class Case:
    """A claim that the service team filed, with what came of it. Read-only here."""

    channel: str
    channel_name: str
    case_id: str
    type: str
    subtype: str | None
    status: str
    opened_on: date
    closed_on: date | None
    currency: str
    requested: Decimal | None
    approved: Decimal | None
    units: int | None
    reference_ids: list[str]
    paid: Decimal
    reversed: Decimal  # positive
    payments: int  # also those in goods, which bring no money
    their_state: (
        str | None
    )  # as the marketplace keeps it: wording.cases.THEIR_STATES; None: not told
    their_word: str | None  # its own
    their_day: date | None  # of its last change, the channel's
    waits: int  # 1 where the marketplace waits for the seller

    @property
    def disagrees(self) -> bool:
        """Whether our record says that the case has ended and theirs that it has not, or turned."""
        if self.their_state in (None, "unknown", "moved"):
            return False
        return (self.status == "open") == (self.their_state == "resolved")

    @property
    def is_paid(self) -> bool:
        return self.payments > 0

    @property
    def net(self) -> Decimal:
        return self.paid - self.reversed


@dataclass(frozen=True)
class CaseEvent:
    at: datetime
    day: date  # the channel's
    status: str
    note: str | None


@dataclass(frozen=True)
class Story:
    """Why a discrepancy is here, down to the report rows."""

    discrepancy_id: int
    channel: str
    channel_name: str
    today: date
    type: str
    subtype: str
    sku: str | None
    fnsku: str | None
    item_code: str | None
    title: str | None
    order_id: str | None
    reference: str | None
    location: str | None
    event_on: date
    event_on_approximate: bool
    units: int
    found_units: int
    paid_cash_units: int
    paid_inventory_units: int
    in_progress_units: int
    denied_units: int
    remaining_units: int
    opens_on: date | None
    expires_on: date | None
    days_left: int | None
    remaining_state: str  # future, ready or expired: what the calendar makes of the rest
    currency: str
    unit_amount: Decimal | None
    amount: Decimal | None  # of the remaining units
    basis: str
    basis_inputs: dict[str, object]
    claimed_gross: Decimal
    reversed: Decimal
    case_id: str | None
    denied_on: date | None
    appeal_until: date | None  # of a denial; None: no source names a last day
    held_units: int  # of the remaining units, those that something unproven holds back
    held_because: str | None  # wording.holds: HOLDS
    awaits_kind: str | None  # the report that would release them
    covered_until: date | None  # the last day that it speaks of so far
    needed_until: date | None  # up to where a report of the region must speak at least
    window: ClaimWindow | None = None
    automatic: AutomaticPayment | None = None
    appeal: ClaimWindow | None = None  # of a denial: what a source says of appeals; None: nothing
    expected_units: int | None = None  # of a shortage: what the shipment was to hold
    payments: tuple[Payment, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    movements: tuple[OwnMovement, ...] = ()
    case: Case | None = None
    case_events: tuple[CaseEvent, ...] = ()

    @property
    def free_units(self) -> int:
        """Of the remaining units, those that nothing holds back."""
        return self.remaining_units - self.held_units


@dataclass(frozen=True)
class CaseItem:
    """One discrepancy that a case covers."""

    discrepancy_id: int
    subtype: str
    sku: str | None
    fnsku: str | None
    title: str | None
    event_on: date
    units: int
    case_units: int
    paid_units: int
    in_progress_units: int
    denied_units: int
    appeal_until: date | None  # of a denial: the last day; None: no source names one


@dataclass(frozen=True)
class CaseFile:
    """One case, whole."""

    case: Case
    events: tuple[CaseEvent, ...]
    payments: tuple[Payment, ...]
    items: tuple[CaseItem, ...]
    today: date  # the channel's own


@dataclass(frozen=True)
class CaseStatus:
    """How many cases stand in one status, and for how much."""

    status: str
    cases: int
    requested: Decimal
    approved: Decimal


@dataclass(frozen=True)
class Hidden:
    """Cases that a search found and the filters named here do not show."""

    cases: int
    filters: tuple[str, ...]
    currency: str | None = None  # the one to read in, where every hit is in another


@dataclass(frozen=True)
class Document:
    """One landed report file."""

    document_id: int
    kind: str
    file_name: str
    channel: str | None  # None: the whole account
    scope: str
    first_day: date | None
    last_day: date | None
    rows_in_file: int
    rows_landed: int
    rows_passed_over: int
    rows_rejected: int
    passed_over_because: dict[str, int]
    notes: list[str]
    landed_at: datetime
    asked_from: date | None  # the days that it was asked for, where somebody said so
    asked_to: date | None
    is_whole: bool  # every row was read, and its lines come to the total that it states
    is_standing: bool  # not whole, and no whole report stands in its place


@dataclass(frozen=True)
class Landed:
    """What became of the rows of one report kind; landed + passed over + rejected = in file."""

    kind: str
    documents: int
    rows_in_file: int
    rows_landed: int
    rows_passed_over: int
    rows_rejected: int
    last_landed_at: datetime


@dataclass(frozen=True)
class Coverage:
    """The days that a report kind speaks for of one part, and what is missing between them.

    Nothing is proven of a day that was told of with a row that could not be read and may be about
    anything.
    """

    kind: str
    scope: str
    part: str
    first_day: date
    last_day: date
    days: int  # those that are proven
    gaps: tuple[tuple[date, date], ...]
    unproven: tuple[tuple[date, date], ...]


@dataclass(frozen=True)
class Rejected:
    """A row that could not be landed, with the reason."""

    document_id: int
    file_name: str
    row_number: int
    column_name: str
    expected: str
    found: str | None
    raw_text: str


@dataclass(frozen=True)
class Awaited:
    """What is held back, by what would release it: a report, or somebody's decision."""

    because: str  # wording.holds: HOLDS
    kind: str | None  # the report that would release it; None: no report would
    channels: tuple[str, ...]
    covered_until: date | None  # up to where it speaks without a gap; None: not of these days
    loaded_until: date | None  # the last day that any report of the kind speaks of
    needed_until: date  # up to where it must speak at least
    expires_on: date | None  # the earliest last day; None: no source names one
    days_left: int | None
    pile: Pile

    @property
    def is_behind(self) -> bool:
        """Whether a report that could be had today is missing; else later days are awaited."""
        return self.covered_until is None or self.covered_until < self.needed_until


@dataclass(frozen=True)
class NotWhole:
    """The files that were not read whole and that no whole report has replaced."""

    files: int = 0
    rows: int = 0  # of them, those that could not be read
    file_name: str | None = None  # where it is one file
