"""Workers killed while they send: each message arrives, in order, and at most the one that was on
its way comes twice, under the same number (docs/delivery.md)."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from random import Random
from typing import Final

from sqlalchemy import text

from services.database.engine import Database
from services.settings import settings
from tests.common.serving.receiver import SECRET, Receiver, answer, receiving
from tests.common.working import said_by_a_worker
from tests.common.worlds.delivery import as_if_it_were_time, asked
from tests.hardening.ground import Ground
from tests.hardening.processes import end, environment_of, started
from tests.hardening.trial import HELD, Attempts, Trial

# Each request's steps, in order; all of them are told.
STEPS: Final = ("requested", "taken", "asked", "answered", "ready")
REQUESTS: Final = 3
_START_SECONDS: Final = 300  # on a machine that does much else
# How long the help desk takes to answer, in seconds.
_SHORTEST_ANSWER: Final = 0.05
_LONGEST_ANSWER: Final = 0.3
# Seconds after the first message within which the worker is killed: while that one is on its way,
# or at any time until all have arrived.
_MOMENTS: Final = 5


def attempts(ground: Ground, count: int | None, chance: Random) -> Attempts:
    with ground.database() as database, help_desk() as receiver:
        for number in range(count or 0):
            yield _killed_and_made_up_for(database, receiver, chance, number)


@contextmanager
def help_desk() -> Iterator[Receiver]:
    """A help desk on loopback, set up for this process and those it starts."""
    with (
        receiving() as receiver,
        _environment({"HELP_DESK_URL": receiver.address, "HELP_DESK_SECRET": SECRET}),
    ):
        yield receiver


@contextmanager
def _environment(changed: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(changed)
    settings.cache_clear()
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        settings.cache_clear()


def _killed_and_made_up_for(
    database: Database, receiver: Receiver, chance: Random, number: int
) -> str:
    messages = _steps_taken(database, number)
    already = len(receiver.tries)
    pause = chance.uniform(_SHORTEST_ANSWER, _LONGEST_ANSWER)
    receiver.answers.extend(_slowly(pause) for _ in range(60))
    receiver.arrived.clear()
    moment = chance.choice((chance.uniform(0, pause), chance.uniform(0, _MOMENTS)))
    worker = started(environment_of(database), "worker")
    try:
        arrived = receiver.arrived.wait(_START_SECONDS)
        time.sleep(moment)
    finally:
        end(worker)
    if not arrived:
        return "the worker took up nothing"
    receiver.answers.clear()
    _as_if_long_dead(database)
    as_if_it_were_time(database)
    said_by_a_worker(database)
    told = f"killed {moment:.2f} s after the first message: "
    # Killed in mid-sentence, it sends half a message, which the receiver refuses by its signature.
    whole = [one for one, _ in receiver.tries[already:] if one != "refused"]
    wrong = _wrong(database, messages, whole)
    return f"{told}{wrong}" if wrong else HELD


def _steps_taken(database: Database, number: int) -> dict[str, list[str]]:
    """The numbers of each request's messages, in order."""
    messages = {}
    for one in range(REQUESTS):
        request = asked(database, f"Killed {number}-{one}")
        events = [request.step(kind) for kind in STEPS]
        messages[f"request {one}"] = [f"msg_{request.account_id}_{event}" for event in events]
    return messages


def _slowly(seconds: float) -> Callable[[BaseHTTPRequestHandler], None]:
    def act(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(seconds)
        answer(handler, 204)

    return act


def _as_if_long_dead(database: Database) -> None:
    """Half a minute without a sign of life is waited for; nothing else about it is of interest."""
    with database.working() as connection:
        connection.execute(
            text("update jobs.procrastinate_workers set last_heartbeat = now() - interval '1 min'")
        )


def _wrong(database: Database, messages: dict[str, list[str]], tries: list[str]) -> str:
    every = [one for numbers in messages.values() for one in numbers]
    with database.working() as connection:
        waiting = connection.execute(
            text("select message_id || ' ' || state from delivery where state <> 'delivered'")
        ).scalars()
        if left := list(waiting):
            return f"not delivered: {left}"
    if set(tries) != set(every):
        return f"lost: {set(every) - set(tries)}; of nobody: {set(tries) - set(every)}"
    for request, numbers in messages.items():
        again = [one for one in tries if one in numbers]
        if len(again) > len(numbers) + 1:  # of each request, one is on its way at a time
            return f"sent again by one death, {request}: {again}"
        first_heard = sorted(numbers, key=tries.index)
        if first_heard != numbers:
            return f"out of order, {request}: {first_heard}, not {numbers}"
    return HELD


TRIAL: Final = Trial(
    "worker",
    "the worker killed while it sends: every message arrives, in order, and what was on its way at"
    " most once more under its number",
    short=1,
    long=50,
    attempts=attempts,
)
