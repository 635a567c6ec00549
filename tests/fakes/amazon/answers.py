"""What each operation of the Selling Partner API says, of one seller."""

import hmac
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid4, uuid5

from werkzeug import Request, Response

from tests.fakes.amazon.files import KINDS, Files
from tests.fakes.amazon.reports import Reports
from tests.fakes.amazon.shops import BY_ID, SHOPS

Told = tuple[int, Any]
_ADDRESS_HOLDS: Final = 300
_PRIVATE: Final = {
    "name": "Private Person",
    "addressLine1": "1 Private Road",
    "city": "Kiel",
    "countryCode": "DE",
    "postalCode": "24103",
}


class RefusedRequest(Exception):  # noqa: N818  not an error of ours
    """Amazon would not answer this."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code


def refusal(status: int, code: str) -> Told:
    """As Amazon says it."""
    return status, {"errors": [{"code": code, "message": "Said by the fake.", "details": ""}]}


@dataclass
class Pages:
    """Lists that are told page by page. repeated, reordered: as a busy service tells them."""

    size: int = 50
    repeated: bool = False
    reordered: bool = False
    _left: dict[str, list[list[Any]]] = field(default_factory=dict)

    def first(self, records: list[Any]) -> tuple[list[Any], str | None]:
        """The first page and the token of the next."""
        size = self.size
        pages = [records[at : at + size] for at in range(0, len(records), size)] or [[]]
        if self.repeated:
            pages = [page for each in pages for page in (each, each)]
        if self.reordered:
            pages = pages[::-1]
        return self._page(pages)

    def next(self, token: str) -> tuple[list[Any], str | None]:
        """A further page; a token serves as often as it is sent."""
        if token not in self._left:
            raise RefusedRequest(400, "InvalidInput")
        return self._page(self._left[token])

    def _page(self, pages: list[list[Any]]) -> tuple[list[Any], str | None]:
        page, *left = pages
        if not left:
            return page, None
        token = secrets.token_urlsafe(24)
        self._left[token] = left
        return page, token


@dataclass(frozen=True)
class Plan:
    """An inbound plan: its shipments as labels call them, each with its parcels' numbers."""

    name: str
    made_at: datetime
    shipments: dict[str, tuple[str | None, ...]]  # None: a parcel without a number yet
    status: str = "SHIPPED"
    is_elsewhere: bool = False  # of another warehouse service: Amazon lists it and tells no more
    plan_id: str = field(default_factory=lambda: f"wf{uuid4()}")

    def told(self) -> dict[str, Any]:
        """As listed."""
        at = f"{self.made_at:%Y-%m-%dT%H:%M:%SZ}"
        return {
            "inboundPlanId": self.plan_id,
            "name": self.name,
            "status": self.status,
            "createdAt": at,
            "lastUpdatedAt": at,
            "marketplaceIds": ["A1PA6795UKMFR9"],
            "sourceAddress": _PRIVATE,
        }

    def shipment_id(self, name: str) -> str:
        """The API's own id of a shipment."""
        return f"sh{uuid5(NAMESPACE_URL, f'{self.plan_id}/{name}')}"


