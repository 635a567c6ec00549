"""Rows of reports as hypothesis draws them."""

import uuid
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from tests.common.worlds.recovery import Row, case, found, lost, paid, reversal

DAYS = [f"2026-{month:02}-{day:02}" for month in range(1, 7) for day in (1, 9, 17, 25)]
STATUSES = ["open", "closed", "partially_reimbursed", "fully_reimbursed", "not_eligible"]

days = st.sampled_from(DAYS)
items = st.sampled_from(["X001", "X002"])


@st.composite
def losses(draw: st.DrawFn) -> Row:
    quantity = draw(st.integers(1, 20))
    open_units = draw(st.none() | st.integers(0, quantity))
    reason = draw(st.sampled_from(["M", "5", "E", "K"]))
    return lost(draw(days), quantity, unreconciled=open_units, FNSKU=draw(items), Reason=reason)


@st.composite
def finds(draw: st.DrawFn) -> Row:
    return found(draw(days), draw(st.integers(1, 10)), FNSKU=draw(items))


@st.composite
def payments(draw: st.DrawFn) -> list[Row]:
    quantity = draw(st.integers(1, 9))
    cents = draw(st.integers(0, 99_999))
    in_goods = draw(st.integers(0, 2))
    number = uuid.uuid4().hex
    first = paid(
        draw(days),
        quantity,
        str(Decimal(cents) / 100),
        **{
            "reimbursement-id": number,
            "fnsku": draw(items),
            "case-id": draw(st.sampled_from(["", "C1"])),
            "reason": draw(st.sampled_from(["Lost_Warehouse", "Damaged_Warehouse", "Moon_Dust"])),
            "quantity-reimbursed-inventory": in_goods,
        },
    )
    if draw(st.booleans()):
        return [first]
    undone = draw(st.integers(1, quantity))
    taken = -(Decimal(cents) / 100 * undone / quantity).quantize(Decimal("0.01"))
    back = reversal(draw(days), number, undone, str(taken), given_back=draw(st.integers(0, undone)))
    return [first, {**back, "fnsku": first["fnsku"]}]


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    opened, closed = sorted([draw(days), draw(days)])
    status = draw(st.sampled_from(STATUSES))
    return case(
        status,
        opened,
        closed=None if status == "open" else closed,
        units=draw(st.none() | st.integers(1, 30)),
        reference_ids=[draw(items)],
    )
