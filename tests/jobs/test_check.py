"""`check` says when work waits and nobody does it, and when the help desk was given up on."""

from datetime import UTC, datetime

from services.database.engine import Database
from services.health import Finding, findings
from services.jobs import later
from services.settings import Settings
from tests.activation.world import add_account
from tests.delivery.world import asked
from tests.digest.world import change


def found(database: Database) -> dict[str, Finding]:
    chosen = Settings(_env_file=None, accept_server_below_security_floor=True)
    return {one.subject: one for one in findings(database, chosen, datetime.now(UTC))}


def test_waiting_work_without_a_worker_is_to_be_mended(database: Database) -> None:
    add_account(database)
    assert found(database)["jobs"].well
    assert "help desk" not in found(database)
    with database.supporting(3) as connection:
        later.defer(connection, "digest:send", person_id=999_999)
    told = found(database)["jobs"]
    assert not told.well
    assert told.says == "1 waiting, no worker at work"
    assert told.mend == "Start one: python -m services worker."
    change(database, "insert into jobs.procrastinate_workers default values")
    assert found(database)["jobs"].well


def test_what_was_given_up_is_to_be_sent_again(database: Database) -> None:
    request = asked(database)
    event_id = request.step("requested")
    change(
        database,
        "insert into delivery (account_id, request_id, event_id, message_id, state)"
        " values (:account_id, :request_id, :event_id, 'msg', 'dead')",
        account_id=request.account_id, request_id=request.request_id, event_id=event_id,
    )  # fmt: skip
    told = found(database)["help desk"]
    assert (told.well, told.says) == (False, "1 given up")
