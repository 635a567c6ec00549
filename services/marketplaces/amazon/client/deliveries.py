"""When inbound shipments arrived: their parcels' numbers, and what carriers told Amazon of them.

The list of shipments (version 0) names no parcel. The Fulfillment Inbound API, 2024-03-20, does,
three questions deep: a plan, its shipments, a shipment. Plans made in Seller Central are among them
(issue 3977 of amzn/selling-partner-api-models); without a status only the active ones are told
(4483); one of another warehouse service is refused (4739); a parcel of Amazon's own carrier has no
number (4606): of such a shipment nothing can be known here.
"""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from services.marketplaces.amazon.client.answers import (
    Told,
    each_of,
    moment_in,
    pages,
    part_of,
    text_of,
)
from services.marketplaces.amazon.client.api import Api
from services.marketplaces.amazon.client.operations import (
    GET_INBOUND_PLAN,
    GET_SHIPMENT,
    LIST_INBOUND_PLANS,
)
from services.marketplaces.amazon.client.tracking import delivered_at
from services.marketplaces.asking import Asking, Awaited, Fetched
from services.transport.refusals import NotNowError, NotUnderstoodError, RefusedError

_Answer = TypeVar("_Answer")

_PLANS: Final = "/inbound/fba/2024-03-20/inboundPlans"
_STATUSES: Final = ("SHIPPED", "ACTIVE")
_A_PAGE: Final = 30
# A shipment arrives within so long after its plan was made: an assumption of ours.
_UNDER_WAY: Final = timedelta(days=120)
_ONE_DAY: Final = timedelta(days=1)
# One run looks at so much and no more: others have their turn too.
_MOST_PAGES: Final = 20
_MOST_PLANS: Final = 20
_MOST_PARCELS: Final = 30
# What Amazon cannot say of one plan or parcel: it says so of this one, not of us.
_NOT_OF_THIS: Final = frozenset({400, 404})
_HEADER: Final = (
    "shipment_id",
    "parcels",
    "delivered_parcels",
    "first_delivered_on",
    "last_delivered_on",
)


@dataclass(frozen=True)
class _Plan:
    """A plan of the list: its shipments are called after it."""

    plan_id: str
    name: str
    made_on: date

    def may_hold(self, one: Awaited) -> bool:
        """Whether the shipment can be of this plan."""
        return one.day - _UNDER_WAY <= self.made_on <= one.day + _ONE_DAY

    def is_named_in(self, one: Awaited) -> bool:
        """`FBA STA (02/11/2026 11:18)` holds `FBA STA (02/11/2026 11:18)-ABE8`."""
        return bool(self.name) and one.name.startswith(self.name)


@dataclass(frozen=True)
class _Parcel:
    """delivered_at None: it was not, for good."""

    delivered_at: datetime | None


