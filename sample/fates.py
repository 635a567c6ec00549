"""What becomes of a loss: who finds it, who pays for it, what a case decides.

Each fate is one short function over the losses that share it. Everything it decides happens on
or before the last day that the channel's reports cover.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from sample.case_history import history
from sample.chance import Chance
from sample.model import (
    Case,
    Chapter,
    Fate,
    Found,
    Loss,
    Market,
    Payment,
    Product,
    Settled,
)
from sample.products import CENT, listed
from sample.walmart.calendar import month_end

Span = tuple[int, int]

_AFTER_FEES: Final = Decimal("0.62")  # a returned unit is paid at the order's price less fees
_PROCEEDS: Final = Decimal("0.85")  # what Walmart's estimate leaves of the price


@dataclass(frozen=True)
class Pace:
    """How many days each step takes: earliest and latest."""

    automatic: Span = (5, 20)
    found: Span = (3, 30)
    case_opens: Span = (8, 28)
    case_decides: Span = (6, 18)
    taken_back: Span = (10, 60)


# A warehouse loss's money is taken back after the ledger has spoken of it for the last time (a file
# speaks up to 151 days after a row's own): whether Amazon opens such a row again, no source says.
_LATE: Final = Pace(taken_back=(152, 220))
_DISPUTED: Final = Pace(case_opens=(4, 18), case_decides=(6, 12))
# Cases on returns and inbound shipments wait until the claim window opens.
_PACES: Final = {
    ("NA", "lost_in_warehouse"): _LATE,
    ("NA", "damaged_in_warehouse"): _LATE,
    ("EU", "lost_in_warehouse"): _LATE,
    ("EU", "damaged_in_warehouse"): _LATE,
    ("NA", "returned_damaged"): Pace(automatic=(4, 18), case_opens=(62, 100)),
    ("EU", "returned_damaged"): Pace(automatic=(4, 18), case_opens=(47, 88)),
    ("NA", "refunded_not_returned"): Pace(automatic=(61, 80), case_opens=(62, 100)),
    ("EU", "refunded_not_returned"): Pace(automatic=(46, 65), case_opens=(47, 88)),
    ("NA", "replacement_not_returned"): Pace(case_opens=(62, 100)),
    ("EU", "replacement_not_returned"): Pace(case_opens=(47, 88)),
    ("NA", "refunded_more"): Pace(case_opens=(62, 100)),
    ("EU", "refunded_more"): Pace(case_opens=(47, 88)),
    ("NA", "removal_lost"): Pace(case_opens=(16, 40)),
    ("EU", "removal_lost"): Pace(case_opens=(16, 40)),
    ("US", "lost_in_warehouse"): Pace(automatic=(34, 55)),
    ("US", "damaged_in_warehouse"): Pace(automatic=(8, 26)),
    ("US", "destroyed_in_warehouse"): Pace(automatic=(8, 26)),
    ("US", "return_lost"): _DISPUTED,
    ("US", "replacement_lost"): _DISPUTED,
    ("US", "returned_damaged"): _DISPUTED,
    ("US", "refunded_more"): _DISPUTED,
    ("US", "delayed_return"): Pace(case_opens=(34, 44), case_decides=(8, 14)),
    ("US", "inbound_shortage"): Pace(case_opens=(11, 38), case_decides=(8, 20)),
    ("US", "inbound_damaged"): Pace(case_opens=(11, 38), case_decides=(8, 20)),
    ("US", "transfer_shortage"): Pace(case_opens=(32, 50), case_decides=(8, 20)),
    ("US", "referral_fee"): Pace(case_opens=(3, 50), case_decides=(10, 24)),
}
_AMAZON_REASONS: Final = {
    "lost_in_warehouse": "Lost_Warehouse",
    "damaged_in_warehouse": "Damaged_Warehouse",
    "returned_damaged": "CustomerReturn",
    "refunded_not_returned": "CustomerReturn",
    "replacement_not_returned": "FREE_REPLACEMENT_REFUND_ITEMS",
    "refunded_more": "CustomerServiceIssue",
    "inbound_shortage": "Lost_Inbound",
    "inbound_damaged": "Damaged_Inbound",
    "removal_lost": "REMOVAL_ORDER_LOST",
    "removal_other": "GeneralAdjustment",
    "fulfilment_fee": "Fee_Correction",
    "referral_fee": "Fee_Correction",
    "paid_below_cost": "GeneralAdjustment",
}
_AFTER_ORDER: Final = ("returned_damaged", "refunded_not_returned", "replacement_not_returned")
# Walmart: the description of the money line, and the reason written beside it.
_WALMART_REASONS: Final = {
    "lost_in_warehouse": ("WFS LostInventory", ""),
    "inbound_shortage": ("WFS Refund", "Inbound shortage"),
    "inbound_damaged": ("WFS Refund", "Inbound damage"),
    "transfer_shortage": ("WFS Refund", "Inbound transfer shortage"),
    "referral_fee": ("Dispute won", "Referral fee dispute"),
    "damaged_in_warehouse": ("WFS DamageInWarehouse", ""),
    # Walmart's payments have no word of their own for what was destroyed.
    "destroyed_in_warehouse": ("WFS DamageInWarehouse", ""),
    "return_lost": ("Dispute won", "Return dispute"),
    "replacement_lost": ("Dispute won", "Return dispute"),
    "returned_damaged": ("Dispute won", "Return dispute"),
    "delayed_return": ("Dispute won", "Return dispute"),
    "refunded_more": ("Dispute won", "Refund dispute"),
}


def pace_of(loss: Loss) -> Pace:
    """How long things take for this kind of loss."""
    return _PACES.get((loss.market.region, loss.subtype), Pace())


def paid_per_unit(loss: Loss) -> Decimal:
    """What the marketplace pays for one unit: cost before an order, proceeds after one."""
    if loss.unit_amount is not None:
        return loss.unit_amount
    product = loss.product
    if loss.subtype in _AFTER_ORDER:
        worth = product.price * _AFTER_FEES
    elif loss.market.is_amazon:
        worth = product.cost * product.paid_share
    else:
        worth = product.price * (_PROCEEDS if loss.subtype.endswith("_in_warehouse") else 1)
    return listed(worth, loss.market.currency)


def cost_of(product: Product, market: Market) -> Decimal:
    """The seller's sourcing cost of one unit in the channel's currency."""
    return listed(product.cost, market.currency)


@dataclass(frozen=True)
class Course:
    """How a case went; without an id of its own it is given one."""

    status: str
    opened: date
    closed: date | None = None
    approved: Decimal | None = None
    case_id: str = ""


class Teller:
    """Collects what happens on one channel."""

    def __init__(self, market: Market, chance: Chance, numbers: Iterator[int]) -> None:
        self.market = market
        self.chance = chance
        self.numbers = numbers
        self.chapter = Chapter()

    def settle(self, losses: Sequence[Loss]) -> None:
        """Let the losses' common fate take its course."""
        self.chapter.losses.extend(losses)
        FATES[losses[0].fate](self, losses)

    def later(self, day: date, span: Span, leave: int = 0) -> date:
        """A day so much later that still `leave` days of reports follow it."""
        room = (self.market.last_day - day).days - leave
        return day + timedelta(days=self.chance.between(span[0], min(span[1], room)))

    def find(self, loss: Loss, units: int) -> date:
        """So many units turn up; Walmart says so only by month."""
        on = self.later(loss.event_on, pace_of(loss).found)
        if not self.market.is_amazon:  # only of lost units, and only by the month
            on = month_end(loss.event_on)
        self.chapter.finds.append(Found(loss.number, on, units))
        return on

    def pay(
        self,
        on: date,
        shares: Sequence[tuple[Loss, int]],
        case_id: str = "",
        *,
        goods: bool = False,
    ) -> Payment:
        """One line for so many units of each loss (all of one product)."""
        first = shares[0][0]
        units = sum(share for _, share in shares)
        each = Decimal(0) if goods else paid_per_unit(first)
        reason, note = _told_as(first)
        payment = Payment(
            payment_id=self.payment_id(on),
            market=self.market,
            paid_on=on,
            reason=reason,
            product=first.product,
            cash=0 if goods else units,
            inventory=units if goods else 0,
            unit_amount=each,
            amount=each * units,
            settles=tuple(
                Settled(loss.number, 0 if goods else share, share if goods else 0)
                for loss, share in shares
            ),
            case_id=case_id,
            # A removal order is no customer's order; the report leaves it out.
            order_id="" if first.subtype.startswith("removal") else first.order_id,
            reference=_purchase_order_of(first),
            note=note,
        )
        self.chapter.payments.append(payment)
        return payment

    def take_back(
        self, original: Payment, loss: Loss, on: date, units: int, *, with_unit: bool
    ) -> None:
        """A reversal: the unit comes back instead of the money, or nothing does."""
        reason = "Reimbursement_Reversal" if self.market.is_amazon else "WFS FoundInventory"
        self.chapter.payments.append(
            replace(
                original,
                payment_id=self.payment_id(on),
                paid_on=on,
                reason=reason,
                cash=-units,
                inventory=units if with_unit else 0,
                unit_amount=-original.unit_amount,
                amount=-original.unit_amount * units,
                settles=(Settled(loss.number, -units, units if with_unit else 0),),
                undoes=original,
            )
        )

    def payment_id(self, on: date) -> str:
        """Amazon's ids have eleven digits; Walmart's key begins with the day."""
        if self.market.is_amazon:
            return self.chance.number(44_000_000_000, on, 100_000)
        return f"{on:%Y_%m_%d}_1{self.chance.digits(6)}"

    def case_id(self, opened: date) -> str:
        """Amazon's case ids have eleven digits, Walmart's eight."""
        if self.market.is_amazon:
            return self.chance.number(13_000_000_000, opened, 100_000)
        return self.chance.number(8_000_000, opened, 100)

    def case_opens(self, losses: Sequence[Loss], leave: int = 0) -> date:
        """A day on which one case can speak for all these losses."""
        newest = max(loss.event_on for loss in losses)
        return self.later(newest, pace_of(losses[0]).case_opens, leave)

    def case_decides(self, losses: Sequence[Loss], opened: date) -> date:
        """A day on which the marketplace may answer."""
        return self.later(opened, pace_of(losses[0]).case_decides)

    def file(self, asked: Sequence[tuple[Loss, int]], course: Course) -> None:
        """Write down a case over so many units of each loss."""
        status, opened, closed = course.status, course.opened, course.closed
        self.chapter.cases.append(
            Case(
                case_id=course.case_id or self.case_id(opened),
                market=self.market,
                subtype=asked[0][0].subtype,
                status=status,
                opened_on=opened,
                closed_on=closed,
                requested=sum((_asked_for(loss) * units for loss, units in asked), Decimal(0)),
                approved=course.approved,
                units=sum(units for _, units in asked),
                losses=tuple(loss.number for loss, _ in asked),
                events=history(status, opened, closed, self.market.last_day, self.chance),
            )
        )


