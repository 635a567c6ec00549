"""How connections stand: what ends when, whose first data is arriving, what has no answer."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from services.access.rights import Role
from services.database.engine import Database
from services.digest.content import digest_of
from services.digest.letter import Links, letter_of
from services.digest.posting import as_plain
from services.health.connections import of_connections
from services.insights.connections import arriving, linked
from services.insights.sources import AskedFor, asked_for
from tests.common.consenting.rows import connection_row, piece_row
from tests.common.worlds.activation import seen_as
from tests.common.worlds.insights import NOW, World, in_days


@pytest.fixture
def world(database: Database) -> World:
    made = World(database)
    made.discrepancy()
    return made.sum_up()


def asked(world: World) -> tuple[AskedFor, ...]:
    with world.database.reading(world.account_id) as connection:
        return asked_for(connection, world.account_id)


@pytest.mark.parametrize(
    ("consent", "refresh", "ends", "left"),
    [(40, None, 40, 40), (40, 30, 30, 30), (0, 90, 0, 0), (-3, None, -3, 0), (None,) * 4],
)
def test_the_earlier_end_counts(
    world: World, consent: int | None, refresh: int | None, ends: int | None, left: int | None
) -> None:
    def day(days: int | None) -> date | None:
        return None if days is None else in_days(days)

    connection_row(world, consent_until=day(consent), refresh_until=day(refresh))
    with world.database.reading(world.account_id) as connection:
        (one,) = linked(connection, world.account_id)
    assert one.ends_on == day(ends)
    assert one.days_left(in_days(0)) == left
    assert one.ends_soon(in_days(0)) is (left is not None and left <= 30)


def test_what_has_ended_counts_nothing_down(world: World) -> None:
    connection_row(world, state="expired", consent_until=in_days(5))
    with world.database.reading(world.account_id) as connection:
        (one,) = linked(connection, world.account_id)
    assert one.days_left(in_days(0)) is None
    assert one.has_died
    assert not one.ends_soon(in_days(0))


def test_first_data_is_of_new_connections_and_of_questions_never_answered(world: World) -> None:
    number = connection_row(world, connected_at=NOW - timedelta(days=2))
    piece_row(world, number, 0, "landed", rows_landed=5)
    piece_row(world, number, 0, "due")  # read again
    piece_row(world, number, 1, "not_told")
    piece_row(world, number, 2, "asked")
    with world.database.reading(world.account_id) as connection:
        (one,) = arriving(connection, world.account_id, NOW)
        assert (one.reports, one.answered, one.rows_landed) == (3, 2, 5)
        assert arriving(connection, world.account_id, NOW + timedelta(days=6)) == ()


def test_before_anything_is_asked_the_first_data_is_on_its_way(world: World) -> None:
    connection_row(world, connected_at=NOW)  # after the run that is over
    with world.database.reading(world.account_id) as connection:
        (one,) = arriving(connection, world.account_id, NOW)
    assert (one.reports, one.answered) == (0, 0)
    with world.database.syncing() as connection:
        connection.execute(text("update sync_state set ended_at = :now"), {"now": NOW})
    with world.database.reading(world.account_id) as connection:
        assert arriving(connection, world.account_id, NOW) == ()


def test_the_newest_answer_to_a_question_counts(world: World) -> None:
    number = connection_row(world)
    piece_row(world, number, 0, "not_told", settled_at=NOW - timedelta(hours=9))
    piece_row(world, number, 0, "landed", settled_at=NOW - timedelta(hours=1))
    piece_row(world, number, 1, "landed", settled_at=NOW - timedelta(hours=9))
    piece_row(world, number, 1, "refused", settled_at=NOW, because="Not a report.")
    (one,) = asked(world)
    assert (one.landed, one.not_told, one.refused) == (1, 0, 1)
    assert (one.unknown_from, one.unknown_to) == (in_days(-60), in_days(-31))
    assert one.because == "Not a report."
    assert one.newest_day == in_days(-1)


def test_what_ends_soon_or_has_died_stands_in_the_weekly_summary(world: World) -> None:
    connection_row(world, consent_until=in_days(12))
    connection_row(world, region="EU", state="revoked")
    connection_row(world, region="FE", state="disconnected")
    digest = digest_of(world.database, seen_as(world.database, Role.SELLER), NOW)
    letter = letter_of(digest, "Ann", Links("https://r.example.com", None))
    said = "The connection of Amazon US ends in 12 days, on 27 Jun 2026."
    assert said in letter.text
    assert said in letter.html
    assert letter.text.count("not connected any more") == 1
    (account,) = as_plain(digest, "https://r.example.com")["accounts"]
    assert [(one["state"], one["ends_on"]) for one in account["connections_ending"]] == [
        ("revoked", None),
        ("connected", "2026-06-27"),
    ]


def test_check_says_what_ended_and_what_ends_soon(world: World) -> None:
    connection_row(world, consent_until=in_days(12))
    connection_row(world, region="EU", state="expired", because="The year is over.")
    connection_row(world, region="FE", state="disconnected", because="Disconnected by Ann.")
    europe, east, america = of_connections(world.database, NOW)
    assert europe.subject == "Northwind Kitchen · Amazon, Europe"
    assert (europe.well, europe.says) == (False, "expired: the year is over.")
    assert "connects it again" in europe.mend
    assert (east.well, east.mend) == (True, "")
    assert (america.well, america.warns) == (True, True)
    assert america.says == "connected; what opens it ends in 12 days, on 27 Jun 2026"
