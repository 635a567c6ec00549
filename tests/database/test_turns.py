"""Many at once share few connections: all are served, in turn, and a wait is told."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from services.database import turns
from services.database.engine import Database
from services.database.tables import ROLES
from services.database.trouble import is_busy
from services.database.turns import BusyError, Turns, budget, fits, shares, telling

PEOPLE = 150
# A server that allows 97, for two processes.
CONNECTIONS = budget(97, 2)


@pytest.fixture
def crowded(database: Database) -> Database:
    """The budget of a process on a server of the usual size."""
    crowd = Database(database.urls)
    crowd.share_out(CONNECTIONS)
    return crowd


def open_connections(database: Database) -> int:
    with database.owning() as connection:
        return int(
            connection.execute(
                text(
                    "select count(*) from pg_stat_activity where application_name = 'app'"
                    " and datname = current_database()"
                )
            ).scalar_one()
        )


def look(database: Database, waits: list[float], together: threading.Barrier) -> int:
    """One person's page: a snapshot, with a question that opens one of its own."""

    def told(seconds: float | None) -> None:
        if seconds is not None:
            waits.append(seconds)

    together.wait(60)
    with telling(told), database.reading(1) as connection:
        connection.execute(text("select pg_sleep(0.02)"))
        with database.listing_accounts(), database.reading(1) as within:
            return int(within.execute(text("select 1")).scalar_one())


def test_150_at_once_are_all_served_with_the_connections_there_are(
    crowded: Database, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "UNTOLD_SECONDS", 0.02)
    monkeypatch.setattr(turns, "TELL_EVERY_SECONDS", 0.02)
    before = open_connections(database)
    waits: list[float] = []
    together = threading.Barrier(PEOPLE)
    try:
        with ThreadPoolExecutor(PEOPLE) as people:
            served = list(people.map(lambda _: look(crowded, waits, together), range(PEOPLE)))
        assert served == [1] * PEOPLE
        assert waits, "nobody was told to wait"
        assert open_connections(database) - before <= crowded.share("app")
    finally:
        crowded.dispose()


def test_who_waits_in_vain_is_told_that_it_is_busy_and_not_away(
    crowded: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "UNTOLD_SECONDS", 0.01)
    monkeypatch.setattr(turns, "TELL_EVERY_SECONDS", 0.01)
    monkeypatch.setattr(turns, "PATIENCE_SECONDS", 0.1)
    leave = threading.Event()
    inside = threading.Semaphore(0)

    def stay() -> None:
        with crowded.listing_accounts():
            inside.release()
            leave.wait(60)

    with ThreadPoolExecutor(50) as people:
        stayed = [people.submit(stay) for _ in range(crowded.share("access") - 1)]
        for _ in stayed:
            assert inside.acquire(timeout=30)
        try:
            with pytest.raises(BusyError) as caught, crowded.listing_accounts():
                pass
            assert is_busy(caught.value)
            assert crowded.ready() == (True, "ready, with all connections in use")
        finally:
            leave.set()
    crowded.dispose()


def test_who_comes_again_and_again_does_not_come_before_who_waits() -> None:
    gate, over = Turns(2), threading.Event()

    def come_again() -> None:
        while not over.is_set():
            with gate.turn():
                time.sleep(0.001)

    with ThreadPoolExecutor(1) as greedy:
        greedy.submit(come_again)
        begun = time.monotonic()
        try:
            for _ in range(20):
                with gate.turn():
                    pass
        finally:
            over.set()
    assert time.monotonic() - begun < 5


def test_who_leaves_the_line_gives_the_turn_to_the_next() -> None:
    gate = Turns(2)

    def leave(_seconds: float | None) -> None:
        raise InterruptedError

    def impatient() -> None:
        with telling(leave), gate.turn():
            pass

    with ThreadPoolExecutor(2) as others:
        with gate.turn():
            left = others.submit(impatient)
            assert isinstance(left.exception(30), InterruptedError)
            waits = others.submit(lambda: gate.turn().__enter__())
        assert waits.result(30) is None


def test_what_answers_and_has_no_time_is_not_away(database: Database) -> None:
    with (
        pytest.raises(OperationalError) as slow,
        database.reading(1, seconds=1) as connection,
    ):
        connection.execute(text("select pg_sleep(20)"))
    assert is_busy(slow.value)
    assert not is_busy(psycopg.OperationalError("connection refused"))
    assert is_busy(psycopg.OperationalError("FATAL:  sorry, too many clients already"))


@pytest.mark.parametrize("allowed", [20, 97, 197, 497])
@pytest.mark.parametrize("processes", [1, 2, 5, 12])
def test_all_processes_together_stay_within_what_the_server_allows(
    allowed: int, processes: int
) -> None:
    each = shares(budget(allowed, processes))
    within = sum(each.values()) * processes + turns.SET_ASIDE <= allowed
    assert within or not fits(allowed, processes)
    assert min(each.values()) >= turns.LEAST, "each role can be asked for something"


def test_the_pools_hold_what_was_shared_out(database: Database) -> None:
    assert 1 < database.server_allows() < 10_000
    database.share_out(60)
    sizes = {role: getattr(database, f"_{role}").pool.size() for role in ("owner", *ROLES)}
    assert sizes == {role: database.share(role) for role in sizes}
    assert sum(sizes.values()) + database.share("queue") <= 60
    assert not any(getattr(database, f"_{role}").pool._max_overflow for role in sizes)
