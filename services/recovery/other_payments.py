"""What later payments and finds may still say of units that are open: these are held back.

Which reasons there are, services.recovery.holding says.
"""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import Connection, text

from services.database.script import run_script
from services.database.sql import fill
from services.marketplaces.rules import REACHES_WITHIN_DAYS, Rule
from services.recovery.candidates import OF_RULE
from wording.subtypes import SUBTYPES

# Per item and kind: as many units as later finds and payments explained of what a file calls
# reconciled. Had the file been made at its last row, they would have closed open units instead, the
# latest loss first; but none that another file calls open of which the last row is later than they.
_NEWER_LEDGER: Final = fill(
    """
insert into doubt (candidate_id, rank, because, kind, covered_until, units)
with later as (
    select c.channel_id, c.item_key, s.day, sum(e.units) as units
    from explained e
    join candidate c on c.candidate_id = e.candidate_id
    join remedy s on s.remedy_id = e.remedy_id
    where e.pool = 'resolved_left' and s.day > c.known_until and {own}
    group by c.channel_id, c.item_key, s.day
),
open as (
    select c.candidate_id, c.channel_id, c.item_key, c.event_on, c.known_until, o.units,
        sum(later.units) as doubtful
    from candidate c
    join left_open o on o.candidate_id = c.candidate_id
    join later on later.channel_id = c.channel_id and later.item_key = c.item_key
        and later.day > c.known_until and later.day >= c.event_on
    where {own}
    group by c.candidate_id, c.channel_id, c.item_key, c.event_on, c.known_until, o.units
),
latest_first as (
    select *, sum(units) over one as upto, max(doubtful) over one as doubtful_upto
    from open
    window one as (partition by channel_id, item_key order by event_on desc, candidate_id)
),
-- Held up to here, together: no more than is open, nor than what could have closed it.
held as (
    select *, upto + least(0, min(doubtful_upto - upto) over (partition by channel_id, item_key
        order by event_on desc, candidate_id)) as held_upto
    from latest_first
),
own as (
    select *, held_upto - lag(held_upto, 1, 0::bigint) over (partition by channel_id, item_key
        order by event_on desc, candidate_id) as held
    from held
)
select candidate_id, 5, 'newer_ledger', :kind, known_until, held from own where held > 0
""",
    own=OF_RULE,
)

_SPARE: Final = """
drop table if exists spare;
-- One row a payment (document_id, row_number) of which units explain nothing, or nothing any more.
create temp table spare on commit drop as
select s.channel_id, channel.marketplace || channel.region as region, s.subtype, s.day, s.sku,
    s.item_key, s.order_id, s.reference, s.document_id, s.row_number,
    s.units_left + coalesce(undone.units, 0) as units
from remedy s
join channel on channel.account_id = :account_id and channel.channel_id = s.channel_id
left join (
    select channel_id, original_key, sum(units_cash) as units from reimbursement
    where account_id = :account_id and is_reversal and original_key is not null
    group by channel_id, original_key
) undone on undone.channel_id = s.channel_id and undone.original_key = s.reimbursement_key
where s.kind = 'paid' and s.units_left + coalesce(undone.units, 0) > 0;
analyze spare;
"""

_OTHER_PAYMENT: Final = """
insert into doubt (candidate_id, rank, because, units, document_id, row_number)
select c.candidate_id, 6, 'other_payment',
    least(o.units, sum(spare.units) over (partition by c.candidate_id)), spare.document_id,
    spare.row_number
from candidate c
join left_open o on o.candidate_id = c.candidate_id
join channel on channel.account_id = :account_id and channel.channel_id = c.channel_id
-- A region's payment names no marketplace, and may be in another currency than the loss is.
join spare on spare.region = channel.marketplace || channel.region and {shares}
    and spare.day >= c.event_on and spare.day - c.event_on <= :paid_within_days
    and (c.known_until is null or spare.day > c.known_until - :within)
    and (spare.order_id is null or c.order_id is null or spare.order_id = c.order_id)
where {own} and (spare.subtype = any(:subtypes)
    -- Whatever its reason, a payment that names no other order may be meant for this loss.
    or (spare.order_id is null or spare.order_id = c.order_id) and spare.subtype <> all(:fees)
        and c.type <> 'fee')
"""

# A loss whose payment was taken back: one that came after may be for it, although by the order of
# losses it settled an older one of the item.
_PAID_AGAIN: Final = fill(
    """
insert into doubt (candidate_id, rank, because, units, document_id, row_number)
select c.candidate_id, 6, 'other_payment',
    least(o.units, sum(e.units) over (partition by c.candidate_id)), s.document_id, s.row_number
from (
    select candidate_id, min(approved_on) as day from reversal_share
    where units_cash + units_inventory < 0 group by candidate_id
) back
join candidate c on c.candidate_id = back.candidate_id
join left_open o on o.candidate_id = c.candidate_id
join channel on channel.account_id = :account_id and channel.channel_id = c.channel_id
join remedy s on s.kind = 'paid' and s.item_key = c.item_key and s.subtype = any(:subtypes)
    and s.day >= back.day and s.day - c.event_on <= :paid_within_days
join channel other on other.account_id = :account_id and other.channel_id = s.channel_id
    and other.marketplace = channel.marketplace and other.region = channel.region
join explained e on e.remedy_id = s.remedy_id and e.candidate_id <> c.candidate_id
join candidate older on older.candidate_id = e.candidate_id and older.event_on <= c.event_on
where {own}
""",
    own=OF_RULE,
)

