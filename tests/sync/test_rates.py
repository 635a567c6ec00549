"""The European Central Bank's rates, from a server that serves files of its form."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import AnyHttpUrl
from sqlalchemy import text

from services.database.engine import Database
from services.jobs import lanes, later
from services.settings import Settings
from services.sync import rates
from services.sync.rates import fetch_due, is_due, load, read, refresh
from services.transport.refusals import NoAnswerError, NotUnderstoodError
from tests.common.serving.telling import Asked, Teller, Told, telling
from tests.common.working import said_by_a_worker
from tests.common.worlds.rates import bank_file
from wording.rates import BANK

TODAY = date(2026, 11, 27)


def of_days(**days: dict[str, str]) -> bytes:
    """A file of the bank's: d20261127={"USD": "1.0823"}."""
    told = ((f"{name[1:5]}-{name[5:7]}-{name[7:]}", rates) for name, rates in days.items())
    return bank_file(*told)


FRIDAY = {"USD": "1.0823", "GBP": "0.83415", "JPY": "163.94"}
THURSDAY = {"USD": "1.08", "GBP": "0.83"}
FILES = {
    "/rates/eurofxref-daily.xml": of_days(d20261127=FRIDAY),
    "/rates/eurofxref-hist-90d.xml": of_days(d20261127=FRIDAY, d20261126=THURSDAY),
    "/rates/eurofxref-hist.xml": of_days(
        d20261127=FRIDAY, d20261126=THURSDAY, d19990104={"USD": "1.1789"}
    ),
}


@pytest.fixture
def bank() -> Iterator[Teller]:
    with telling(lambda asked: Told(FILES[asked.path])) as teller:
        yield teller


def chosen(bank: Teller, *, fetches: bool = True) -> Settings:
    return Settings(
        _env_file=None,
        exchange_rates_url=AnyHttpUrl(f"{bank.address}/rates/"),
        fetch_exchange_rates=fetches,
    )


def kept(database: Database) -> list[tuple[object, ...]]:
    query = "select rate_on, to_currency, rate, source from exchange_rate order by 1, 2"
    with database.syncing() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_the_first_time_the_history_is_read_and_what_is_too_old_is_left(
    database: Database, bank: Teller
) -> None:
    assert refresh(database, chosen(bank), TODAY) == 5
    assert [one.path for one in bank.asked] == ["/rates/eurofxref-hist.xml"]
    assert kept(database) == [
        (date(2026, 11, 26), "GBP", Decimal("0.83"), BANK),
        (date(2026, 11, 26), "USD", Decimal("1.08"), BANK),
        (date(2026, 11, 27), "GBP", Decimal("0.83415"), BANK),
        (date(2026, 11, 27), "JPY", Decimal("163.94"), BANK),
        (date(2026, 11, 27), "USD", Decimal("1.0823"), BANK),
    ]


@pytest.mark.parametrize(
    ("today", "file"),
    [
        (date(2026, 11, 28), "eurofxref-daily.xml"),
        (date(2026, 12, 3), "eurofxref-hist-90d.xml"),
        (date(2027, 3, 1), "eurofxref-hist.xml"),
    ],
)
def test_later_only_what_is_missing_is_fetched(
    database: Database, bank: Teller, today: date, file: str
) -> None:
    refresh(database, chosen(bank), TODAY)
    refresh(database, chosen(bank), today)
    assert bank.asked[-1].path == f"/rates/{file}"


def test_a_rate_that_was_corrected_is_corrected(database: Database, bank: Teller) -> None:
    refresh(database, chosen(bank), TODAY)
    bank.tell = lambda _asked: Told(of_days(d20261127={"USD": "1.0824"}))
    refresh(database, chosen(bank), TODAY)
    assert (TODAY, "USD", Decimal("1.0824"), BANK) in kept(database)
    assert len(kept(database)) == 5


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Service unavailable</html>",
        of_days(),
        of_days(d20261127={"USD": "0"}),
        of_days(d20261127={"USD": "NaN"}),
        of_days(d20261127={"USD": "1,08"}),
        of_days(d20261341={"USD": "1.08"}),
        b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + of_days(d20261127={"USD": "1.08"}),
        of_days(d20261127={"USD": "1.08"})[:-20],
    ],
)
def test_what_is_no_file_of_the_banks_is_refused_whole(
    database: Database, bank: Teller, body: bytes
) -> None:
    bank.tell = lambda _asked: Told(body)
    with pytest.raises(NotUnderstoodError):
        refresh(database, chosen(bank), TODAY)
    assert kept(database) == []


