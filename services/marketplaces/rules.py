"""What a marketplace brings to recovery: its rules and how its payments read.

A rule is one way to be owed something: one SELECT over landed reports, one file. Adding a
subtype is one rule, its claim windows (data), its words (wording.subtypes) and its tests.
"""

from dataclasses import dataclass
from typing import Final, Literal

from services.marketplaces.contract import Identity

# The columns of an event, in any order. A rule's SELECT returns one row per event, with those that
# it knows, and always channel_id, event_key, units, event_on, currency, document_id and row_number;
# what stands for the others, services.recovery.candidates says.
#   channel_id, event_key      where, and what makes the event one event
#   sku, fnsku, item_code, title, order_id, reference, location   text or null
#   units                      integer > 0: units the event is about
#   resolved_units             units that the marketplace itself reports as found or paid; null:
#                              it does not say, so recovery nets found rows and payments
#   known_until                date up to which resolved_units speaks; null with resolved_units
#   event_on                   date the clock starts, the channel's day
#   event_on_approximate       true: the earliest day it can have been
#   currency                   of the channel
#   unit_amount, basis, basis_inputs      where the rule itself knows the amount; else null
#   document_id, row_number    the report row it rests on
CANDIDATE_COLUMNS = (
    "channel_id",
    "event_key",
    "sku",
    "fnsku",
    "item_code",
    "title",
    "order_id",
    "reference",
    "location",
    "units",
    "resolved_units",
    "known_until",
    "event_on",
    "event_on_approximate",
    "currency",
    "unit_amount",
    "basis",
    "basis_inputs",
    "document_id",
    "row_number",
)

# The columns of found_sql: units of an item that came back. `item` is what Rule.found_by says.
FOUND_COLUMNS = ("channel_id", "item", "units", "day", "document_id", "row_number")

# The columns of evidence_sql: further report rows that an event rests on. role is a word of
# wording.labels.ROLES; units are the row's own, 0 where it tells of none. `event` is a relation
# with the rule's own events, as CANDIDATE_COLUMNS: sql need not be asked again.
EVIDENCE_COLUMNS = (
    "channel_id",
    "event_key",
    "role",
    "day",
    "units",
    "document_id",
    "row_number",
)

# The columns of MarketplaceRecovery.payments_sql: one row per payment or reversal (see the table
# `reimbursement`, whose names they carry).
PAYMENT_COLUMNS = (
    "channel_id",
    "reimbursement_key",
    "external_id",
    "case_id",
    "original_key",
    "is_reversal",
    "reason",
    "type",
    "subtype",
    "sku",
    "fnsku",
    "item_code",
    "title",
    "order_id",
    "reference",
    "units_cash",
    "units_inventory",
    "amount",
    "currency",
    "approved_on",
    "document_id",
    "row_number",
)


# The columns of sales_sql: one row per order and item sold, in this order. price is what the
# customer paid without tax, fees what the marketplace kept, both for all units and positive.
SALE_COLUMNS = (
    "channel_id",
    "order_id",
    "sku",
    "item_code",
    "day",
    "units",
    "price",
    "fees",
    "currency",
    "document_id",
    "row_number",
)


# How old the newest word of a subtracted report may be beside the newest report of its region.
REACHES_WITHIN_DAYS: Final = 7


@dataclass(frozen=True)
class Subtracted:
    """A report whose rows a rule takes away from its events.

    Absence is proven only by a report that reaches. keys: by which identities one of its rows that
    could not be read may be told to be about another event, the most exact first. until: how far
    the report must speak without a gap, from the day `since` on:

    newest   up to within seven days of the newest report of the account's region
    opening  and up to the day on which the window opens
    event    up to the event
    landed   the event's own document landed within seven days of the newest: a list without days
    own      the rule itself says up to which day its rows tell (`reaches`): as far as newest
    never    it is asked only for its rows that could not be read
    """

    kind: str
    keys: tuple[Identity, ...]
    until: Literal["newest", "opening", "event", "landed", "own", "never"] = "newest"
    since: Literal["needs_from", "event_on"] = "needs_from"
    any_key: bool = (
        False  # a row that shares one of the keys is about the event, whatever others say
    )


