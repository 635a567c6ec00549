"""Every step reaches the help desk exactly once by its number, whatever the help desk does."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from services.access.local import local_viewer
from services.access.rights import Role
from services.access.viewer import NotAllowedError
from services.database.engine import Database
from services.delivery import outbox
from services.delivery.back_off import HELP_DESK, JITTER, next_try
from services.delivery.told import resend, told
from services.settings import PROJECT, Settings, settings
from tests.common.serving.receiver import SECRET, Receiver, elsewhere, garbage, hang_up
from tests.common.working import said_by_a_worker
from tests.common.worlds.delivery import SUPPORT, as_if_it_were_time, asked, states, support

OTHER_SECRET = "whsec_" + "B" * 32


def test_without_a_help_desk_nothing_is_written(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(database).step("requested")
    assert states(database) == []
    seen = told(database, support(database), None, None)
    assert (seen.is_on, seen.deliveries, seen.queue.waiting) == (False, (), 0)


def test_each_step_is_told_signed_in_order_without_what_is_internal(
    database: Database, help_desk: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HELP_DESK_SECRET", f"{OTHER_SECRET} {SECRET}")
    monkeypatch.setenv("PUBLIC_URL", "https://recovery.example.com")
    request = asked(database, "Northwind & Söhne")
    first = request.step("requested")
    request.step("taken", "told nobody")
    request.step("noted", "between us")
    request.step("checked")
    request.step("asked", "Which warehouse?")
    said = said_by_a_worker(database)
    assert help_desk.types() == [
        f"activation_request.{kind}" for kind in ("requested", "taken", "asked")
    ]
    number, message = help_desk.tries[0]
    assert number == f"msg_{request.account_id}_{first}"
    assert message["data"]["account"] == {
        "id": request.account_id,
        "name": "Northwind & Söhne",
        "is_sample": False,
    }
    where = f"account={request.account_id}&request={request.request_id}"
    assert message["data"]["request"]["link"] == f"https://recovery.example.com/requests?{where}"
    assert message["data"]["channel"]["code"] == "amazon-us"
    assert message["data"]["request"]["phone"] == "+12125550100"
    assert message["data"]["request"]["start_with"] == ["return", "inventory"]
    assert help_desk.tries[2][1]["data"]["event"]["note"] == "Which warehouse?"
    assert "told nobody" not in str(help_desk.tries)
    assert "between us" not in str(help_desk.tries)
    assert states(database) == [("delivered", 1)] * 3
    assert said[0].startswith(f"Told the help desk: request {request.request_id}, requested")
    assert said_by_a_worker(database) == []
    with database.supporting(SUPPORT) as connection:
        outbox.put_in_line(connection, request.account_id, request.request_id, 1)
    assert said_by_a_worker(database) == [], "what has arrived is not sent again"
    assert len(help_desk.tries) == 3


def test_whatever_goes_wrong_each_arrives_once_by_its_number(
    database: Database, help_desk: Receiver
) -> None:
    request = asked(database)
    request.step("requested")
    request.step("asked", "Which warehouse?")
    troubles = (
        500,
        404,
        429,
        help_desk.hang,
        garbage,
        hang_up,
        elsewhere(help_desk.address + "/else"),
    )
    words = (
        "answered 500",
        "answered 404",
        "answered 429",
        "did not answer in time",
        "hung up",
        "hung up",
        "redirect (307)",
    )
    help_desk.answers.extend(troubles)
    for tries, problem in enumerate(words, start=1):
        (said,) = said_by_a_worker(database)
        assert problem in said, said
        assert states(database) == [("waiting", tries), ("waiting", 0)], "the second waits its turn"
        (second, first) = told(database, support(database), None, request.request_id).deliveries
        assert first.last_problem is not None
        assert problem in first.last_problem
        assert second.attempts == 0
        assert first.next_attempt_at is not None
        assert first.last_attempt_at is not None
        wait = first.next_attempt_at - first.last_attempt_at
        assert abs(wait - HELP_DESK[tries]) < HELP_DESK[tries] * JITTER + timedelta(seconds=1)
        if tries > 1:  # the first wait is over in five seconds
            assert said_by_a_worker(database) == [], "not before its time"
        as_if_it_were_time(database)
    said_by_a_worker(database)
    assert states(database) == [("delivered", len(troubles) + 1), ("delivered", 1)]
    assert help_desk.types() == ["activation_request.requested", "activation_request.asked"]
    assert len({number for number, _ in help_desk.tries[:-1]}) == 1


def test_after_three_days_it_is_dead_and_support_can_send_it_again(
    database: Database, help_desk: Receiver
) -> None:
    request = asked(database)
    request.step("requested")
    request.step("asked")
    help_desk.answers.extend([503] * len(HELP_DESK))
    for _ in HELP_DESK:
        said = said_by_a_worker(database)
        as_if_it_were_time(database)
    assert said[0].startswith("Gave up telling the help desk")
    said_by_a_worker(database)
    assert states(database) == [("dead", 10), ("delivered", 1)], "a dead one lets the next pass"

    viewer = support(database)
    (lost,) = told(database, viewer, None, None).deliveries
    assert (lost.state, lost.attempts, lost.kind) == ("dead", 10, "requested")
    assert lost.account_name == "Northwind Kitchen"
    seller = local_viewer(database, listens_on="127.0.0.1", asks_from=None, role=Role.SELLER)
    for refused in (
        lambda: resend(database, seller, lost.account_id, lost.delivery_id),
        lambda: told(database, seller, lost.account_id, lost.request_id),
    ):
        with pytest.raises(NotAllowedError):
            refused()
    assert resend(database, viewer, lost.account_id, lost.delivery_id)
    assert not resend(database, viewer, lost.account_id, lost.delivery_id), "pressed twice"
    said_by_a_worker(database)
    assert states(database) == [("delivered", 11), ("delivered", 1)]
    assert help_desk.tries[-1][0] == help_desk.tries[0][0], "the same number"
    assert told(database, viewer, None, None).deliveries == ()


def test_410_is_the_end_at_once_and_so_is_a_help_desk_switched_off(
    database: Database, help_desk: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = asked(database)
    request.step("requested")
    help_desk.answers.append(410)
    said_by_a_worker(database)
    assert states(database) == [("dead", 1)]
    request.step("asked")
    monkeypatch.delenv("HELP_DESK_URL")
    settings.cache_clear()
    said_by_a_worker(database)
    assert states(database) == [("dead", 1), ("dead", 1)]
    assert len(help_desk.tries) == 1


@contextmanager
def worker_at_work(database: Database, help_desk: Receiver) -> Iterator[subprocess.Popen[str]]:
    """A worker of its own process that has sent a message and waits for the answer."""
    owner = database.urls.owner.render_as_string(hide_password=False)
    environment = os.environ | {
        "DATABASE_URL": owner,
        "ACCEPT_SERVER_BELOW_SECURITY_FLOOR": "true",
    }
    help_desk.answers.append(help_desk.hang)
    with subprocess.Popen(
        [sys.executable, "-m", "services", "worker"],
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as worker:
        try:
            assert help_desk.arrived.wait(60), "the worker took up nothing"
            yield worker
        finally:
            worker.kill()


def test_a_worker_killed_between_answer_and_note_is_made_up_for(
    database: Database, help_desk: Receiver
) -> None:
    asked(database).step("requested")
    with worker_at_work(database, help_desk) as worker:
        worker.kill()
        worker.wait(10)
    assert states(database) == [("waiting", 0)]
    assert said_by_a_worker(database) == [], "for all we know it is still alive"
    with database.working() as connection:
        connection.execute(
            text("update jobs.procrastinate_workers set last_heartbeat = now() - interval '1 min'")
        )
    said_by_a_worker(database)
    assert states(database) == [("delivered", 1)]
    assert (len(help_desk.tries), len(help_desk.taken)) == (2, 1)


def test_a_worker_told_to_stop_finishes_what_is_under_way(
    database: Database, help_desk: Receiver
) -> None:
    asked(database).step("requested")
    with worker_at_work(database, help_desk) as worker:
        worker.send_signal(signal.SIGTERM)
        help_desk.released.set()
        said, _ = worker.communicate(timeout=20)
        assert worker.returncode == 0
    begun, told_it, ended = said.splitlines()[-3:]  # after what is said of the server at a start
    assert begun == "At work. Stop with Ctrl-C."
    assert told_it.startswith("Told the help desk")
    assert ended == "Stopped."
    assert states(database) == [("delivered", 1)]
    assert len(help_desk.tries) == 1


def test_a_schedule_of_ten_tries_over_three_days() -> None:
    assert sum(HELP_DESK, timedelta()) > timedelta(days=3)
    now = datetime.now(UTC)
    assert next_try(HELP_DESK, len(HELP_DESK), now) is None


@pytest.mark.parametrize("secret", ["", "whsec_short", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])
def test_a_help_desk_without_a_good_secret_is_refused_at_start(secret: str) -> None:
    values = {"help_desk_url": "https://desk.example.com/hook", "help_desk_secret": secret}
    with pytest.raises(ValueError, match=r"whsec_|HELP_DESK_SECRET"):
        Settings(_env_file=None, **values)