def _asked_for(loss: Loss) -> Decimal:
    return loss.unit_amount or cost_of(loss.product, loss.market)


def _told_as(loss: Loss) -> tuple[str, str]:
    """The marketplace's own word for the payment, and the reason it writes beside it."""
    if loss.market.is_amazon:
        return _AMAZON_REASONS[loss.subtype], ""
    return _WALMART_REASONS[loss.subtype]


def _purchase_order_of(loss: Loss) -> str:
    """Only Walmart names it, and not for what is lost inside the warehouse."""
    if loss.market.is_amazon or loss.subtype.endswith("_in_warehouse"):
        return ""
    return loss.reference


def _all(losses: Sequence[Loss]) -> list[tuple[Loss, int]]:
    return [(loss, loss.units) for loss in losses]


def _automatically(teller: Teller, loss: Loss, units: int, leave: int = 0) -> Payment:
    on = teller.later(loss.event_on, pace_of(loss).automatic, leave)
    return teller.pay(on, [(loss, units)])


def _found(teller: Teller, losses: Sequence[Loss]) -> None:
    for loss in losses:
        teller.find(loss, loss.units)


def _automatic(teller: Teller, losses: Sequence[Loss]) -> None:
    for loss in losses:
        _automatically(teller, loss, loss.units)