@dataclass(frozen=True)
class Shared:
    """What several statements of a marketplace read, found once an identification.

    name: the temporary table that holds it, the marketplace's name in front. sql: the SELECT that
    finds it, over landed reports; it binds :account_id and :marketplace. after: what it reads of
    its like itself. Made when the first rule asks that reads it (Rule.shares).
    """

    name: str
    sql: str
    after: tuple["Shared", ...] = ()


@dataclass(frozen=True)
class Rule:
    """One subtype of one marketplace.

    told says to people how the rule recognises an event, in a sentence or two.
    sql, found_sql and evidence_sql bind :account_id and :marketplace; shares says which relations
    they read that are found once for all (Shared).
    reads names the kinds of report in which its events stand: an account without any of them is
    not asked.
    payment_subtypes are the payments that may settle it; match_by says by which keys, most
    exact first: "order" (order and SKU), "reference" (reference and item), "item" (FNSKU or
    GTIN), which takes only payments that name none of the rule's other keys. A payment later
    than paid_within_days after the event is for something else: an assumption of ours, stated in
    docs/recovery.md, because no marketplace publishes one.
    subtracts lists the reports whose rows the rule takes away from its events, besides the
    marketplace's payments, which every rule does: what they may still disprove is held back
    (services.recovery.holding).
    is_dated, needs_from, reaches, latest_on, own_doubt are expressions over the columns of sql:
    whether event_on says anything at all (without, no window is applied); the day from which a
    subtracted report must speak; up to which day the rows of an event tell of it; the latest day
    that an approximate event can have been, from which its window opens; why the rule itself would
    not call an event ready (wording.holds.HOLDS), else null. doubt_ends_with is the report that
    would settle such a doubt, where one would.
    found_by says what found_sql's `item` is: an item, or an order and its SKU; found_by_month,
    that its `day` is the last day of the period that the report speaks for.
    exact_by says to people what would tell the day of an event whose day is approximate, or that
    nothing does.
    leaves_rows: what the marketplace calls reconciled was found or paid, and either has a row.
    sister_subtypes are payments of the same item under another reason that may be for it.
    moment says by which of the marketplace's valuation methods a unit counts where the rule
    itself brings no amount: lost before a customer's order, after one, or on its way in.
    """

    subtype: str
    told: str
    reads: tuple[str, ...]
    sql: str
    payment_subtypes: tuple[str, ...]
    match_by: tuple[str, ...]
    paid_within_days: int = 180
    shares: tuple[Shared, ...] = ()
    found_sql: str | None = None
    evidence_sql: str | None = None
    found_by: Literal["item", "order"] = "item"
    found_by_month: bool = False
    subtracts: tuple[Subtracted, ...] = ()
    is_dated: str = "true"
    needs_from: str = "event_on"
    reaches: str = "null::date"
    latest_on: str = "event_on"
    own_doubt: str = "null::text"
    doubt_ends_with: str | None = None
    leaves_rows: bool = False
    sister_subtypes: tuple[str, ...] = ()
    moment: Literal["before_order", "after_order", "inbound"] = "before_order"
    exact_by: str = ""


# By which columns an event is matched, for each key; of the item's two, one is enough.
COLUMNS_OF_A_KEY: Final = {
    "order": ("order_id", "sku"),
    "reference": ("reference", "item_code"),
    "item": ("fnsku", "item_code"),
}


@dataclass(frozen=True)
class Untold:
    """A subtype that no report tells of: shown as unknown, with what is missing."""

    subtype: str
    missing: str  # one plain sentence: which record would tell it


@dataclass(frozen=True)
class MarketplaceRecovery:
    """All that recovery needs to know of one marketplace."""

    marketplace: str
    payments_kind: str  # the report in which its payments stand
    payments_sql: str
    sales_sql: str
    payments_name_cases: bool  # whether its payment report says which case a payment is for
    # The field of which all rows of that report together are the money of its payments; None where
    # it also holds what is no payment.
    payments_amount: str | None
    rules: tuple[Rule, ...]
    untold: tuple[Untold, ...] = ()

    def rule_of(self, subtype: str) -> Rule | None:
        """The rule that looks for this subtype; None where only payments of it are known."""
        return next((rule for rule in self.rules if rule.subtype == subtype), None)
