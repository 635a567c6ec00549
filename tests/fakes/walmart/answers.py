"""What each operation answers when nothing goes wrong."""

import calendar
import json
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from werkzeug import Request, Response

from sample.text import zipped
from tests.fakes.walmart.access import Access
from tests.fakes.walmart.files import Files
from tests.fakes.walmart.orders import Orders

CONSENT: Final = "/authorize"
DOWNLOADS: Final = "/v3/reports/getReport/"
_SINCE_ALWAYS: Final = "2000-01-01T00:00:00Z"
_FOR_EVER: Final = "2100-01-01T00:00:00Z"
_ORDERS_A_PAGE: Final = 10

Records = list[dict[str, Any]]


class Answers:
    """Walmart's side of each operation.

    shuffled_by: a seed by which every list is in another order; most_a_page: of returns;
    before: the last answer of each operation; misfit: told of what Walmart would not have us do.
    """

    def __init__(self, folder: Path, misfit: Callable[[str], None]) -> None:
        self.address = ""
        self.access = Access()
        self.files = Files(folder)
        self.orders = Orders(self.files)
        self.shuffled_by: int | None = None
        self.most_a_page = 200
        self.before: dict[str, Response] = {}
        self._misfit = misfit
        self._of: dict[str, Callable[[Request], Response]] = {
            "consent": self._consent,
            "download": self._download,
            "tokenAPI": self._token,
            "getTokenDetail": self._detail,
            "generateReport": self._order,
            "getRequestsStatus": self._ordered,
            "getSingleRequestStatus": self._status,
            "downloadReport": self._address_of,
            "getAvailableReconReportDates": self._dates,
            "getReconReport": self._recon,
            "getInventoryReconciliationReport": self._month,
            "getReturns": self._returns,
            "getInboundShipments": lambda asked: self._listed(self.files.shipments, asked),
            "getInboundShipmentItems": lambda asked: self._listed(self.files.items, asked),
        }

    def answer(self, operation: str, request: Request) -> Response:
        """The right answer."""
        response = self._of[operation](request)
        self.before[operation] = response
        return response

    # Who may ask -----------------------------------------------------------------------------

    def _consent(self, request: Request) -> Response:
        """The page on which a seller allows our app: a link that leads back."""
        asked = request.args
        named = {"responseType", "clientId", "redirectUri", "clientType", "nonce", "state"}
        missing = sorted(named - asked.keys())
        if missing or asked["clientId"] != self.access.app[0] or asked["clientType"] != "seller":
            self._misfit(f"consent: {missing} missing, or not our app")
            return Response("This app is not known.", 400)
        back = {
            "code": self.access.code_for(asked["redirectUri"]),
            "type": "auth",
            "clientId": asked["clientId"],
            "sellerId": self.access.seller,
            "state": asked["state"],
        }
        link = escape(f"{asked['redirectUri']}?{urlencode(back)}")
        page = (
            '<!doctype html><html lang="en"><title>Walmart</title>'
            f'<h1>Allow the app to read your data?</h1><a href="{link}">Allow access</a>'
        )
        return Response(page, content_type="text/html; charset=utf-8")

    def _token(self, request: Request) -> Response:
        told_by = request.authorization
        client = (told_by.username or "", told_by.password or "") if told_by else ("", "")
        seller = request.headers.get("WM_PARTNER.ID", "")
        answer = self.access.token(client, request.form.to_dict(), seller)
        if isinstance(answer, str):
            return told({"error": answer, "error_description": " ".join(client)}, 400)
        return told(answer)

    def _detail(self, _request: Request) -> Response:
        now = int(time.time())
        return told(
            {
                "scopes": self.access.scopes,
                "issued_at": str(now * 1000),
                "expire_at": str((now + self.access.lasts) * 1000),
                "is_valid": True,
                "is_channel_match": True,
            }
        )

    # Reports on request ----------------------------------------------------------------------

    def _order(self, request: Request) -> Response:
        order = self.orders.order(request.args["reportType"], request.get_json())
        return told(self.orders.told(order, asked=False))

    def _ordered(self, request: Request) -> Response:
        """The list of orders, page by page as the cursor says."""
        asked = request.args.to_dict()
        page = int(asked.get("page", "1"))
        since = datetime.fromisoformat(asked.get("requestSubmissionStartDate", _SINCE_ALWAYS))
        until = datetime.fromisoformat(asked.get("requestSubmissionEndDate", _FOR_EVER))
        found = [
            self.orders.told(one, asked=False)
            for one in list(self.orders.made.values())
            if one.report_type == asked["reportType"]
            and since <= one.submitted.replace(microsecond=0) <= until
        ]
        answer: dict[str, Any] = {"page": page, "totalCount": len(found), "limit": _ORDERS_A_PAGE}
        if len(found) > page * _ORDERS_A_PAGE:
            answer["nextCursor"] = urlencode({**asked, "page": page + 1, "limit": _ORDERS_A_PAGE})
        start = (page - 1) * _ORDERS_A_PAGE
        return told({**answer, "requests": found[start : start + _ORDERS_A_PAGE]})

    def _status(self, request: Request) -> Response:
        order = self.orders.made.get(request.path.rpartition("/")[2])
        if order is None:
            return refused(404, "CONTENT_NOT_FOUND.GMP_REPORT_API")
        return told(self.orders.told(order, asked=True))

    def _address_of(self, request: Request) -> Response:
        request_id = request.args["requestId"]
        secret = self.access.code_for(request_id)
        return told(
            {
                "requestId": request_id,
                "requestStatus": "READY",
                "reportType": self.orders.made[request_id].report_type,
                "reportVersion": "v1",
                "downloadURL": f"{self.address}{DOWNLOADS}{request_id}.zip?sig={secret}",
                "downloadURLExpirationTime": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
            }
        )

    def _download(self, request: Request) -> Response:
        if "WM_SEC.ACCESS_TOKEN" in request.headers:
            self._misfit("download: the token went along")
        request_id = request.path.rpartition("/")[2].removesuffix(".zip")
        if self.access.codes.get(request.args.get("sig", "")) != request_id:
            return refused(403, "FORBIDDEN.GMP_GATEWAY_API")
        order = self.orders.made[request_id]
        return file(zipped(self.orders.content(order), f"{order.report_type}_{request_id}.csv"))

    # Files and lists that are there ----------------------------------------------------------

    def _dates(self, _request: Request) -> Response:
        in_no_order = sorted(self.files.recon, key=lambda said: said[::-1])
        return told({"availableApReportDates": in_no_order})

    def _recon(self, request: Request) -> Response:
        path = self.files.recon.get(request.args["reportDate"])
        return file(path.read_bytes()) if path else refused(404, "CONTENT_NOT_FOUND.GMP_REPORT_API")

    def _month(self, request: Request) -> Response:
        first = datetime.strptime(request.args["monthYear"], "%m-%Y").replace(tzinfo=UTC)
        days = calendar.monthrange(first.year, first.month)[1]
        return file(self.files.reconciliation((first, first.replace(day=days, hour=23))))

    def _returns(self, request: Request) -> Response:
        asked = request.args.to_dict()
        span = (
            datetime.fromisoformat(asked.get("returnCreationStartDate", _SINCE_ALWAYS)),
            datetime.fromisoformat(asked.get("returnCreationEndDate", _FOR_EVER)),
        )
        offset, limit = int(asked.get("offset", "0")), min(int(asked["limit"]), self.most_a_page)
        records = self._in_order(self.files.returns(span))
        meta: dict[str, Any] = {"totalCount": len(records), "limit": limit}
        if offset + limit < len(records):
            cursor = {**asked, "sellerId": self.access.seller, "offset": offset + limit}
            meta["nextCursor"] = f"?{urlencode(cursor)}"
        return told({"meta": meta, "returnOrders": records[offset : offset + limit]})

    def _listed(self, records: Records, request: Request) -> Response:
        offset, limit = int(request.args["offset"]), int(request.args["limit"])
        headers = {"totalCount": len(records), "limit": limit, "offset": offset}
        return told({"headers": headers, "payload": self._in_order(records)[offset:][:limit]})

    def _in_order(self, records: Records) -> Records:
        if self.shuffled_by is None:
            return records
        return random.Random(self.shuffled_by).sample(records, len(records))  # noqa: S311


def told(members: dict[str, Any], status: int = 200) -> Response:
    """An answer in JSON."""
    return Response(json.dumps(members), status, content_type="application/json")


def file(content: bytes) -> Response:
    """A file."""
    return Response(content, content_type="application/octet-stream")


def refused(status: int, code: str, description: str = "") -> Response:
    """A refusal; Walmart's name what they refuse, which no message of ours may repeat."""
    error = {"code": code, "description": description, "category": "REQUEST", "severity": "ERROR"}
    return told({"error": [error]}, status)
