"""Calls: for account managers, with their own clients, once each; sellers never read a note."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from services.access.rights import Role
from services.access.viewer import NotAllowedError, Viewer
from services.calls.log import (
    LONGEST_NOTE,
    MOST_A_DAY,
    CallRefusedError,
    NewCall,
    calls_before,
    calls_with,
    log_call,
    undo_call,
)
from services.database.engine import Database
from services.database.tables import ROLES
from tests.common.worlds.activation import add_account, add_channel
from tests.common.worlds.calls import viewer

TODAY = datetime.now(UTC).date()


def a_call(entry: str = "entry-one", note: str = "Call back on Monday", days: int = 0) -> NewCall:
    return NewCall(TODAY - timedelta(days=days), note, entry)


@pytest.fixture
def account(database: Database) -> int:
    return add_account(database)


def test_a_call_is_kept_with_who_and_when_the_latest_first(
    database: Database, account: int
) -> None:
    grace = viewer(database, Role.MANAGER, account)
    log_call(database, grace, account, a_call("entry-one", "First", days=40))
    log_call(database, grace, account, a_call("entry-two", "  <b>Second</b>\0 "))
    calls = calls_with(database, grace, account)
    assert [(one.held_on, one.note) for one in calls] == [
        (TODAY, "<b>Second</b>"),
        (TODAY - timedelta(days=40), "First"),
    ]
    assert {one.by_name for one in calls} == {"Account manager"}


def test_the_same_form_sent_twice_logs_one_call(database: Database, account: int) -> None:
    grace = viewer(database, Role.MANAGER, account)
    assert log_call(database, grace, account, a_call())
    assert not log_call(database, grace, account, a_call())
    assert len(calls_with(database, grace, account)) == 1


def days_before(database: Database, someone: Viewer, account: int, today: date) -> list[date]:
    return [one.held_on for one in calls_before(database, someone, account, today)]


def test_a_call_goes_on_for_its_day_and_is_the_last_one_from_the_next(
    database: Database, account: int
) -> None:
    grace = viewer(database, Role.MANAGER, account)
    earlier = TODAY - timedelta(days=9)
    log_call(database, grace, account, a_call("entry-old", "Before", days=9))
    log_call(database, grace, account, a_call("entry-old-2", "The same day", days=9))
    log_call(database, grace, account, a_call("entry-now"))
    assert days_before(database, grace, account, TODAY) == [earlier]
    tomorrow = TODAY + timedelta(days=1)
    assert days_before(database, grace, account, tomorrow) == [TODAY, earlier]
    # For a reader whose day is not over yet, a colleague's call of tomorrow has not been.
    assert days_before(database, grace, account, earlier) == []


def test_a_call_is_undone_once_by_whoever_logged_it_and_stays_on_record(
    database: Database, account: int
) -> None:
    grace = viewer(database, Role.MANAGER, account)
    log_call(database, grace, account, a_call("entry-right", days=9))
    log_call(database, grace, account, a_call("entry-wrong", days=2))
    wrong = calls_with(database, grace, account)[0]
    colleague = Viewer(replace(grace.person, person_id=grace.person_id + 1), grace.accounts)
    assert not undo_call(database, colleague, account, wrong.call_id)
    assert undo_call(database, grace, account, wrong.call_id)
    assert not undo_call(database, grace, account, wrong.call_id)
    assert days_before(database, grace, account, TODAY) == [TODAY - timedelta(days=9)]
    undone, right = calls_with(database, grace, account)
    assert (undone.call_id, undone.undone_at is not None) == (wrong.call_id, True)
    assert right.undone_at is None
    # Nor is an entry that was undone logged again by the same form.
    assert not log_call(database, grace, account, a_call("entry-wrong", days=2))


def test_only_account_managers_with_the_client_may_log_or_read(
    database: Database, account: int
) -> None:
    other = add_account(database, "Somebody else")
    for role in (Role.SELLER, Role.SUPPORT, Role.OPERATOR):
        someone = viewer(database, role, account)
        with pytest.raises(NotAllowedError):
            log_call(database, someone, account, a_call())
        with pytest.raises(NotAllowedError):
            calls_with(database, someone, account)
    grace = viewer(database, Role.MANAGER, account)
    with pytest.raises(NotAllowedError):
        log_call(database, grace, other, a_call())
    with pytest.raises(NotAllowedError):
        calls_with(database, grace, other)
    with pytest.raises(NotAllowedError):
        calls_before(database, grace, other, TODAY)
    assert calls_before(database, grace, account, TODAY) == ()


def test_what_makes_no_sense_is_refused_in_words(database: Database, account: int) -> None:
    grace = viewer(database, Role.MANAGER, account)
    for call, words in (
        (a_call(days=-2), "still to come"),
        (a_call(days=400), "more than a year ago"),
        (a_call(note="x" * (LONGEST_NOTE + 1)), "at most"),
    ):
        with pytest.raises(CallRefusedError, match=words):
            log_call(database, grace, account, call)
    for number in range(MOST_A_DAY):
        log_call(database, grace, account, a_call(f"entry-nr-{number}"))
    with pytest.raises(CallRefusedError, match="logged today"):
        log_call(database, grace, account, a_call("one-too-many"))
    assert not log_call(database, grace, account, a_call("entry-nr-0"))  # pressed again: no refusal


def test_the_database_lets_nobody_else_read_write_or_change_a_call(
    database: Database, account: int
) -> None:
    other = add_account(database, "Somebody else")
    grace = viewer(database, Role.MANAGER, account)
    log_call(database, grace, account, a_call())
    with database.owning() as connection:
        readers = connection.execute(
            text("""
                select name from unnest(cast(:roles as text[])) name
                where has_table_privilege(name, 'client_call', 'select')"""),
            {"roles": list(ROLES.values())},
        ).scalars()
        assert set(readers) == {ROLES["manager"]}
    with database.reading(account) as connection, pytest.raises(ProgrammingError, match="denied"):
        connection.exec_driver_sql("select note from client_call")
    for statement in ("update client_call set note = ''", "delete from client_call"):
        with (
            pytest.raises(ProgrammingError, match="denied"),
            database.managing(account, grace.person_id) as connection,
        ):
            connection.exec_driver_sql(statement)
    # Neither in somebody else's name, nor with a client that the transaction does not see.
    insert = text("""insert into client_call (account_id, held_on, person_id, by_name, entry)
        values (:account_id, current_date, :person_id, 'Eve', 'entry-eve')""")
    for values in (
        {"account_id": account, "person_id": grace.person_id + 1},
        {"account_id": other, "person_id": grace.person_id},
    ):
        with (
            pytest.raises(ProgrammingError, match="row-level security"),
            database.managing(account, grace.person_id) as connection,
        ):
            connection.execute(insert, values)
    with database.comparing([other]) as connection:
        assert not connection.exec_driver_sql("select 1 from client_call").all()


def test_a_call_east_of_the_marketplace_counts_from_the_marketplaces_day(
    database: Database, account: int
) -> None:
    """Logged at three at night, UTC: in America it is the day before."""
    add_channel(database, account, "amazon-us")
    grace = viewer(database, Role.MANAGER, account)
    log_call(database, grace, account, a_call(days=5))
    for moved, days in (("3 hours", 6), ("20 hours", 5), ("3 days", 5)):
        with database.owning() as connection:
            connection.execute(text("alter table client_call no force row level security"))
            connection.execute(
                text("""update client_call set logged_at =
                    (held_on + cast(:moved as interval)) at time zone 'UTC'"""),
                {"moved": moved},
            )
            connection.execute(text("alter table client_call force row level security"))
        [call] = calls_before(database, grace, account, TODAY)
        assert call.counted_from == TODAY - timedelta(days=days), moved
        assert call.held_on == TODAY - timedelta(days=5)
