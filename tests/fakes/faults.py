"""What goes wrong at a fake when it is told to: of one operation, the next times it is asked.

A fault stands before the operation (throttled, in trouble, slow) or behind it (an answer that is
cut, or says more than any model). What is not as the model says is not checked against it.
"""

import json
import random
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from threading import Lock
from typing import Protocol

from werkzeug import Request, Response

Answer = Callable[[], Response]
# Told how the operation would answer; answers in its place.
Fault = Callable[[Answer], Response]


class Trouble(Protocol):
    """Decides of each question what happens to it."""

    def meet(self, operation: str, request: Request) -> Fault | None: ...


@dataclass
class Faults:
    """By operation, what happens to its next questions; None: nothing does."""

    waiting: dict[str, deque[Fault | None]] = field(default_factory=lambda: defaultdict(deque))
    happened: list[str] = field(default_factory=list)
    chance: Trouble | None = None
    _lock: Lock = field(default_factory=Lock)

    def add(self, operation: str, *faults: Fault | None) -> None:
        """Each meets one question, in this order."""
        with self._lock:
            self.waiting[operation].extend(faults)

    def meet(self, operation: str, request: Request) -> Fault | None:
        """What happens to this question."""
        with self._lock:
            waiting = self.waiting[operation]
            fault = waiting.popleft() if waiting else None
            if fault is None and self.chance is not None:
                fault = self.chance.meet(operation, request)
            if fault is not None:
                self.happened.append(operation)
        return fault


@dataclass
class Chance:
    """Now and then, by a seed: a share of all questions meets one of these."""

    faults: tuple[Fault, ...]
    share: float
    seed: int

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)  # noqa: S311  the same again, not a secret

    def meet(self, operation: str, request: Request) -> Fault | None:  # noqa: ARG002
        return self._dice.choice(self.faults) if self._dice.random() < self.share else None


def answered(status: int, body: object, **headers: str) -> Fault:
    """This answer in place of the right one; of a header's name - is written _."""
    told = {name.replace("_", "-"): value for name, value in headers.items()}

    def answer(_real: Answer) -> Response:
        return Response(json.dumps(body), status, headers=told, content_type="application/json")

    return answer


def date_in(seconds: float) -> str:
    """A moment as HTTP writes it."""
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


def slow(seconds: float) -> Fault:
    """The right answer, later."""

    def answer(real: Answer) -> Response:
        time.sleep(seconds)
        return real()

    return answer


def cut(share: float = 0.5) -> Fault:
    """The answer ends before its end, and the line with it."""

    def answer(real: Answer) -> Response:
        whole = real()
        content = whole.get_data()

        def some() -> Iterator[bytes]:
            yield content[: int(len(content) * share)]

        headers = {"content-length": str(len(content))}
        return Response(some(), whole.status_code, headers, content_type=whole.content_type)

    return answer


def with_member(name: str, *path: str | int) -> Fault:
    """The right answer, with a member that no model has, at this path in it."""

    def change(told: object) -> object:
        place = told
        for step in path:
            place = place[step]  # type: ignore[index]
        place[name] = "new"  # type: ignore[index]
        return told

    return changed(change)


def changed(change: Callable[[object], object]) -> Fault:
    """The right answer, changed: not checked."""

    def answer(real: Answer) -> Response:
        whole = real()
        body = json.dumps(change(json.loads(whole.get_data())))
        return Response(body, whole.status_code, content_type="application/json")

    return answer