# Of several channels of one currency, one in which a unit was found after a payment for the item
# was placed with another: before that find this channel's loss may have been the one paid for.
_PAID_ELSEWHERE: Final = fill(
    """
insert into doubt (candidate_id, rank, because, units, document_id, row_number)
select c.candidate_id, 6, 'other_payment',
    least(o.units, sum(s.units) over (partition by c.candidate_id)), s.document_id, s.row_number
from candidate c
join left_open o on o.candidate_id = c.candidate_id
join channel on channel.account_id = :account_id and channel.channel_id = c.channel_id
join channel other on other.account_id = :account_id and other.channel_id <> c.channel_id
    and other.marketplace = channel.marketplace and other.region = channel.region
    and other.currency = channel.currency
join remedy s on s.kind = 'paid' and s.channel_id = other.channel_id
    and s.item_key = c.item_key and s.subtype = any(:subtypes) and s.order_id is null
    and s.day >= c.event_on and s.day - c.event_on <= :paid_within_days
where {own} and exists (
    select 1 from remedy f
    where f.kind = 'found' and f.channel_id = c.channel_id and f.subtype = c.subtype
        and f.item_key = c.item_key and f.day > s.day)
""",
    own=OF_RULE,
)

# What was found after a ledger's end and explains nothing else may be of what that one calls open.
_FOUND_ELSEWHERE: Final = fill(
    """
insert into doubt (candidate_id, rank, because, kind, covered_until, units, document_id,
    row_number)
select c.candidate_id, 5, 'newer_ledger', :kind, c.known_until,
    least(o.units, sum(s.units_left) over (partition by c.candidate_id)), s.document_id,
    s.row_number
from candidate c
join left_open o on o.candidate_id = c.candidate_id
join remedy s on s.kind = 'found' and s.units_left > 0
    and s.subtype = c.subtype and s.channel_id = c.channel_id and s.item_key = c.item_key
    and s.day > c.known_until
where {own}
""",
    own=OF_RULE,
)

# A find that was taken for a unit given back may be of another loss, but for what a ledger itself
# calls open.
_GIVEN_BACK: Final = fill(
    """
insert into doubt (candidate_id, rank, because, units, document_id, row_number)
select c.candidate_id, 6, 'given_back',
    least(o.units, sum(s.set_aside) over (partition by c.candidate_id)), s.document_id,
    s.row_number
from candidate c
join left_open o on o.candidate_id = c.candidate_id
join remedy s on s.set_aside > 0 and s.subtype = c.subtype and s.channel_id = c.channel_id
    and s.item_key = c.item_key and s.day >= c.event_on
    and (c.known_until is null or s.day > c.known_until)
where {own}
""",
    own=OF_RULE,
)

# By which a payment may be for an event: anything that both are called, or that it names nothing.
_MAY_SHARE: Final = (
    "spare.item_key = c.item_key",
    "spare.order_id = c.order_id",
    "spare.reference = c.reference",
    "spare.sku = c.sku",
    "coalesce(spare.item_key, spare.order_id, spare.reference) is null"
    " and spare.subtype = any(:subtypes)",
)

_OTHER_PAYMENTS: Final = tuple(
    fill(_OTHER_PAYMENT, shares=shares, own=OF_RULE) for shares in _MAY_SHARE
)

_FEES: Final = [code for code, subtype in SUBTYPES.items() if subtype.type == "fee"]

# A payment that the marketplace does not name, or names in general, may be for any loss.
_UNNAMED_PAYMENTS: Final = ("unknown", "general_adjustment")


def find_spare(connection: Connection, account_id: int) -> None:
    """Leaves `spare`: the payments that explain nothing, or nothing any more."""
    run_script(connection, _SPARE, {"account_id": account_id})


def doubt_payments(connection: Connection, whose: Mapping[str, object], rule: Rule) -> None:
    """Write the doubts of one rule's events into `doubt`."""
    for statement in (_NEWER_LEDGER, _FOUND_ELSEWHERE):
        connection.execute(text(statement), {**whose, "kind": rule.reads[0]})
    connection.execute(text(_GIVEN_BACK), whose)
    if rule.match_by:
        of_others = (*rule.payment_subtypes, *rule.sister_subtypes, *_UNNAMED_PAYMENTS)
        settled = {
            "subtypes": list(of_others),
            "paid_within_days": rule.paid_within_days,
            "within": REACHES_WITHIN_DAYS,
            "fees": _FEES,
        }
        for statement in (_PAID_AGAIN, _PAID_ELSEWHERE, *_OTHER_PAYMENTS):
            connection.execute(text(statement), {**whose, **settled})
