"""`check` says when work waits and nobody does it, and when the help desk was given up on."""

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from services.database import embedded
from services.database.embedded import EmbeddedServerError
from services.database.engine import Database, DatabaseUnavailableError
from services.database.floor import verdict
from services.database.prepare import check_server
from services.database.start import open_database
from services.finding import Finding
from services.health.asking import findings
from services.jobs import later
from services.settings import Settings, settings
from tests.common.worlds.activation import add_account
from tests.common.worlds.delivery import asked
from tests.common.worlds.digest import change
from tests.common.worlds.rates import bank_told
from wording.days import plain_date

SIGNED: Final = {
    "public_url": "https://claims.example.com",
    "oidc_metadata_url": "https://id.example.com/.well-known/openid-configuration",
    "oidc_client_id": "dashboard",
    "oidc_client_secret": "known to both",
    "cookie_secret": "a secret of thirty-two characters and more",
}


def found(database: Database) -> dict[str, Finding]:
    chosen = Settings(_env_file=None, accept_server_below_security_floor=True)
    return {one.subject: one for one in findings(database, chosen, datetime.now(UTC))}


def test_waiting_work_without_a_worker_is_to_be_mended(database: Database) -> None:
    add_account(database)
    assert found(database)["jobs"].well
    assert "help desk" not in found(database)
    with database.supporting(3) as connection:
        later.defer(connection, "digest:send", lane="default", person_id=999_999)
    told = found(database)["jobs"]
    assert not told.well
    assert told.says == "1 waiting, no worker at work"
    assert told.mend == "Start one: python -m services worker."
    change(database, "insert into jobs.procrastinate_workers default values")
    assert found(database)["jobs"].well


def test_exchange_rates_that_do_not_come_are_said_and_are_no_fault(database: Database) -> None:
    today = datetime.now(UTC).date()
    none = found(database)["exchange rates"]
    assert (none.mark, none.says) == ("WARN", "none yet")
    assert "python -m services rates" in none.mend
    bank_told(database, today - timedelta(days=11), USD="1.08")
    assert found(database)["exchange rates"].mark == "WARN"
    bank_told(database, today - timedelta(days=3), USD="1.08")
    fresh = found(database)["exchange rates"]
    assert (fresh.mark, fresh.mend) == ("ok  ", "")
    assert fresh.says == f"the newest of {plain_date(today - timedelta(days=3))}"


def test_what_was_given_up_is_to_be_sent_again(database: Database) -> None:
    request = asked(database)
    event_id = request.step("requested")
    change(
        database,
        "insert into delivery (account_id, request_id, event_id, message_id, state)"
        " values (:account_id, :request_id, :event_id, 'msg', 'dead')",
        account_id=request.account_id,
        request_id=request.request_id,
        event_id=event_id,
    )
    told = found(database)["help desk"]
    assert (told.well, told.says) == (False, "1 given up")


def test_a_server_below_the_floor_is_marked_as_what_it_is(database: Database) -> None:
    with database.owning() as connection:
        number = int(connection.exec_driver_sql("show server_version_num").scalar_one())
    safe = verdict(number).is_safe
    signs_in = Settings(_env_file=None, accept_server_below_security_floor=True, **SIGNED)
    for chosen, mark in (
        (Settings(_env_file=None, database_url=None), "WARN"),  # one person's machine
        (
            Settings(
                _env_file=None,
                database_url="postgresql://x@y/z",
                accept_server_below_security_floor=True,
            ),
            "MEND",
        ),
        (signs_in, "MEND"),
    ):
        told = findings(database, chosen, datetime.now(UTC))
        (server,) = [one for one in told if one.subject == "server"]
        assert server.mark == ("ok  " if safe else mark)
        assert safe or "CVE-2026-120154" in server.says
        assert safe or "DATABASE_URL" in server.mend


def test_the_embedded_server_is_not_for_several_people(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused before it is started; a named setting says otherwise."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("ACCEPT_SERVER_BELOW_SECURITY_FLOOR", raising=False)
    for name, value in SIGNED.items():
        monkeypatch.setenv(name.upper(), value)
    started: list[object] = []

    def start(*_: object, **__: object) -> object:
        started.append(1)
        raise EmbeddedServerError("started")

    monkeypatch.setattr(embedded, "start", start)
    settings.cache_clear()
    try:
        with pytest.raises(DatabaseUnavailableError, match="ACCEPT_SERVER_BELOW_SECURITY_FLOOR"):
            open_database()
        assert not started
        monkeypatch.setenv("ACCEPT_SERVER_BELOW_SECURITY_FLOOR", "true")
        settings.cache_clear()
        with pytest.raises(EmbeddedServerError):
            open_database()
    finally:
        settings.cache_clear()


def test_what_is_below_the_floor_is_refused_or_said_once_a_start(database: Database) -> None:
    said: list[str] = []
    with database.owning() as connection:
        number = int(connection.exec_driver_sql("show server_version_num").scalar_one())
        if verdict(number).is_safe:
            return
        with pytest.raises(DatabaseUnavailableError, match="knowing that"):
            check_server(connection, accept_below_floor=False, embedded=False, warn=said.append)
        assert said == []
        for embedded_one, words in ((True, "several people"), (False, "is set")):
            check_server(
                connection, accept_below_floor=True, embedded=embedded_one, warn=said.append
            )
            assert words in said[-1]
    assert len(said) == 2
