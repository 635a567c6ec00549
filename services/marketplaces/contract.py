"""What a marketplace brings to landing: its report formats, described as data.

A format says which columns a file of its kind has, how each cell is read, and how its rows land
beside older ones. `services.landing` does the rest for every format alike, so a new report kind is
one description here and one table in the schema.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import ClassVar, Final, Literal

from services.marketplaces.currencies import ISO_CURRENCIES

# How a cell is read ------------------------------------------------------------------------

Manner = Literal[
    "code",
    "text",
    "whole",
    "amount",
    "gtin",
    "day",
    "moment",
    "word",
    "flag",
    "list",
    "charges",
    "references",
    "events",
]
Known = Literal["channel", "currency"]


@dataclass(frozen=True)
class Reading:
    """How the text of a cell becomes a value, and what a person is told where it cannot."""

    manner: Manner
    postgres: str  # the staging column's type
    expected: str  # "expected …, found …"
    slashed: bool = False  # 05/13/2026 is a day as well: the whole file says in which order
    words: tuple[str, ...] = ()  # of a closed list, lower case
    known: Known | None = None  # or of a list that only the database knows
    least: int | None = None
    most: int = 0  # of a number: none of it is beyond this, above nought or below
    month: Literal["first", "last"] | None = None  # which day 05/2026 stands for
    may_be_planned: bool = False  # a day that may still be to come when the report is made
    damaged: str = ""  # an identity: a pattern of cells that a spreadsheet has damaged
    undamaged: str = ""  # and what fits it although it is whole
    in_capitals: bool = False  # an identity whose capitals do not count
    point_nought: bool = False  # an identity: 129.0 is what a program has made of 129


# What a spreadsheet shows, and saves, where its column is too narrow for a date or a number.
TOO_NARROW = "#+"
# What a spreadsheet makes of twelve digits and more: 6.45398E+11, in Europe 6,45398E+11. Of more
# than fifteen digits a program that adds .0 has lost the last ones.
LOST_DIGITS = rf"\d([.,]\d+)?[eE]\+?\d+|\d{{16,}}\.0|{TOO_NARROW}"
# A SKU is the seller's own and may be 5E10 or 1E3. No program writes a number so: it writes the
# plus, or at least a decimal.
LOST_DIGITS_OF_SKU = rf"\d([.,]\d+)?[eE]\+\d+|\d[.,]\d+[eE]([5-9]|\d{{2,}})|{TOO_NARROW}"

# Short enough for eight of them to fit an index entry of PostgreSQL.
CODE = Reading("code", "text", "at most 100 characters")
# What a row is known by. Unknown where its digits are lost; the row lands if it may be empty.
IDENTITY = replace(CODE, damaged=f"^({LOST_DIGITS})$", point_nought=True)
# Carriers write capitals; whoever types one in from a label may not.
TRACKING = replace(IDENTITY, in_capitals=True)
# Nothing but an order is shaped so: 111-2222222-3333333, that of another shop S01-2222222-3333333.
DASHED_ORDER = r"(?:[0-9]{3}|[A-Z][0-9]{2})-[0-9]{7}-[0-9]{7}"
# In a SKU's place an order says that columns were exchanged.
SKU = replace(CODE, damaged=f"^({LOST_DIGITS_OF_SKU}|{DASHED_ORDER})$")
TEXT = Reading("text", "text", "at most 10000 characters")
# Seven digits of units and nine of money: more has no row of a report, and so much, multiplied and
# added up over a few hundred rows, still fits what the database counts in.
WHOLE = Reading("whole", "integer", "a whole number such as 12", most=9_999_999)
AMOUNT = Reading(
    "amount",
    "numeric",
    "a number such as 1234.56 (1,234 can be read in two ways)",
    most=999_999_999,
)
# What a whole report comes to may be more, in yen above all.
TOTAL = replace(AMOUNT, most=10**15 - 1)
UNITS = replace(WHOLE, expected="a whole number of 0 or more, such as 12", least=0)
COST = replace(AMOUNT, expected="a number of 0 or more, such as 4.20", least=0)
# Its last digit is computed of the others: where it does not fit, one was lost or overwritten. No
# number of fewer than fourteen digits begins with three noughts.
GTIN = Reading(
    "gtin",
    "text",
    "a GTIN of up to 14 digits, the last of which fits the others (its check digit)",
    damaged=rf"^({LOST_DIGITS}|000\d{{5,10}})$",
    point_nought=True,
)
MOMENT = Reading(
    "moment", "timestamptz", "a date and time with its offset, such as 2026-05-12T09:59:13+00:00"
)
# Every day may come as 2026-05-13, 13.05.2026, 13-May-26, May 13, 2026 or a spreadsheet's 46155.
ISO_DAY = Reading("day", "date", "a date such as 2026-05-13")
# Slashes have the month first, unless a file itself proves otherwise.
MONTH_FIRST_DAY = Reading(
    "day",
    "date",
    "a date such as 05/13/2026 (month first)",
    slashed=True,
)
# The ledger's summary names a month or a day in one column: two fields read it.
FIRST_OF_PERIOD = Reading(
    "day",
    "date",
    "a month such as 05/2026 or a day such as 05/13/2026",
    slashed=True,
    month="first",
)
LAST_OF_PERIOD = replace(FIRST_OF_PERIOD, month="last")
CHANNEL = Reading("word", "text", "a channel of this account", known="channel")
CURRENCY = Reading("word", "text", "the currency of a marketplace", known="currency")
# Of whatever country: a report speaks of more than the marketplaces that are known here.
ANY_CURRENCY = Reading(
    "word", "text", "a currency's ISO 4217 code, such as USD", words=tuple(sorted(ISO_CURRENCIES))
)
FLAG = Reading("flag", "boolean", "true or false")
LIST = Reading("list", "jsonb", "a JSON list")
REFERENCES = Reading(
    "references",
    "jsonb",
    "a JSON list, or ids separated by spaces, ; | or , (6.45398E+11 has lost digits)",
)
EVENTS = Reading("events", "jsonb", 'a JSON list of {"at": date or time, "status", "note"}')


def spelled(*words: str) -> Reading:
    """A code that rules ask for by these words: other capitals and gaps are the same word.

    A word that is not listed is kept as it is written, but for one that is a single letter off.
    """
    return replace(CODE, words=words, expected=f"one of the report's words, such as {words[0]}")


def one_of(*words: str) -> Reading:
    """One word of a closed list."""
    return Reading("word", "text", "one of: " + ", ".join(words), words=words)


# What a file looks like --------------------------------------------------------------------


@lru_cache(maxsize=4096)
def plain_name(header: str) -> str:
    """A header as compared: lower case, letters and digits only.

    `Event Type`, `EventType` and `event-type` are one column.
    """
    return "".join(letter for letter in header.lower() if letter.isalnum())


@dataclass(frozen=True)
class Column:
    """One column of a report."""

    field: str  # of the table
    header: str  # as the marketplace writes it
    reading: Reading
    always: bool = True  # the file is not of this kind without it
    filled: bool = False  # an empty cell rejects the row
    otherwise: str | None = None  # what an empty cell means; None: nothing is known
    aliases: tuple[str, ...] = ()
    stored: bool = True  # False: landing needs it, the table does not keep it
    whole: bool = False  # rows differ by it alone: where its digits are lost the row is rejected

    @cached_property
    def names(self) -> frozenset[str]:
        """Every way its header is compared."""
        return frozenset(plain_name(name) for name in (self.header, *self.aliases))


@dataclass(frozen=True)
class Aside:
    """Lines among the data that are no data: legends, line counts, summaries.

    They are counted as passed over and kept with the document while it lands.
    """

    field: str  # the column whose cell gives the line away
    pattern: str  # a regular expression on that cell
    reason: str  # why the line is passed over, in words
    tells: Literal["", "period", "count"] = ""  # what landing learns from it


@dataclass(frozen=True)
class Derived:
    """A field that no one cell holds: computed from the row's others."""

    field: str
    postgres: str
    value: str  # an SQL expression on the staged row


