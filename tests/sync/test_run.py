"""A run, step by step: what is asked, what has landed, and what comes of trouble."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from services.database.engine import Database
from services.landing.target import find_or_make
from services.marketplaces.asking import Asking, NotTold, Source, Standing, State, TheirCase
from services.sync import connections
from services.sync import lease as leases
from services.sync.connections import Opened
from services.sync.kept import Kept
from services.sync.lease import Lease, OvertakenError
from services.sync.plan import pieces
from services.sync.run import Ran, Run
from services.transport.refusals import NotNowError, RefusedError, UnreachableError
from tests.sync.scripted import DAY, RETURNS, Scripted


@dataclass
class Ground:
    """An account with one connection, and who is asked."""

    database: Database
    folder: Path
    account_id: int
    connection_id: int
    client: Scripted
    sources: tuple[Source, ...] = (RETURNS,)

    def lease(self) -> Lease | None:
        with self.database.syncing() as connection:
            return leases.take(connection, self.account_id, self.connection_id)

    said: list[str] = field(default_factory=list)

    def run(self, lease: Lease | None = None) -> Ran:
        lease = lease or self.lease()
        assert lease is not None
        with self.database.syncing() as connection:
            connected = connections.find(connection, self.account_id, self.connection_id)
        assert connected is not None
        kept = Kept(self.database, connected, lease)
        return Run(kept, self.sources, self.client, self.folder, self.said.append).go()

    def let_time_pass(self) -> None:
        """What waits is due."""
        with self.database.syncing() as connection:
            connection.execute(text("update sync_piece set due_at = now()"))

    def until_done(self) -> None:
        for _ in range(10):
            self.run()
            if not self.rows("select 1 from sync_piece where settled_at is null"):
                return
            self.let_time_pass()
        raise AssertionError("it is never done")

    def rows(self, query: str) -> list[Any]:
        with self.database.owning() as connection:
            return [tuple(row) for row in connection.execute(text(query))]

    def states(self) -> dict[str, int]:
        return dict(self.rows("select state, count(*) from sync_piece group by 1"))


@pytest.fixture
def ground(database: Database, tmp_path: Path) -> Ground:
    with database.loading() as connection:
        target = find_or_make(connection, "ACME", "amazon-us")
    opened = Opened("amazon", "NA", "consent", Standing("S1"), "sealed", "test")
    with database.syncing() as connection:
        number = connections.connect(connection, target.account_id, opened)
    today = datetime.now(UTC).date()
    client = Scripted(returns=[today - n * DAY for n in range(3, 80, 7)])
    return Ground(database, tmp_path, target.account_id, number, client)


def test_everything_that_is_due_is_ordered_once_waited_for_and_landed(ground: Ground) -> None:
    ground.until_done()
    wanted = list(pieces(RETURNS, datetime.now(UTC).date()))
    assert sorted(ground.states()) == ["landed"]
    assert set(ground.client.ordered.values()) == {1}
    assert len(ground.client.ordered) in {len(wanted), len(wanted) + 1}  # today over there
    landed = ground.rows("select count(*) from amazon_customer_return")
    assert landed == [(len(ground.client.returns),)]
    asked = ground.rows("select count(*), min(asked_from), max(asked_to) from report_document")
    assert asked[0][0] == len(ground.client.ordered)
    [(state, synced, following)] = ground.rows(
        "select connection_state, last_synced_at is not null, next_sync_at is not null from channel"
    )
    assert (state, synced, following) == ("connected", True, True)


def test_the_first_few_land_soon_and_the_many_together(ground: Ground) -> None:
    """Every import identifies the whole account."""
    ground.sources = (replace(RETURNS, piece=2 * DAY),)
    ground.until_done()
    [first, *others] = ground.said
    assert first == "amazon-us: 6 landed"
    assert len(others) <= 2
    assert ground.rows("select count(*) from amazon_customer_return") == [(11,)]


def test_what_is_fresh_is_not_asked_for_again(ground: Ground) -> None:
    ground.until_done()
    before = dict(ground.client.ordered)
    ran = ground.run()
    assert dict(ground.client.ordered) == before
    assert ran.landed == 0
    assert timedelta(hours=3) < ran.next_at - datetime.now(UTC) < timedelta(hours=5)


def test_days_without_a_row_are_covered(ground: Ground) -> None:
    ground.client.returns = []
    ground.until_done()
    [(days,)] = ground.rows(
        "select count(distinct day) from report_coverage where kind = 'amazon_customer_returns'"
    )
    assert days >= 89
    assert ground.rows("select count(*) from amazon_customer_return") == [(0,)]


def test_an_answer_with_a_row_of_other_days_lands_says_so_and_is_not_asked_for_again(
    ground: Ground,
) -> None:
    """It was refused, asked for anew and refused again, for as long as the row was there."""
    today = datetime.now(UTC).date()
    ground.client.strays = [today - 200 * DAY]
    ground.until_done()
    assert ground.states() == {"landed": len(ground.client.ordered)}
    landed = ground.rows("select count(*) from amazon_customer_return")
    assert landed == [(len(ground.client.returns) + 1,)]
    for first, last, because in ground.rows(
        "select first_day, last_day, because from sync_piece order by first_day"
    ):
        days = ground.rows(
            "select min(day), max(day), count(*) from report_coverage"
            f" where kind = 'amazon_customer_returns' and day between '{first}' and '{last}'"
        )
        told = [day for day in ground.client.returns if first <= day <= last]
        until = max(told, default=first) - DAY  # on its last day the answer may break off
        count = (until - first).days + 1
        assert days == [(first, until, count) if count else (None, None, 0)]
        assert "holds rows of" in because
    before = dict(ground.client.ordered)
    ground.run()
    assert dict(ground.client.ordered) == before


def test_a_run_that_died_after_ordering_finds_its_order(ground: Ground) -> None:
    def dies(_asking: Asking) -> None:
        raise KeyboardInterrupt

    ground.client.after_order = dies
    with pytest.raises(KeyboardInterrupt):
        ground.run()
    ground.client.after_order = lambda _asking: None
    with ground.database.syncing() as connection:
        connection.execute(text("update sync_state set runs_until = now()"))
    ground.until_done()
    assert set(ground.client.ordered.values()) == {1}


def test_a_report_that_was_not_made_is_unknown_and_asked_for_again(ground: Ground) -> None:
    cancelled: State = NotTold("CANCELLED", "It was cancelled, or has been asked for too often.")
    ground.client.before_state = lambda _report: cancelled
    ground.run()
    ground.let_time_pass()
    ground.run()
    assert ground.states() == {"not_told": len(ground.client.ordered)}
    assert ground.rows("select count(*) from report_coverage") == [(0,)]
    [(said, because)] = ground.rows("select distinct said, because from sync_piece")
    assert said == "CANCELLED"
    assert "cancelled" in because


def test_one_report_that_is_refused_blocks_no_other(ground: Ground) -> None:
    refused: list[Asking] = []

    def refuses(asking: Asking) -> None:
        if not refused or refused[0] == asking:
            refused.append(asking)
            raise RefusedError("It refused (403, Unauthorized).", 403, "Unauthorized")

    ground.client.before_fetch = refuses
    ground.until_done()
    states = ground.states()
    assert states["refused"] == 1
    assert states["landed"] == len(ground.client.ordered) - 1


def test_who_has_asked_too_often_waits_and_asks_nothing_more_of_it(ground: Ground) -> None:
    at = datetime.now(UTC) + timedelta(minutes=7)
    asked: list[Asking] = []

    def later(asking: Asking) -> None:
        asked.append(asking)
        raise NotNowError("createReport has been asked as often as it may.", at)

    ground.client.before_order = later
    ran = ground.run()
    assert len(asked) == 1
    assert abs(ran.next_at - at) < timedelta(seconds=1)
    assert ran.because is None


def test_a_marketplace_in_trouble_is_left_alone(ground: Ground) -> None:
    asked: list[Asking] = []

    def unreachable(asking: Asking) -> None:
        asked.append(asking)
        raise UnreachableError("It answered that it is in trouble (503).")

    ground.client.before_order = unreachable
    ran = ground.run()
    assert len(asked) == 3
    assert ran.because == "It answered that it is in trouble (503)."
    assert ran.next_at - datetime.now(UTC) > timedelta(minutes=5)
    [(because,)] = ground.rows("select because from sync_state")
    assert because == ran.because


def test_a_file_that_cannot_be_read_says_so_and_the_others_land(ground: Ground) -> None:
    broken: list[Path] = []
    fetch = ground.client.fetch

    def breaks(asking: Asking, document: str, into: Path) -> Any:
        for one in fetch(asking, document, into):
            if not broken:
                broken.append(one.path)
                one.path.write_bytes(b"<html>Service unavailable</html>")
            yield one

    ground.client.fetch = breaks  # type: ignore[method-assign]
    ground.until_done()
    assert ground.states()["refused"] == 1
    [(because,)] = ground.rows("select because from sync_piece where state = 'refused'")
    assert broken[0].name in because


def test_a_connection_has_one_run_at_a_time(ground: Ground) -> None:
    first = ground.lease()
    assert first is not None
    assert ground.lease() is None
    with ground.database.syncing() as connection:
        connection.execute(text("update sync_state set runs_until = now()"))
    second = ground.lease()
    assert second is not None
    with pytest.raises(OvertakenError):
        ground.run(first)
    ground.run(second)


def test_cases_beside_ours_are_kept_and_an_older_saying_never_wins(ground: Ground) -> None:
    source = Source("cases", (), "region", "cases", every=timedelta(hours=1))
    ground.sources = (source,)
    at = datetime(2026, 11, 1, tzinfo=UTC)
    newer = TheirCase("C1", "waits_for_you", "PENDING_MERCHANT_ACTION", at, at + DAY, None)
    ground.client.told_cases = [
        newer,
        TheirCase("C2", "unknown", "SOMETHING_NEW", None, None, None),
    ]
    ground.run()
    older = TheirCase("C1", "waits_for_marketplace", "PENDING_AMAZON_ACTION", at, at, None)
    ground.client.told_cases = [older]
    with ground.database.syncing() as connection:
        connection.execute(text("update sync_piece set settled_at = settled_at - interval '1 day'"))
    ground.run()
    kept = ground.rows("select case_id, state, said from marketplace_case order by 1")
    assert kept == [
        ("C1", "waits_for_you", "PENDING_MERCHANT_ACTION"),
        ("C2", "unknown", "SOMETHING_NEW"),
    ]


def test_the_shops_that_the_seller_has_become_channels(ground: Ground) -> None:
    ground.sources = (Source("standing", (), "region", "standing", every=DAY),)
    ground.run()
    codes = ground.rows("select code from channel order by code")
    assert codes == [("amazon-ca",), ("amazon-us",)]