def _by_case(teller: Teller, losses: Sequence[Loss]) -> None:
    leave = pace_of(losses[0]).case_decides[0]
    opened = teller.case_opens(losses, leave)
    decided = teller.case_decides(losses, opened)
    case_id = teller.case_id(opened)
    paid = [teller.pay(decided, [share], case_id) for share in _all(losses)]
    approved = sum((payment.amount for payment in paid), Decimal(0))
    teller.file(_all(losses), Course("fully_reimbursed", opened, decided, approved, case_id))


def _two_payments(teller: Teller, losses: Sequence[Loss]) -> None:
    """Part of the units is paid first, a case brings the rest."""
    loss = losses[0]
    pace = pace_of(loss)
    first = loss.units // 2
    leave = pace.case_decides[0]
    opened = teller.case_opens(losses, leave)
    decided = teller.case_decides(losses, opened)
    case_id = teller.case_id(opened)
    early = loss.event_on + timedelta(days=pace.automatic[0] + 1)
    teller.pay(early, [(loss, first)])
    rest = [(loss, loss.units - first)]
    paid = teller.pay(decided, rest, case_id)
    teller.file(rest, Course("fully_reimbursed", opened, decided, paid.amount, case_id))


def _shared_payment(teller: Teller, losses: Sequence[Loss]) -> None:
    newest = max(losses, key=lambda loss: loss.event_on)
    on = teller.later(newest.event_on, pace_of(newest).automatic)
    teller.pay(on, _all(losses))


