"""Activation requests: where they stand, and the items of their checklist."""

from collections.abc import Mapping
from typing import Final

STATUS_WORDS: Final[Mapping[str, str]] = {
    "new": "New",
    "need_info": "Waiting for the seller",
    "answered": "Answered",
    "ready": "Ready to start",
    "active": "Active",
    "declined": "Declined",
}
CHECK_WORDS: Final[Mapping[str, str]] = {
    "done": "Done",
    "missing": "Missing",
    "not_needed": "Not needed",
}


def title_of(*, settled: bool) -> str:
    return "Settled requests" if settled else "Open requests"