@pytest.mark.parametrize(
    "told",
    [
        Told(FILES["/rates/eurofxref-daily.xml"], promised=100_000),
        Told(status=302, headers={"location": "http://127.0.0.1:9/elsewhere"}),
        Told(status=404),
        Told(status=500),
    ],
)
def test_a_broken_answer_keeps_what_is_there(database: Database, bank: Teller, told: Told) -> None:
    refresh(database, chosen(bank), TODAY)
    before = kept(database)
    bank.tell = lambda _asked: told
    with pytest.raises(NoAnswerError):
        refresh(database, chosen(bank), date(2026, 11, 30))
    assert kept(database) == before


def test_rates_are_read_as_they_are_written(tmp_path: Path) -> None:
    path = tmp_path / "rates.xml"
    path.write_bytes(of_days(d20261127={"IDR": "17193.12", "USD": "1.0820"}))
    assert [(one.currency, str(one.rate)) for one in read(path)] == [
        ("IDR", "17193.12"),
        ("USD", "1.0820"),
    ]


def test_nothing_is_asked_that_is_not_needed(database: Database, bank: Teller) -> None:
    def only_public(asked: Asked) -> Told:
        assert "authorization" not in asked.headers
        assert asked.headers["user-agent"].startswith("Reimbursement/")
        return Told(FILES[asked.path])

    bank.tell = only_public
    assert refresh(database, chosen(bank), TODAY)


def test_a_file_from_disk_is_as_good_and_an_old_one_says_so(
    database: Database, tmp_path: Path
) -> None:
    path = tmp_path / "rates.xml"
    path.write_bytes(FILES["/rates/eurofxref-hist.xml"])
    assert load(database, path, TODAY) == 5
    assert len(kept(database)) == 5
    path.write_bytes(of_days(d19990104={"USD": "1.1789"}))
    with pytest.raises(NotUnderstoodError, match="older than three years"):
        load(database, path, TODAY)
    assert len(kept(database)) == 5


@pytest.mark.parametrize(
    ("newest", "moment", "due"),
    [
        (None, datetime(2026, 11, 28, 3, tzinfo=UTC), True),  # a newcomer does not wait a day
        (date(2026, 11, 10), datetime(2026, 11, 28, 3, tzinfo=UTC), True),
        (date(2026, 11, 26), datetime(2026, 11, 27, 3, tzinfo=UTC), False),
        (date(2026, 11, 26), datetime(2026, 11, 27, 15, tzinfo=UTC), True),
        (date(2026, 11, 27), datetime(2026, 11, 27, 16, tzinfo=UTC), False),
        (date(2026, 11, 27), datetime(2026, 11, 28, 15, tzinfo=UTC), False),  # Saturday
        (date(2026, 11, 27), datetime(2026, 11, 29, 15, tzinfo=UTC), False),
        (date(2026, 11, 26), datetime(2026, 11, 29, 15, tzinfo=UTC), True),
        (date(2026, 11, 27), datetime(2026, 11, 30, 15, tzinfo=UTC), True),
    ],
)
def test_the_bank_is_asked_when_it_can_have_something_new(
    newest: date | None, moment: datetime, *, due: bool
) -> None:
    assert is_due(newest, moment) is due


def test_a_worker_fetches_them_without_any_connection_and_once_they_are_there_asks_no_more(
    database: Database, bank: Teller
) -> None:
    moment = datetime(2026, 11, 28, 3, 20, tzinfo=UTC)
    said = fetch_due(database, chosen(bank), moment)
    assert said == f"{BANK}: 5 exchange rates read, the newest of 27 Nov 2026."
    assert fetch_due(database, chosen(bank), moment) == ""
    assert len(bank.asked) == 1


def test_where_nobody_wants_them_nobody_is_asked(database: Database, bank: Teller) -> None:
    moment = datetime(2026, 11, 28, 3, 20, tzinfo=UTC)
    assert fetch_due(database, chosen(bank, fetches=False), moment) == ""
    assert (bank.asked, kept(database)) == ([], [])


def test_a_bank_out_of_reach_is_a_sentence_and_no_fault_of_ours(
    database: Database, bank: Teller
) -> None:
    bank.tell = lambda _asked: Told(status=503)
    said = fetch_due(database, chosen(bank), datetime(2026, 11, 28, 3, 20, tzinfo=UTC))
    assert said.startswith(f"No exchange rates of the {BANK} yet: ")
    assert kept(database) == []


def test_any_worker_does_it(
    database: Database, bank: Teller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through the queue, by the task that comes round every hour."""
    monkeypatch.setattr(rates, "settings", lambda: chosen(bank))
    with database.working() as connection:
        later.defer(connection, "sync:rates", lane=lanes.SYNC, timestamp=0)
    said = said_by_a_worker(database)
    assert said == [f"{BANK}: 5 exchange rates read, the newest of 27 Nov 2026."]
    assert len(kept(database)) == 5
