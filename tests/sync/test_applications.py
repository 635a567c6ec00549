"""Our own applications: the end of what opens them counts down for those who can renew it."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from services.access.rights import Role
from services.database.engine import Database
from services.digest.content import digest_of
from services.digest.letter import Links, letter_of
from services.digest.posting import as_plain
from services.health.connections import of_applications
from services.marketplaces.amazon.settings import amazon_settings
from services.settings import SettingsError
from services.sync.applications import applications, that_end_soon
from tests.common.worlds.activation import add_account, seen_as
from tests.common.worlds.insights import NOW, TODAY

Made = Callable[[date | None], None]


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Iterator[Made]:
    """Our application at Amazon, of a secret that was made on a day."""
    monkeypatch.setenv("AMAZON_CLIENT_SECRET", "amzn1.oa2-cs.v1.nobodys")

    def on(day: date | None) -> None:
        monkeypatch.setenv("AMAZON_CLIENT_SECRET_MADE_ON", str(day or ""))
        amazon_settings.cache_clear()

    yield on
    amazon_settings.cache_clear()


def before(days: int) -> date:
    """The day on which a secret was made that has so many days left."""
    return TODAY + timedelta(days=days - 180)


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (31, ""),
        (30, "ends in 30 days, on 15 Jul 2026"),
        (1, "ends in 1 day, on 16 Jun 2026"),
        (0, "ends today"),
        (-1, "ended on 14 Jun 2026: nothing can be asked of Amazon any more"),
    ],
)
def test_the_end_counts_down_from_thirty_days_before(made: Made, left: int, said: str) -> None:
    made(before(left))
    [one] = applications()
    assert one.days_left(TODAY) == left
    whole = f"The client secret of our application at Amazon {said}"
    assert that_end_soon(TODAY) == ((whole,) if said else ())


def test_without_a_secret_nothing_ends() -> None:
    amazon_settings.cache_clear()
    assert applications() == ()
    assert list(of_applications(NOW)) == []


@pytest.mark.parametrize(("left", "mark"), [(31, "ok  "), (30, "WARN"), (0, "WARN"), (-1, "MEND")])
def test_check_says_it_with_the_way_out(made: Made, left: int, mark: str) -> None:
    made(before(left))
    [finding] = of_applications(NOW)
    assert finding.mark == mark
    assert finding.subject == "our application · Amazon"
    assert ("AMAZON_CLIENT_SECRET_MADE_ON" in finding.mend) is (mark != "ok  ")


def test_check_says_where_nobody_has_said_the_day(made: Made) -> None:
    made(None)
    [finding] = of_applications(NOW)
    assert finding.mark == "WARN"
    assert "set AMAZON_CLIENT_SECRET_MADE_ON" in finding.says
    assert that_end_soon(TODAY) == ()


def test_a_day_that_is_to_come_is_no_day_it_was_made_on(made: Made) -> None:
    made(datetime.now(UTC).date() + timedelta(days=3))
    with pytest.raises(SettingsError, match="AMAZON_CLIENT_SECRET_MADE_ON: expected a day"):
        amazon_settings()


@pytest.mark.parametrize(("role", "told"), [(Role.SUPPORT, True), (Role.SELLER, False)])
def test_the_weekly_summary_tells_support_and_no_seller(
    database: Database, made: Made, role: Role, told: bool
) -> None:
    made(before(12))
    add_account(database)
    digest = digest_of(database, seen_as(database, role), NOW)
    said = "The client secret of our application at Amazon ends in 12 days, on 27 Jun 2026"
    letter = letter_of(digest, "Somebody", Links("https://claims.example.com", None))
    assert (f"{said}." in letter.text) is told
    assert (f"{said}." in letter.html) is told
    assert (as_plain(digest, "https://claims.example.com")["notices"] == [said]) is told
