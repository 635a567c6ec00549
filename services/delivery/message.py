"""What the help desk reads: whom to answer, about which channel, and what has just happened."""

from typing import Any

from pydantic import AnyHttpUrl

from services.delivery.queries import Waiting
from services.delivery.webhook import Message


def message_of(waiting: Waiting, public_url: AnyHttpUrl | None) -> Message:
    """The step with its request, as it is now. What is internal stays here: no note, no list."""
    return Message(
        waiting.message_id,
        f"activation_request.{waiting.kind}",
        waiting.at,
        {
            "account": {
                "id": waiting.account_id,
                "name": waiting.account_name,
                "is_sample": waiting.is_sample,
            },
            "channel": {"code": waiting.channel, "name": waiting.channel_name},
            "request": _request(waiting, public_url),
            "event": {
                "id": waiting.event_id,
                "kind": waiting.kind,
                "at": waiting.at.isoformat(),
                "by": waiting.by_name,
                "note": None if waiting.is_internal else waiting.note,
            },
        },
    )


def _request(waiting: Waiting, public_url: AnyHttpUrl | None) -> dict[str, Any]:
    query = f"account={waiting.account_id}&request={waiting.request_id}"
    return {
        "id": waiting.request_id,
        "status": waiting.status,
        "requested_at": waiting.requested_at.isoformat(),
        "contact_name": waiting.contact_name,
        "email": waiting.email,
        "phone": waiting.phone,
        "preferred_time": waiting.preferred_time,
        "time_zone": waiting.time_zone,
        "start_with": waiting.start_with,
        "message": waiting.message,
        "link": f"{str(public_url).rstrip('/')}/requests?{query}" if public_url else None,
    }
