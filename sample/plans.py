"""How many losses of each kind the world holds, and what becomes of them.

Ages are days before today. They are chosen beside the claim windows (standing.py), so that each
state has its share and deadlines lie one to sixty days ahead, several within the week.
Counts are those of the largest channel of a marketplace; a smaller one has its share of them.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from sample.chance import DAYS, Chance
from sample.model import Fate, Market


@dataclass(frozen=True)
class Plan:
    """So many losses of one subtype and one fate."""

    subtype: str
    fate: Fate
    count: int
    units: tuple[int, int]
    ages: tuple[int, int]
    spread: bool = False  # one age after the other instead of drawn: deadlines for every day
    expires: bool = False  # makes sense only where a claim window is known


_LOST: Final = "lost_in_warehouse"
_DAMAGED: Final = "damaged_in_warehouse"
_RETURN: Final = "returned_damaged"
IN_WAREHOUSE: Final = (_LOST, _DAMAGED)

# The oldest ledger file has no reconciliation columns: found rows there offset losses only
# within the file, so nothing is found across its edge (amazon_files.py).
_RECONCILED_FROM: Final = 440
_OLDEST: Final = DAYS - 2

_WAREHOUSE: Final = (
    Plan(_LOST, Fate.FOUND, 56, (1, 4), (12, _RECONCILED_FROM)),
    Plan(_LOST, Fate.FOUND, 8, (1, 3), (490, _OLDEST)),
    Plan(_LOST, Fate.AUTOMATIC, 160, (1, 2), (7, _OLDEST)),
    Plan(_LOST, Fate.BY_CASE, 84, (2, 7), (24, _OLDEST)),
    Plan(_LOST, Fate.TWO_PAYMENTS, 12, (4, 7), (40, _OLDEST)),
    Plan(_LOST, Fate.SHARED_PAYMENT, 10, (1, 3), (30, _RECONCILED_FROM)),
    Plan(_LOST, Fate.IN_GOODS, 10, (1, 3), (20, _RECONCILED_FROM)),
    Plan(_LOST, Fate.GIVEN_BACK, 16, (1, 4), (60, _RECONCILED_FROM)),
    Plan(_LOST, Fate.DECLARED_INVALID, 8, (1, 4), (185, _OLDEST), expires=True),
    Plan(_LOST, Fate.PART_FOUND, 14, (3, 8), (30, _RECONCILED_FROM)),
    Plan(_LOST, Fate.PARTLY_REFUSED, 9, (3, 7), (50, _OLDEST)),
    Plan(_LOST, Fate.REFUSED, 12, (1, 4), (32, _OLDEST)),
    Plan(_LOST, Fate.CASE_CLOSED, 5, (2, 4), (70, 400), expires=True),
    Plan(_LOST, Fate.UNTOUCHED, 32, (1, 5), (61, _OLDEST), expires=True),
    Plan(_LOST, Fate.PART_PAID, 12, (3, 6), (64, _OLDEST), expires=True),
    Plan(_LOST, Fate.UNTOUCHED, 58, (1, 7), (1, 59), spread=True),
    Plan(_LOST, Fate.UNTOUCHED, 8, (6, 14), (53, 59), spread=True, expires=True),
    Plan(_LOST, Fate.PART_PAID, 10, (4, 8), (22, 58)),
    Plan(_LOST, Fate.IN_PROGRESS, 20, (2, 8), (14, 85)),
    Plan(_LOST, Fate.AWAITING_PAYMENT, 3, (3, 6), (28, 60)),
    Plan(_LOST, Fate.PART_PAID_CASE_OPEN, 6, (5, 10), (34, 70)),
    Plan(_DAMAGED, Fate.FOUND, 24, (1, 2), (12, _RECONCILED_FROM)),
    Plan(_DAMAGED, Fate.AUTOMATIC, 170, (1, 2), (7, _OLDEST)),
    Plan(_DAMAGED, Fate.BY_CASE, 62, (1, 5), (24, _OLDEST)),
    Plan(_DAMAGED, Fate.TWO_PAYMENTS, 8, (3, 6), (40, _OLDEST)),
    Plan(_DAMAGED, Fate.SHARED_PAYMENT, 6, (1, 2), (30, _RECONCILED_FROM)),
    Plan(_DAMAGED, Fate.IN_GOODS, 4, (1, 2), (20, _RECONCILED_FROM)),
    Plan(_DAMAGED, Fate.DECLARED_INVALID, 6, (1, 3), (185, _OLDEST), expires=True),
    Plan(_DAMAGED, Fate.PARTLY_REFUSED, 5, (2, 5), (50, _OLDEST)),
    Plan(_DAMAGED, Fate.REFUSED, 9, (1, 3), (32, _OLDEST)),
    Plan(_DAMAGED, Fate.UNTOUCHED, 32, (1, 3), (61, _OLDEST), expires=True),
    Plan(_DAMAGED, Fate.UNTOUCHED, 46, (1, 4), (1, 59), spread=True),
    Plan(_DAMAGED, Fate.UNTOUCHED, 4, (4, 8), (53, 59), spread=True, expires=True),
    Plan(_DAMAGED, Fate.PART_PAID, 6, (2, 4), (22, 58)),
    Plan(_DAMAGED, Fate.IN_PROGRESS, 12, (2, 6), (14, 85)),
    Plan(_DAMAGED, Fate.AWAITING_PAYMENT, 2, (2, 4), (28, 60)),
)


def _returns(opens: int, closes: int) -> tuple[Plan, ...]:
    one = (1, 1)
    return (
        Plan(_RETURN, Fate.AUTOMATIC, 160, one, (6, _OLDEST)),
        Plan(_RETURN, Fate.BY_CASE, 60, one, (opens + 12, _OLDEST)),
        Plan(_RETURN, Fate.GIVEN_BACK, 8, one, (60, _OLDEST)),
        Plan(_RETURN, Fate.DECLARED_INVALID, 5, one, (closes + 2, _OLDEST), expires=True),
        Plan(_RETURN, Fate.REFUSED, 12, one, (opens + 14, _OLDEST)),
        Plan(_RETURN, Fate.UNTOUCHED, 62, one, (closes + 1, _OLDEST), expires=True),
        Plan(_RETURN, Fate.UNTOUCHED, 84, one, (opens, closes - 1), spread=True),
        Plan(_RETURN, Fate.UNTOUCHED, 96, one, (1, opens - 1), spread=True),
        Plan(_RETURN, Fate.IN_PROGRESS, 26, one, (opens + 8, closes + 20)),
        Plan(_RETURN, Fate.AWAITING_PAYMENT, 2, one, (opens + 14, closes)),
    )


_KEPT: Final = "refunded_not_returned"
_REPLACED: Final = "replacement_not_returned"
_REFUNDED_MORE: Final = "refunded_more"
# Told by settlements alone: as far back as those are kept.
_OF_ORDERS: Final = (_KEPT, _REPLACED, _REFUNDED_MORE)


def _of_orders(opens: int, closes: int) -> tuple[Plan, ...]:
    one = (1, 1)
    return (
        # Amazon pays by itself for what is not back when the claim window opens.
        Plan(_KEPT, Fate.AUTOMATIC, 60, (1, 1), (opens + 24, _OLDEST)),
        Plan(_KEPT, Fate.BY_CASE, 20, one, (opens + 14, _OLDEST)),
        Plan(_KEPT, Fate.REFUSED, 6, one, (opens + 14, _OLDEST)),
        Plan(_KEPT, Fate.UNTOUCHED, 22, one, (closes + 1, _OLDEST), expires=True),
        Plan(_KEPT, Fate.UNTOUCHED, 30, (1, 2), (opens + 1, closes - 1), spread=True),
        Plan(_KEPT, Fate.UNTOUCHED, 44, one, (1, opens - 1), spread=True),
        Plan(_KEPT, Fate.IN_PROGRESS, 8, one, (opens + 10, closes + 20)),
        Plan(_REPLACED, Fate.BY_CASE, 4, one, (opens + 14, _OLDEST)),
        Plan(_REPLACED, Fate.UNTOUCHED, 4, one, (closes + 1, _OLDEST), expires=True),
        Plan(_REPLACED, Fate.UNTOUCHED, 6, one, (opens + 1, closes - 1), spread=True),
        Plan(_REPLACED, Fate.UNTOUCHED, 6, one, (1, opens - 1), spread=True),
        Plan(_REFUNDED_MORE, Fate.BY_CASE, 4, one, (opens + 14, _OLDEST)),
        Plan(_REFUNDED_MORE, Fate.UNTOUCHED, 5, one, (closes + 1, _OLDEST), expires=True),
        Plan(_REFUNDED_MORE, Fate.UNTOUCHED, 7, one, (opens + 1, closes - 1), spread=True),
        Plan(_REFUNDED_MORE, Fate.UNTOUCHED, 6, one, (1, opens - 1), spread=True),
    )


_DESTROYED: Final = "destroyed_in_warehouse"
_RETURN_LOST: Final = "return_lost"
_REPLACEMENT_LOST: Final = "replacement_lost"
_DELAYED: Final = "delayed_return"
_INBOUND: Final = "inbound_shortage"
_INBOUND_DAMAGED: Final = "inbound_damaged"
_TRANSFER: Final = "transfer_shortage"
_REMOVAL_LOST: Final = "removal_lost"
_REMOVAL_OTHER: Final = "removal_other"
_FEE: Final = "referral_fee"
_FULFILMENT_FEE: Final = "fulfilment_fee"

_SENT: Final = (
    Plan(_INBOUND, Fate.BY_CASE, 30, (3, 18), (30, _OLDEST)),
    Plan(_INBOUND, Fate.PARTLY_REFUSED, 3, (4, 12), (50, _OLDEST)),
    Plan(_INBOUND, Fate.REFUSED, 4, (1, 6), (34, _OLDEST)),
    Plan(_INBOUND, Fate.UNTOUCHED, 5, (1, 6), (300, _OLDEST), expires=True),
    Plan(_INBOUND, Fate.UNTOUCHED, 12, (2, 9), (3, 170), spread=True),
    Plan(_INBOUND, Fate.IN_PROGRESS, 5, (3, 12), (14, 120)),
    Plan(_INBOUND_DAMAGED, Fate.BY_CASE, 9, (1, 6), (30, _OLDEST)),
    Plan(_INBOUND_DAMAGED, Fate.UNTOUCHED, 3, (1, 4), (300, _OLDEST), expires=True),
    Plan(_INBOUND_DAMAGED, Fate.UNTOUCHED, 6, (1, 4), (3, 170), spread=True),
    Plan(_REMOVAL_LOST, Fate.BY_CASE, 5, (2, 8), (34, _OLDEST)),
    Plan(_REMOVAL_LOST, Fate.UNTOUCHED, 4, (1, 6), (78, _OLDEST), expires=True),
    Plan(_REMOVAL_LOST, Fate.UNTOUCHED, 5, (1, 5), (16, 74), spread=True),
    Plan(_REMOVAL_LOST, Fate.UNTOUCHED, 3, (1, 5), (2, 14), spread=True),
    Plan(_REMOVAL_LOST, Fate.IN_PROGRESS, 2, (2, 5), (24, 80)),
    Plan(_REMOVAL_OTHER, Fate.BY_CASE, 3, (1, 3), (24, _OLDEST)),
    Plan(_REMOVAL_OTHER, Fate.UNTOUCHED, 4, (1, 3), (62, _OLDEST), expires=True),
    Plan(_REMOVAL_OTHER, Fate.UNTOUCHED, 5, (1, 3), (2, 58), spread=True),
)
# A fee preview says what a fee should be for the ninety days before it: nothing older is told.
_FEES: Final = (
    Plan(_FULFILMENT_FEE, Fate.UNTOUCHED, 26, (1, 2), (2, 66)),
    Plan(_FULFILMENT_FEE, Fate.BY_CASE, 9, (1, 1), (22, 66)),
    Plan(_FULFILMENT_FEE, Fate.IN_PROGRESS, 5, (1, 2), (12, 60)),
    Plan(_FEE, Fate.UNTOUCHED, 10, (1, 2), (2, 66)),
    Plan(_FEE, Fate.BY_CASE, 4, (1, 1), (22, 66)),
)

WALMART: Final = (
    # No window is published for losses inside the warehouse: untouched stays claimable, undated.
    Plan(_LOST, Fate.AUTOMATIC, 52, (1, 2), (72, _OLDEST)),
    Plan(_LOST, Fate.FOUND, 34, (1, 3), (62, _OLDEST)),
    Plan(_LOST, Fate.PART_FOUND, 6, (2, 4), (72, _OLDEST)),
    Plan(_LOST, Fate.GIVEN_BACK, 4, (1, 3), (130, _OLDEST)),
    Plan(_LOST, Fate.UNTOUCHED, 14, (1, 3), (32, 300)),
    Plan(_INBOUND, Fate.BY_CASE, 40, (1, 5), (20, _OLDEST)),
    Plan(_INBOUND, Fate.TWO_PAYMENTS, 4, (3, 6), (50, _OLDEST)),
    Plan(_INBOUND, Fate.PARTLY_REFUSED, 4, (2, 4), (36, _OLDEST)),
    Plan(_INBOUND, Fate.REFUSED, 4, (1, 3), (34, _OLDEST)),
    Plan(_INBOUND, Fate.UNTOUCHED, 7, (1, 4), (51, _OLDEST)),
    Plan(_INBOUND, Fate.UNTOUCHED, 24, (2, 11), (10, 49), spread=True),
    Plan(_INBOUND, Fate.UNTOUCHED, 2, (18, 26), (44, 47), spread=True),
    Plan(_INBOUND, Fate.UNTOUCHED, 9, (4, 13), (1, 9), spread=True),
    Plan(_INBOUND, Fate.IN_PROGRESS, 8, (4, 11), (14, 64)),
    Plan(_INBOUND, Fate.AWAITING_PAYMENT, 1, (4, 6), (24, 48)),
    Plan(_INBOUND_DAMAGED, Fate.BY_CASE, 20, (1, 2), (20, _OLDEST)),
    Plan(_INBOUND_DAMAGED, Fate.REFUSED, 3, (1, 3), (34, _OLDEST)),
    Plan(_INBOUND_DAMAGED, Fate.UNTOUCHED, 5, (1, 3), (51, _OLDEST)),
    Plan(_INBOUND_DAMAGED, Fate.UNTOUCHED, 9, (1, 5), (10, 49), spread=True),
    Plan(_INBOUND_DAMAGED, Fate.UNTOUCHED, 4, (1, 4), (1, 9), spread=True),
    Plan(_INBOUND_DAMAGED, Fate.IN_PROGRESS, 3, (2, 5), (14, 60)),
    # The inventory log reaches back a year; no window is published for what it tells.
    Plan(_DAMAGED, Fate.AUTOMATIC, 14, (1, 3), (30, 350)),
    Plan(_DAMAGED, Fate.UNTOUCHED, 8, (1, 3), (2, 300)),
    Plan(_DESTROYED, Fate.AUTOMATIC, 3, (1, 3), (30, 350)),
    Plan(_DESTROYED, Fate.UNTOUCHED, 6, (1, 3), (2, 300)),
    Plan(_RETURN_LOST, Fate.BY_CASE, 5, (1, 1), (30, _OLDEST)),
    Plan(_RETURN_LOST, Fate.REFUSED, 2, (1, 1), (40, 400)),
    Plan(_RETURN_LOST, Fate.UNTOUCHED, 4, (1, 1), (46, _OLDEST)),
    Plan(_RETURN_LOST, Fate.UNTOUCHED, 7, (1, 1), (1, 44), spread=True),
    Plan(_REPLACEMENT_LOST, Fate.BY_CASE, 2, (1, 1), (30, _OLDEST)),
    Plan(_REPLACEMENT_LOST, Fate.UNTOUCHED, 4, (1, 1), (3, 43), spread=True),
    Plan(_RETURN, Fate.BY_CASE, 4, (1, 1), (30, _OLDEST)),
    Plan(_RETURN, Fate.UNTOUCHED, 3, (1, 1), (46, _OLDEST)),
    Plan(_RETURN, Fate.UNTOUCHED, 6, (1, 1), (10, 44), spread=True),
    # Overdue only when the month to send it back is over.
    Plan(_DELAYED, Fate.BY_CASE, 2, (1, 1), (60, _OLDEST)),
    Plan(_DELAYED, Fate.UNTOUCHED, 3, (1, 1), (50, 400)),
    Plan(_DELAYED, Fate.UNTOUCHED, 5, (1, 1), (36, 44), spread=True),
    Plan(_REFUNDED_MORE, Fate.BY_CASE, 3, (1, 1), (30, _OLDEST)),
    Plan(_REFUNDED_MORE, Fate.UNTOUCHED, 3, (1, 1), (46, _OLDEST)),
    Plan(_REFUNDED_MORE, Fate.UNTOUCHED, 6, (1, 1), (2, 44), spread=True),
    Plan(_TRANSFER, Fate.BY_CASE, 8, (1, 4), (60, _OLDEST)),
    Plan(_TRANSFER, Fate.UNTOUCHED, 5, (2, 5), (30, 120)),
    Plan(_FEE, Fate.BY_CASE, 160, (1, 1), (32, _OLDEST)),
    Plan(_FEE, Fate.REFUSED, 15, (1, 1), (40, 400)),
    Plan(_FEE, Fate.UNTOUCHED, 45, (1, 1), (106, _OLDEST)),
    Plan(_FEE, Fate.UNTOUCHED, 150, (1, 1), (3, 88)),
    Plan(_FEE, Fate.IN_PROGRESS, 40, (1, 1), (18, 80)),
)


# Only where our service is active does anybody file a case.
_WITH_CASE: Final = (
    Fate.BY_CASE,
    Fate.TWO_PAYMENTS,
    Fate.PARTLY_REFUSED,
    Fate.REFUSED,
    Fate.CASE_CLOSED,
    Fate.IN_PROGRESS,
    Fate.AWAITING_PAYMENT,
    Fate.PART_PAID_CASE_OPEN,
)


def plans_of(market: Market) -> tuple[Plan, ...]:
    """The plans of one channel, at its size."""
    if not market.is_amazon:
        return tuple(_at_size(plan, market) for plan in WALMART)
    opens, closes = (45, 105) if market.region == "EU" else (60, 120)
    plans = (
        *_WAREHOUSE,
        *_returns(opens, closes),
        *_of_orders(opens, closes),
        *_SENT,
        *_FEES,
    )
    if market.country == "CA":  # no window is known there, so nothing expires
        plans = tuple(plan for plan in plans if not plan.expires)
    if not market.served:
        plans = tuple(plan for plan in plans if plan.fate not in _WITH_CASE)
    plans = tuple(plan for plan in plans if plan.ages[0] < _oldest(plan, market))
    return tuple(_at_size(plan, market) for plan in plans)


def _oldest(plan: Plan, market: Market) -> int:
    """How far back the reports tell of such a loss, with some weeks to order in before it."""
    of_settlements = market.is_amazon and plan.subtype in _OF_ORDERS
    told = market.settled_days - 28 if of_settlements else _OLDEST
    return min(plan.ages[1], told)


def _at_size(plan: Plan, market: Market) -> Plan:
    return replace(plan, count=max(1, (plan.count * market.share + 50) // 100))


# Fates that one case, or one payment, can settle for several losses.
_TOGETHER: Final = (Fate.BY_CASE, Fate.IN_PROGRESS, Fate.REFUSED)


def bundles(plan: Plan, market: Market, today: date, chance: Chance) -> list[list[date]]:
    """The days of a plan's losses, oldest first, those that share a case or payment together."""
    lag = (today - market.last_day).days - 1  # a channel whose reports stopped earlier
    oldest = min(_oldest(plan, market), _OLDEST - lag)
    ages = sorted((age + lag for age in _ages(plan, chance, oldest)), reverse=True)
    days = [today - timedelta(days=age) for age in ages]
    if plan.fate is Fate.SHARED_PAYMENT:
        return [[day, day + timedelta(days=chance.between(0, 6))] for day in days]
    if plan.fate in _TOGETHER:
        of_fees = plan.subtype == _FEE and not market.is_amazon
        return _by_nearness(days, chance, *((14, 26) if of_fees else (3, 9)))
    return [[day] for day in days]


def _ages(plan: Plan, chance: Chance, oldest: int) -> list[int]:
    youngest = plan.ages[0]
    if plan.spread:
        step = max(1, plan.count - 1)
        return [youngest + (oldest - youngest) * number // step for number in range(plan.count)]
    return [chance.age(youngest, oldest) for _ in range(plan.count)]


def _by_nearness(days: list[date], chance: Chance, most: int, span: int) -> list[list[date]]:
    groups: list[list[date]] = []
    for day in days:
        open_group = groups[-1] if groups else [day]
        near = (day - open_group[0]).days <= span and len(open_group) < most
        if groups and near and chance.happens(35 if most < 10 else 95):
            open_group.append(day)
        else:
            groups.append([day])
    return groups
