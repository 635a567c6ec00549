"""The story is consistent: no unit appears or vanishes, nothing is paid before it was lost."""

import itertools
from collections import Counter
from datetime import timedelta
from decimal import Decimal

from sample.amazon.ledger import resolved_by
from sample.model import Fate, Story
from sample.plans import IN_WAREHOUSE
from sample.standing import standing
from sample.walmart.calendar import periods
from wording.cases import CASE_STATUSES
from wording.subtypes import SUBTYPES


def test_every_unit_stands_somewhere_and_only_once(story: Story) -> None:
    for loss in story.losses:
        stands = standing(story, loss)

        assert stands.units == loss.units
        assert min(vars(stands).values()) >= 0


def test_what_follows_a_loss_lies_between_it_and_the_last_reported_day(story: Story) -> None:
    by_number = {loss.number: loss for loss in story.losses}
    for find in story.finds:
        loss = by_number[find.loss]
        assert loss.event_on <= find.on <= loss.market.last_day
    for payment in story.payments:
        assert payment.market.first_day <= payment.paid_on <= payment.market.last_day
        for share in payment.settles:
            assert by_number[share.loss].event_on < payment.paid_on
            assert by_number[share.loss].product == payment.product


def test_a_payment_s_units_are_the_units_it_settles(story: Story) -> None:
    for payment in story.payments:
        assert payment.amount == payment.unit_amount * abs(payment.cash)
        if payment.settles:
            assert payment.cash == sum(share.cash for share in payment.settles)
            assert payment.inventory == sum(share.inventory for share in payment.settles)


def test_a_reversal_takes_back_no_more_than_was_paid_and_later(story: Story) -> None:
    reversals = [payment for payment in story.payments if payment.undoes]

    assert {payment.inventory > 0 for payment in reversals} == {True, False}
    for payment in reversals:
        assert payment.undoes is not None
        assert payment.undoes in story.payments
        assert -payment.undoes.cash <= payment.cash < 0
        assert payment.paid_on > payment.undoes.paid_on


def test_cases_open_inside_the_window_and_know_their_losses(story: Story) -> None:
    by_number = {loss.number: loss for loss in story.losses}
    for case in story.cases:
        assert case.reference_ids
        assert case.events[-1].status == case.status
        assert case.closed_on is None or case.opened_on <= case.closed_on <= story.today
        for number in case.losses:
            loss = by_number[number]
            assert loss.event_on <= case.opened_on <= loss.event_on + timedelta(days=120)
            assert {loss.product.fnsku, loss.reference, loss.order_id} & set(case.reference_ids)


def test_ids_are_given_once(story: Story) -> None:
    for ids in (
        [loss.number for loss in story.losses],
        # A payment below cost is named by its own id, which may hold two items.
        [
            loss.reference
            for loss in story.losses
            if loss.reference and loss.subtype != "paid_below_cost"
        ],
        [case.case_id for case in story.cases],
    ):
        assert len(ids) == len(set(ids))


def test_some_reimbursement_ids_hold_several_items(story: Story) -> None:
    items = Counter(payment.payment_id for payment in story.payments)
    keys = Counter((p.payment_id, p.product.sku, p.reason) for p in story.payments)

    assert items.most_common(1)[0][1] == 2
    assert keys.most_common(1)[0][1] == 1


def test_every_state_type_and_fate_is_there(story: Story) -> None:
    stands = [standing(story, loss) for loss in story.losses]
    states = [name for one in stands for name, units in vars(one).items() if units]

    assert set(states) == set(vars(stands[0]))
    assert {loss.fate for loss in story.losses} == set(Fate)
    assert {SUBTYPES[loss.subtype].type for loss in story.losses} == {
        "inventory",
        "return",
        "shipment",
        "fee",
    }
    assert {case.status for case in story.cases} == set(CASE_STATUSES)
    assert len(story.losses) > 2500


def test_one_payment_covers_two_losses_and_one_loss_takes_two_payments(story: Story) -> None:
    assert any(len(payment.settles) == 2 for payment in story.payments)
    assert any(
        len([share for payment, share in paid if not payment.undoes]) == 2
        for paid in story.paid_of.values()
    )


def test_deadlines_lie_on_most_of_the_next_sixty_days(story: Story) -> None:
    left = {
        60 - (story.today - loss.event_on).days
        for loss in story.losses
        if loss.market.channel == "amazon-us"
        and loss.subtype in ("lost_in_warehouse", "damaged_in_warehouse")
        and standing(story, loss).ready
    }

    assert set(range(1, 8)) <= left
    assert len(left & set(range(1, 60))) > 45


def test_one_channel_is_stale_and_the_others_are_not(story: Story) -> None:
    behind = {market.channel: (story.today - market.last_day).days for market in story.markets}

    assert behind.pop("amazon-ca") == 16
    assert set(behind.values()) == {1}


def test_nothing_is_paid_for_what_has_no_known_value(story: Story) -> None:
    assert all(payment.product.valued_by != "nothing" for payment in story.payments)
    assert any(loss.product.valued_by == "nothing" for loss in story.losses)


def test_warehouse_losses_are_settled_within_the_reach_of_the_next_ledger_file(
    story: Story,
) -> None:
    for loss in story.losses:
        if loss.market.is_amazon and loss.subtype in IN_WAREHOUSE:
            soon = resolved_by(story, loss, loss.event_on + timedelta(days=60))
            assert soon == resolved_by(story, loss, story.today)


def test_shelves_never_hold_less_than_nothing(story: Story) -> None:
    for line in story.stock:
        assert line.ending >= 0
    on_hand: Counter[tuple[str, str]] = Counter()
    for move in sorted(story.movements, key=lambda move: (move.on, -move.quantity)):
        if move.event_type in ("Receipts", "Shipments") and move.market.channel == "amazon-us":
            on_hand[move.market.channel, move.product.sku] += move.quantity
            assert on_hand[move.market.channel, move.product.sku] >= 0


def test_walmart_periods_tile_the_history(story: Story) -> None:
    market = story.market("walmart-us")
    spans = list(periods(market))

    assert spans[0][0] <= market.first_day
    assert spans[-1][1] == market.last_day
    for before, after in itertools.pairwise(spans):
        assert after[0] == before[1] + timedelta(days=1)


def test_the_money_has_the_size_of_a_middling_seller_s(story: Story) -> None:
    """Some fifty thousand dollars recovered in eighteen months, about half by cases."""
    dollars = [p for p in story.payments if p.market.currency == "USD"]
    net = sum((payment.amount for payment in dollars), Decimal(0))
    by_case = sum((payment.amount for payment in dollars if payment.case_id), Decimal(0))

    assert 40_000 < net < 60_000
    assert Decimal("0.3") < by_case / net < Decimal("0.65")