@dataclass(frozen=True)
class Check:
    """What no cell alone can show: a row of which `wrong` holds is rejected at that field."""

    field: str
    wrong: str  # an SQL condition on the staged row
    expected: str


# What a row names: the fields of every format by the identity that they hold. Of a row that could
# not be read these are kept, so that it holds back what it may be about and nothing else.
Identity = Literal["orders", "skus", "fnskus", "items"]
IDENTITIES: Final[Mapping[str, Identity]] = {
    "order_id": "orders",
    "original_order_id": "orders",
    "replacement_order_id": "orders",
    "customer_order_id": "orders",
    "purchase_order_id": "orders",
    "purchase_order_number": "orders",
    "inbound_order_id": "orders",
    "shipment_id": "orders",
    "reference_id": "orders",
    "tracking_number": "orders",
    "sku": "skus",
    "msku": "skus",
    "fnsku": "fnskus",
    "asin": "items",
    "gtin": "items",
}


# How rows land -----------------------------------------------------------------------------


@dataclass(frozen=True)
class ByDay:
    """The best reading of a day speaks alone for it, in one country: its rows have no identity.

    day: the field of a row's day.
    told_by: what rows of one event say alike in every reading of it; ordinal_by: which of several
    such rows comes first, the greatest.
    settled: the field of the units that grow from reading to reading, and the word for them;
    without one the later reading is the better.
    The table keeps an event_key beside the fields, which tells events apart.
    """

    newest_by_day: ClassVar = True  # whether days say which of two documents speaks

    day: str
    told_by: tuple[str, ...]
    ordinal_by: tuple[str, ...] = ()
    settled: str | None = None
    settled_word: str = ""