def _in_goods(teller: Teller, losses: Sequence[Loss]) -> None:
    for loss in losses:
        on = teller.later(loss.event_on, pace_of(loss).automatic)
        teller.pay(on, _all([loss]), goods=True)


def _given_back(teller: Teller, losses: Sequence[Loss]) -> None:
    for loss in losses:
        payment = _automatically(teller, loss, loss.units, leave=20)
        units = teller.chance.between(1, loss.units)
        on = teller.later(payment.paid_on, (18, 90))
        teller.take_back(payment, loss, on, units, with_unit=True)


def _declared_invalid(teller: Teller, losses: Sequence[Loss]) -> None:
    for loss in losses:
        span = pace_of(loss).taken_back
        payment = _automatically(teller, loss, loss.units, leave=span[0] + 2)
        units = teller.chance.between(1, loss.units)
        on = teller.later(payment.paid_on, span)
        teller.take_back(payment, loss, on, units, with_unit=False)


def _part_found(teller: Teller, losses: Sequence[Loss]) -> None:
    for loss in losses:
        units = teller.chance.between(1, loss.units - 1)
        teller.find(loss, units)
        _automatically(teller, loss, loss.units - units)


def _partly_refused(teller: Teller, losses: Sequence[Loss]) -> None:
    loss = losses[0]
    opened = teller.case_opens(losses, pace_of(loss).case_decides[0])
    decided = teller.case_decides(losses, opened)
    case_id = teller.case_id(opened)
    paid = teller.pay(decided, [(loss, loss.units // 2)], case_id)
    course = Course("partially_reimbursed", opened, decided, paid.amount, case_id)
    teller.file(_all(losses), course)


def _decided_against(status: str) -> Callable[[Teller, Sequence[Loss]], None]:
    def decide(teller: Teller, losses: Sequence[Loss]) -> None:
        opened = teller.case_opens(losses, pace_of(losses[0]).case_decides[0])
        decided = teller.case_decides(losses, opened)
        nothing = Decimal(0).quantize(CENT)
        teller.file(_all(losses), Course(status, opened, decided, nothing))

    return decide


def _untouched(_: Teller, __: Sequence[Loss]) -> None:
    """Nobody finds, pays or claims it."""


def _part_paid(teller: Teller, losses: Sequence[Loss]) -> None:
    for loss in losses:
        _automatically(teller, loss, loss.units // 2)


def _in_progress(teller: Teller, losses: Sequence[Loss]) -> None:
    opened = teller.case_opens(losses)
    teller.file(_all(losses), Course("open", opened))


def _awaiting_payment(teller: Teller, losses: Sequence[Loss]) -> None:
    """Approved a few days ago; the money has not shown in any report yet."""
    opened = teller.case_opens(losses, pace_of(losses[0]).case_decides[0])
    decided = max(opened, teller.market.last_day - timedelta(days=teller.chance.between(0, 4)))
    approved = sum((paid_per_unit(loss) * loss.units for loss in losses), Decimal(0))
    teller.file(_all(losses), Course("fully_reimbursed", opened, decided, approved))


def _part_paid_case_open(teller: Teller, losses: Sequence[Loss]) -> None:
    loss = losses[0]
    opened = teller.case_opens(losses, pace_of(loss).case_decides[0])
    case_id = teller.case_id(opened)
    on = teller.case_decides(losses, opened)
    paid = teller.pay(on, [(loss, loss.units // 2)], case_id)
    course = Course("partially_reimbursed", opened, None, paid.amount, case_id)
    teller.file(_all(losses), course)


FATES: Final[dict[Fate, Callable[[Teller, Sequence[Loss]], None]]] = {
    Fate.FOUND: _found,
    Fate.AUTOMATIC: _automatic,
    Fate.BY_CASE: _by_case,
    Fate.TWO_PAYMENTS: _two_payments,
    Fate.SHARED_PAYMENT: _shared_payment,
    Fate.IN_GOODS: _in_goods,
    Fate.GIVEN_BACK: _given_back,
    Fate.DECLARED_INVALID: _declared_invalid,
    Fate.PART_FOUND: _part_found,
    Fate.PARTLY_REFUSED: _partly_refused,
    Fate.REFUSED: _decided_against("not_eligible"),
    Fate.CASE_CLOSED: _decided_against("closed"),
    Fate.UNTOUCHED: _untouched,
    Fate.PART_PAID: _part_paid,
    Fate.IN_PROGRESS: _in_progress,
    Fate.AWAITING_PAYMENT: _awaiting_payment,
    Fate.PART_PAID_CASE_OPEN: _part_paid_case_open,
}
