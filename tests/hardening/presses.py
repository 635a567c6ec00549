"""Sixty people press "How to claim" of one channel at once, some of them twice."""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import Barrier
from typing import Final

from sqlalchemy import text

from services.access.rights import Role
from services.access.viewer import Account, Person, Viewer
from services.activation.asking import Outcome, ask
from services.database.engine import Database
from tests.common.worlds.activation import a_request, add_account, add_channel, add_person
from tests.hardening.ground import Ground
from tests.hardening.trial import HELD, Attempts, Trial
from tests.hardening.worker_killed import help_desk

PEOPLE: Final = 60
PROCESSES: Final = 2  # each with connections of its own, as two processes of a server have
TWICE: Final = 0.25  # of the people press again at once


def attempts(ground: Ground, count: int | None, chance: Random) -> Attempts:
    with ground.database() as database, help_desk():
        processes = [database, *(Database(database.urls) for _ in range(PROCESSES - 1))]
        try:
            people = [
                add_person(database, f"Presser-{number}", Role.SELLER) for number in range(PEOPLE)
            ]
            made, rounds = 0, 0
            while made < (count or 0):
                pressed = _round(processes, people, rounds, chance)
                yield from pressed[: (count or 0) - made]
                made, rounds = made + len(pressed), rounds + 1
        finally:
            for other in processes[1:]:
                other.dispose()


def _round(
    processes: Sequence[Database], people: Sequence[int], number: int, chance: Random
) -> list[str]:
    """One channel, pressed by everybody: what was wrong with each press."""
    database = processes[0]
    account_id = add_account(database, f"Pressed {number}")
    add_channel(database, account_id)
    pressing = [*people, *(one for one in people if chance.random() < TWICE)]
    chance.shuffle(pressing)
    at_once = Barrier(len(pressing))

    def press(position: int) -> Outcome | str:
        who = _seller(pressing[position], account_id)
        at_once.wait(60)
        try:
            return ask(
                processes[position % len(processes)], who, account_id, "amazon-us", a_request()
            )
        except Exception as problem:  # an error page in the place of an answer
            return f"{type(problem).__name__}: {problem}"

    with ThreadPoolExecutor(len(pressing)) as crowd:
        told = list(crowd.map(press, range(len(pressing))))
    stands = _stands(database, account_id)
    return [_judged(one, stands) for one in _with_winners(told)]


def _seller(person_id: int, account_id: int) -> Viewer:
    person = Person(
        person_id,
        f"Presser {person_id}",
        f"{person_id}@example.com",
        frozenset({Role.SELLER}),
        every_account=False,
        is_local=False,
    )
    return Viewer(person, (Account(account_id, "Pressed", is_sample=False),))


def _with_winners(told: Sequence[Outcome | str]) -> list[tuple[Outcome | str, int]]:
    """Each answer, and how many were told that the request is theirs."""
    states = Counter(one.state for one in told if isinstance(one, Outcome))
    return [(one, states["asked"]) for one in told]


_STANDS: Final = text("""
    select array(select request_id from activation_request where account_id = :account_id)
            as requests,
        array(select request_id || ' ' || kind from activation_event
            where account_id = :account_id) as events,
        array(select request_id || ' ' || message_id from delivery where account_id = :account_id)
            as messages,
        (select count(*) from jobs.procrastinate_jobs
            where (args ->> 'account_id')::bigint = :account_id) as jobs
""")


def _stands(database: Database, account_id: int) -> tuple[list[int], str]:
    """The channel's requests, and what is wrong with what was written of them."""
    with database.owning() as connection:
        row = connection.execute(_STANDS, {"account_id": account_id}).one()
    counts = (len(row.requests), len(row.events), len(row.messages), int(row.jobs))
    wrong = "" if counts == (1, 1, 1, 1) else (
        f"requests {row.requests}, events {row.events}, messages {row.messages}, {row.jobs} jobs"
    )  # fmt: skip
    return list(row.requests), wrong


def _judged(pressed: tuple[Outcome | str, int], stands: tuple[list[int], str]) -> str:
    (told, winners), (requests, wrong) = pressed, stands
    if isinstance(told, str):
        return f"an error in the place of an answer: {told}"
    if told.state == "asked" and (wrong or winners != 1):
        return f"{winners} were told that it is theirs; {wrong}"
    is_true = told.state in ("asked", "already_open") and [told.request_id] == requests
    return HELD if is_true else f"told {told}; there is {requests}"


TRIAL: Final = Trial(
    "presses",
    "one channel's request pressed by 60 people at once, some twice: one request, one message, and"
    " everybody else is told which one is open",
    short=60,
    long=1_000,
    attempts=attempts,
)