@dataclass(frozen=True)
class ByPeriod:
    """The best reading of an accounting period speaks alone for it.

    A summary line names period and currency for all lines, and their total.
    """

    newest_by_day: ClassVar = True

    period: tuple[str, str]  # fields of first and last day
    currency: str
    amount: str
    total: str  # the header of the summary's total


@dataclass(frozen=True)
class BySettlement:
    """The best reading of a settlement speaks alone for it.

    Its summary row has no amount; it gives period and currency to the settlement's lines, and the
    total that they add up to.
    """

    newest_by_day: ClassVar = True

    settlement: str
    period: tuple[str, str]
    currency: str
    amount: str
    total: str


@dataclass(frozen=True)
class ByKey:
    """A row has an identity; the newest document that holds it says what it reads.

    within: what the identity is unique in, besides the account.
    ordinal_by: the fields that put rows of one identity in order, where a file may repeat it;
    without them a second row of the same identity is rejected unless it says the same.
    newest: by the document's last day, or simply the one landed last.
    changed_at: the field with the moment of a row's last change, where it has one: it says which
    of two rows is newer before their documents do.
    period: fields of first and last day, where rows sum up a period: a newer document's other
    periods replace the older ones that they overlap.
    """

    key: tuple[str, ...]
    within: Literal["region", "channel_id"] | None = None
    ordinal_by: tuple[str, ...] = ()
    newest: Literal["last_day", "landed"] = "last_day"
    changed_at: str | None = None
    period: tuple[str, str] | None = None

    @property
    def newest_by_day(self) -> bool:
        """Whether days say which of two documents speaks."""
        return self.newest == "last_day"


@dataclass(frozen=True)
class ByCase:
    """Cases with their events: the file landed last wins."""

    newest_by_day: ClassVar = False


@dataclass(frozen=True)
class ReportFormat:
    """One kind of file: what it looks like and where its rows belong.

    days: the fields of a row's first and last day; they make the document's own. None: a snapshot.
    asked_by: the fields of the days by which the report is asked for, where those are others.
    covers_days: the document speaks for every day between its first and last.
    channel_by: a row's channel: the one imported for; the account's one of the row's country; the
    account's first one in the region with the row's currency, which is made if there is none; or
    its one of the shop that the row names, else its only one with the currency.
    country, shop: the field that names the row's country or shop, where that gives the channel; the
    one of its currency is called currency.
    nothing: what its cells say where nothing is known, besides being empty.
    same_days: pairs of a day and a moment that name the same day.
    json_paths: by which members' names its records are reached, where it comes as JSON. A
    column's header is then the path of a member below the record, `[]` marking a list.
    json_lines: the member of a record that lists its rows; None: the record is the row.
    delimited: whether it comes as a table of text.
    """

    kind: str
    label: str  # as it is called before people
    table: str
    columns: tuple[Column, ...]
    landing: ByDay | ByPeriod | BySettlement | ByKey | ByCase
    days: tuple[str, str] | None
    marketplace: str | None = None  # None: our own records, for the whole account
    covers_days: bool = True
    asked_by: tuple[str, str] | None = None
    channel_by: Literal["import", "country", "currency", "shop"] = "import"
    country: str = "country"
    shop: str = "marketplace_name"
    nothing: str = ""
    same_days: tuple[tuple[str, str], ...] = ()
    asides: tuple[Aside, ...] = ()
    checks: tuple[Check, ...] = ()
    derived: tuple[Derived, ...] = ()
    json_paths: tuple[tuple[str, ...], ...] = ()
    json_lines: str | None = None
    delimited: bool = True

    @cached_property
    def required(self) -> tuple[Column, ...]:
        """The columns that make a file one of this kind."""
        return tuple(column for column in self.columns if column.always)

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that the table keeps."""
        stored = (column.field for column in self.columns if column.stored)
        return (*stored, *(derived.field for derived in self.derived))


@dataclass(frozen=True)
class OtherReport:
    """A report that is recognised, so that its refusal can name it, but not landed."""

    label: str
    headers: tuple[str, ...]  # together they are in no other report
    way_out: str  # which report to take instead, and where it is
    xml: str = ""  # the element by which it is told where it comes as XML
