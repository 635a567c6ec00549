"""Where a request may stand, which step may follow, and what each is called."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Status = Literal["new", "need_info", "answered", "ready", "active", "declined"]
Step = Literal[
    "take", "release", "hand over", "check", "note", "ask", "answer", "ready", "activate", "decline"
]
CheckState = Literal["done", "missing", "not_needed"]

OPEN: Final[tuple[Status, ...]] = ("new", "need_info", "answered", "ready")
SETTLED: Final[tuple[Status, ...]] = ("active", "declined")

# From which status each step may be taken; a settled request stays as it is.
ALLOWED: Final[Mapping[Step, tuple[Status, ...]]] = {
    "take": OPEN,
    "release": OPEN,
    "hand over": OPEN,
    "check": OPEN,
    "note": OPEN,
    "ask": OPEN,
    "answer": ("need_info",),
    "ready": ("new", "need_info", "answered"),
    "activate": ("ready",),
    "decline": OPEN,
}


@dataclass(frozen=True)
class RequestKey:
    """One request: never its number alone, so that no other account's is ever meant."""

    account_id: int
    request_id: int


@dataclass(frozen=True)
class Standing:
    """Where a request is now, with the number that its next step must name."""

    status: Status
    version: int
    taken_by: int | None
    taken_by_name: str | None


@dataclass(frozen=True)
class StepOutcome:
    """What became of a step. `changed`: somebody was faster; nothing of theirs was overwritten."""

    state: Literal["done", "changed", "refused"]
    reason: str = ""
    now: Standing | None = None

    @property
    def is_done(self) -> bool:
        return self.state == "done"