@dataclass(frozen=True)
class Deliveries:
    """Of one seller."""

    api: Api

    def fetch(self, asking: Asking, into: Path) -> Iterator[Fetched]:
        """One file with a row for each shipment that is awaited, as landing reads it.

        A shipment of which nothing is told has a row too: it is not asked for again at once.
        """
        name = f"{asking.source.name}.csv"
        path = into / name
        rows = list(self._rows(asking.awaited))
        with path.open("x", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([_HEADER, *rows])
        yield Fetched(path, name, None)

    def _rows(self, awaited: Sequence[Awaited]) -> Iterator[tuple[object, ...]]:
        """Of all, or of the first: whoever asks too often is told the others another day."""
        parcels = self._parcels(awaited)
        for place, one in enumerate(awaited):
            numbers = parcels.get(one.shipment_id.upper(), [])
            try:
                told = self._told(one, numbers)
            except NotNowError:
                if not place:
                    raise
                return
            yield one.shipment_id, *told

    def _told(self, one: Awaited, numbers: Sequence[str | None]) -> tuple[object, ...]:
        """What is told of its parcels now; what was before, where Amazon has forgotten of it."""
        zone = ZoneInfo(one.time_zone)
        answers = [self._answer(number) for number in numbers[:_MOST_PARCELS] if number]
        moments = [answer.delivered_at for answer in answers if answer]
        days = sorted(at.astimezone(zone).date() for at in moments if at)
        is_forgotten = not numbers or None in answers
        if is_forgotten and len(days) < one.delivered_parcels:
            return one.parcels, one.delivered_parcels, one.first_day, one.last_day
        first, last = (days[0], days[-1]) if days else ("", "")
        return len(numbers), len(days), first, last

    def _answer(self, number: str) -> _Parcel | None:
        """What is told of a parcel; None where its number is not known, or not any more."""
        return self._of_this(lambda: _Parcel(delivered_at(self.api, number)))

    # Which parcels a shipment has ------------------------------------------------------------

    def _parcels(self, awaited: Sequence[Awaited]) -> dict[str, list[str | None]]:
        """The parcels of each awaited shipment that some plan tells of."""
        wanted = {one.shipment_id.upper() for one in awaited}
        found: dict[str, list[str | None]] = {}
        for plan in self._plans(awaited)[:_MOST_PLANS]:
            for shipment in self._shipments(plan):
                name = str(shipment.get("shipmentConfirmationId", "")).upper()
                if name in wanted:
                    found[name] = _numbers(shipment)
            if found.keys() == wanted:
                break
        return found

    def _plans(self, awaited: Sequence[Awaited]) -> list[_Plan]:
        """Those that may hold an awaited shipment: its namesakes first, then the newest."""
        oldest = min(one.day for one in awaited) - _UNDER_WAY
        listed = (plan for status in _STATUSES for plan in self._listed(status, oldest))
        fitting = [plan for plan in listed if any(map(plan.may_hold, awaited))]
        fitting.sort(key=lambda plan: plan.made_on, reverse=True)
        return sorted(fitting, key=lambda plan: not any(map(plan.is_named_in, awaited)))

    def _listed(self, status: str, oldest: date) -> Iterator[_Plan]:
        asked = {
            "status": status,
            "pageSize": f"{_A_PAGE}",
            "sortBy": "CREATION_TIME",
            "sortOrder": "DESC",
        }
        where = LIST_INBOUND_PLANS.name
        told = pages(
            self.api.get(LIST_INBOUND_PLANS, _PLANS, asked),
            lambda token: self.api.get(
                LIST_INBOUND_PLANS, _PLANS, {**asked, "paginationToken": token}
            ),
            lambda page: part_of(page, "pagination").get("nextToken"),
            where,
        )
        for _, page in zip(range(_MOST_PAGES), told, strict=False):
            plans = [_plan(one) for one in each_of(page, "inboundPlans", where)]
            yield from (plan for plan in plans if plan.made_on >= oldest)
            if any(plan.made_on < oldest for plan in plans):
                return

    def _shipments(self, plan: _Plan) -> Iterator[Told]:
        """Of a plan; none where Amazon does not tell of this one."""
        path = f"{_PLANS}/{plan.plan_id}"
        told = self._of_this(lambda: self.api.get(GET_INBOUND_PLAN, path)) or {}
        if told.get("shipments") is None:  # it was never confirmed
            return
        for one in each_of(told, "shipments", GET_INBOUND_PLAN.name):
            within = f"{path}/shipments/{text_of(one, 'shipmentId', GET_INBOUND_PLAN.name)}"
            shipment = self._of_this(partial(self.api.get, GET_SHIPMENT, within))
            if shipment:
                yield shipment

    @staticmethod
    def _of_this(asked: Callable[[], _Answer]) -> _Answer | None:
        """The answer; None where there is none of this one thing. Raises RefusedError."""
        try:
            return asked()
        except RefusedError as refused:
            if refused.status not in _NOT_OF_THIS:
                raise
        return None


def _plan(told: Told) -> _Plan:
    where = LIST_INBOUND_PLANS.name
    made_at = moment_in(told, "createdAt")
    if made_at is None:
        raise NotUnderstoodError(f"The answer of {where} has no createdAt.")
    name = told.get("name")
    return _Plan(
        text_of(told, "inboundPlanId", where),
        name if isinstance(name, str) else "",
        made_at.date(),
    )


def _numbers(shipment: Told) -> list[str | None]:
    """What its carrier calls its parcels, each once; None: one that has no number yet."""
    detail = part_of(part_of(shipment, "trackingDetails"), "spdTrackingDetail")
    if not detail:
        return []
    items = each_of(detail, "spdTrackingItems", GET_SHIPMENT.name)
    said = (item.get("trackingId") for item in items)
    numbers = [one if isinstance(one, str) and one else None for one in said]
    return [*dict.fromkeys(filter(None, numbers)), *(one for one in numbers if one is None)]