@dataclass
class Answers:
    """The operations, each by its name in the models."""

    files: Files
    reports: Reports
    pages: Pages = field(default_factory=Pages)
    cases: list[dict[str, Any]] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    delivered: dict[str, datetime] = field(default_factory=dict)  # by the carrier's number
    address_holds: int = _ADDRESS_HOLDS
    key: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    now: Callable[[], float] = time.time

    def of(self, operation: str, request: Request, region: str) -> Told:
        """What it says, asked for a region. Raises RefusedRequest."""
        say: Callable[[Request, str], Told] = getattr(self, f"_{operation}")
        return say(request, region)

    def _createReport(self, request: Request, region: str) -> Told:  # noqa: N802
        asked = request.get_json()
        shop = BY_ID.get(asked["marketplaceIds"][0])
        if shop is None or shop.region != region or asked["reportType"] not in KINDS:
            raise RefusedRequest(400, "InvalidInput")
        for name in ("dataStartTime", "dataEndTime"):
            if name in asked and datetime.fromisoformat(asked[name]) > datetime.now(UTC):
                raise RefusedRequest(400, "InvalidInput")
        return 202, {"reportId": self.reports.order(asked, shop).report_id}

    def _getReport(self, request: Request, _region: str) -> Told:  # noqa: N802
        report = self.reports.made.get(request.path.rpartition("/")[2])
        if report is None:
            raise RefusedRequest(404, "NotFound")
        return 200, report.told()

    def _getReports(self, request: Request, region: str) -> Told:  # noqa: N802
        query = request.args
        if "nextToken" in query:
            if len(query) > 1:
                raise RefusedRequest(400, "InvalidInput")
            page, token = self.pages.next(query["nextToken"])
        else:
            since = datetime.fromisoformat(query.get("createdSince", "2000-01-01T00:00:00+00:00"))
            if (datetime.now(UTC) - since).days >= 90:
                raise RefusedRequest(400, "InvalidInput")
            ids = set(filter(None, query.get("marketplaceIds", "").split(",")))
            types = set(query["reportTypes"].split(","))
            found = self.reports.listed(types, ids, region, since)
            page, token = self.pages.first([one.told() for one in found])
        return 200, {"reports": page, **({"nextToken": token} if token else {})}

    def _getReportDocument(self, request: Request, _region: str) -> Told:  # noqa: N802
        document = request.path.rpartition("/")[2]
        try:
            _, packing = self.reports.document(document)
        except KeyError:
            raise RefusedRequest(404, "NotFound") from None
        told = {"reportDocumentId": document, "url": self._presigned(request, document)}
        return 200, told | ({"compressionAlgorithm": packing} if packing else {})

    def _presigned(self, request: Request, document: str) -> str:
        ends = int(self.now()) + self.address_holds
        host = f"{request.scheme}://{request.host}"
        return f"{host}/documents/{document}?ends={ends}&signature={self._sign(document, ends)}"

    def _sign(self, document: str, ends: int) -> str:
        return hmac.new(self.key, f"{document} {ends}".encode(), sha256).hexdigest()

    def download(self, request: Request) -> Response:
        """A document by its presigned address: 403 after it has ended."""
        document, ends = request.path.rpartition("/")[2], int(request.args.get("ends", "0"))
        if request.args.get("signature") != self._sign(document, ends) or ends < self.now():
            return Response("<Error><Code>AccessDenied</Code></Error>", 403)
        content, _ = self.reports.document(document)
        return Response(content, content_type="text/plain;charset=Cp1252")

    def _getShipments(self, request: Request, region: str) -> Told:  # noqa: N802
        return self._inbound(request, region, self.files.shipments, "ShipmentData")

    def _getShipmentItems(self, request: Request, region: str) -> Told:  # noqa: N802
        return self._inbound(request, region, self.files.items, "ItemData")

    def _inbound(
        self,
        request: Request,
        region: str,
        listed: dict[str, list[tuple[date, dict[str, Any]]]],
        member: str,
    ) -> Told:
        query = request.args
        shop = BY_ID.get(query["MarketplaceId"])
        if shop is None or shop.region != region:
            raise RefusedRequest(400, "InvalidInput")
        match query["QueryType"]:
            case "NEXT_TOKEN":
                page, token = self.pages.next(query["NextToken"])
            case "DATE_RANGE":
                first, last = (
                    datetime.fromisoformat(query[name]).date()
                    for name in ("LastUpdatedAfter", "LastUpdatedBefore")
                )
                found = [one for day, one in listed.get(shop.channel, ()) if first <= day <= last]
                page, token = self.pages.first(found)
            case _:
                raise RefusedRequest(400, "InvalidInput")
        return 200, {"payload": {member: page, **({"NextToken": token} if token else {})}}

    def _getMarketplaceParticipations(self, _request: Request, region: str) -> Told:  # noqa: N802
        shops = [SHOPS[one] for one in sorted(self.files.channels) if SHOPS[one].region == region]
        told = [
            {
                "marketplace": {
                    "id": shop.marketplace_id,
                    "name": shop.name,
                    "countryCode": shop.country,
                    "defaultCurrencyCode": shop.currency,
                    "defaultLanguageCode": "en_US",
                    "domainName": shop.domain,
                },
                "participation": {"isParticipating": True, "hasSuspendedListings": False},
                "storeName": "The fake's store",
            }
            for shop in shops
        ]
        return 200, {"payload": told}

    def _listCases(self, request: Request, _region: str) -> Told:  # noqa: N802
        asked = request.get_json()
        if "nextToken" in asked:
            page, token = self.pages.next(asked["nextToken"])
        else:
            after = asked.get("caseFilters", {}).get("createdDate", {}).get("after", "")
            found = [one for one in self.cases if not after or _not_before(one, after)]
            page, token = self.pages.first(found)
        return 200, {"cases": page, **({"nextToken": token} if token else {})}

    def _listInboundPlans(self, request: Request, _region: str) -> Told:  # noqa: N802
        """Without a status only the active ones, as Amazon does."""
        query = request.args
        if "paginationToken" in query:
            page, token = self.pages.next(query["paginationToken"])
        else:
            status = query.get("status", "ACTIVE")
            found = sorted(self.plans, key=lambda plan: plan.made_at, reverse=True)
            page, token = self.pages.first([one.told() for one in found if one.status == status])
        return 200, {"inboundPlans": page, "pagination": {"nextToken": token} if token else {}}

    def _getInboundPlan(self, request: Request, _region: str) -> Told:  # noqa: N802
        plan = self._plan(request.path.rpartition("/")[2])
        shipments = [{"shipmentId": plan.shipment_id(name), "status": "CLOSED"}
                     for name in plan.shipments]  # fmt: skip
        return 200, plan.told() | {"shipments": shipments}

    def _getShipment(self, request: Request, _region: str) -> Told:  # noqa: N802
        *_, plan_id, _word, shipment_id = request.path.split("/")
        plan = self._plan(plan_id)
        name = next((one for one in plan.shipments if plan.shipment_id(one) == shipment_id), None)
        if name is None:
            raise RefusedRequest(404, "NotFound")
        items = [{"trackingId": one} if one else {"boxId": name} for one in plan.shipments[name]]
        spoken = {"trackingDetails": {"spdTrackingDetail": {"spdTrackingItems": items}}}
        return 200, {
            "shipmentId": shipment_id,
            "shipmentConfirmationId": name,
            "placementOptionId": f"pl{uuid5(NAMESPACE_URL, name)}",
            "destination": {"destinationType": "AMAZON_WAREHOUSE", "warehouseId": "LEJ1"},
            "source": {"sourceType": "SELLER_FACILITY", "address": _PRIVATE},
            "status": "CLOSED",
            # Of a parcel of its own carrier Amazon tells no number.
            **(spoken if items else {}),
        }

    def _plan(self, plan_id: str) -> Plan:
        plan = next((one for one in self.plans if one.plan_id == plan_id), None)
        if plan is None:
            raise RefusedRequest(404, "NotFound")
        if plan.is_elsewhere:
            raise RefusedRequest(400, "BadRequest")
        return plan

    def _getShipmentTracking(self, request: Request, _region: str) -> Told:  # noqa: N802
        number = request.args.get("carrierTracking.trackingNumber", "")
        if number not in self.delivered:
            raise RefusedRequest(404, "NotFound")
        at = f"{self.delivered[number]:%Y-%m-%dT%H:%M:%SZ}"
        milestone = {"status": {"code": "DELIVERED", "description": "Delivered."}, "occurredAt": at}
        identifier = {"carrierTracking": {"trackingNumber": number}}
        detail = {"identifier": identifier, "milestoneHistory": [milestone]}
        return 200, {"trackingDetail": detail}

    def _rotateApplicationClientSecret(self, _request: Request, _region: str) -> Told:  # noqa: N802
        return 204, None


def _not_before(case: dict[str, Any], after: str) -> bool:
    return datetime.fromisoformat(case["createdDate"]) >= datetime.fromisoformat(after)


def case(case_id: str, status: str, created: datetime, updated: datetime) -> dict[str, Any]:
    """A case as Amazon keeps it, with all that is nobody's business."""
    return {
        "caseId": case_id,
        "status": status,
        "subject": "A private subject of the seller",
        "primaryEmail": "seller.private@example.com",
        "ccEmails": ["another.private@example.com"],
        "createdDate": created.isoformat(timespec="seconds"),
        "lastUpdatedDate": updated.isoformat(timespec="seconds"),
    }


def as_body(told: Any) -> str:
    """JSON; nothing of nothing."""
    return "" if told is None else json.dumps(told)
