"""Returns as Walmart answers them."""

from collections.abc import Mapping


def money(amount: float) -> dict[str, object]:
    return {"currencyAmount": amount, "currencyUnit": "USD"}


def charge(amount: float, category: str = "PRODUCT", **more: object) -> dict[str, object]:
    return {
        "chargeCategory": category,
        "chargeName": "ItemPrice",
        "chargePerUnit": money(amount),
        "isDiscount": False,
        "isBillable": True,
        "tax": [{"taxName": "Tax1", "taxPerUnit": money(1.5)}],
    } | more


def return_line(number: int = 1, **more: object) -> dict[str, object]:
    return {
        "returnOrderLineNumber": number,
        "purchaseOrderId": "4790210558890",
        "purchaseOrderLineNumber": 1,
        "returnReason": "DAMAGED",
        "item": {"sku": f"SKU-{number}", "productName": "Mug"},
        "charges": [charge(19.95)],
        "unitPrice": money(19.95),
        "quantity": {"unitOfMeasure": "EACH", "measurementValue": 3},
        "refundedQty": 2,
        "isKeepIt": False,
        "returnExpectedFlag": True,
        "status": "INITIATED",
        "statusTime": "2026-05-03T05:45:45.000Z",
        "returnTrackingDetail": [],
    } | more


def returned(*lines: Mapping[str, object], order: str = "R-1") -> dict[str, object]:
    return {
        "returnOrderId": order,
        "customerOrderId": "C-1",
        "returnType": "REFUND",
        "returnOrderDate": "2026-05-01T01:01:08.000Z",
        "returnByDate": "2026-05-31T01:01:06.000Z",
        "returnOrderLines": list(lines),
    }
