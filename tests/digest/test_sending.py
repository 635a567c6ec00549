"""One summary a person and week, to those who want it and may have it, until they stop it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import requests
from sqlalchemy import text

from services.database.engine import Database
from services.digest import posting, sending
from services.digest.calendar import due_since
from services.digest.subscribing import (
    NotPossibleError,
    ask_for_one_now,
    by_mail,
    by_webhook,
    stop,
)
from services.jobs import later
from services.settings import settings
from tests.common.serving.receiver import SECRET, receiving
from tests.common.working import said_by_a_worker
from tests.common.worlds.delivery import as_if_it_were_time, support
from tests.common.worlds.digest import (
    LAST_WEEK,
    business,
    change,
    person,
    subscribed,
    subscription,
    viewer_of,
)
from tests.digest.mailbox import Mailbox, text_of


def monday_comes(database: Database) -> list[str]:
    """The hourly look for who waits, and all that follows from it."""
    with database.working() as connection:
        later.defer(connection, sending.WEEKLY, lane="default", timestamp=0)
    return said_by_a_worker(database)


def forget_the_week(database: Database) -> None:
    change(database, "update digest_subscription set last_week = null, last_sent_at = null")


def test_each_gets_their_own_once_a_week(database: Database, mailbox: Mailbox) -> None:
    north = business(database, "Northwind", "111.11").sum_up()
    south = business(database, "Southsea", "222.22").sum_up()
    ada = person(database, "Ada", "seller", north.account_id)
    mia = person(database, "Mia", "manager", north.account_id, south.account_id)
    gone = person(database, "Gone", "seller", north.account_id)
    for one in (ada, mia, gone, person(database, "Olaf", "operator")):
        subscribed(database, one)
    late = person(database, "Late", "seller", north.account_id)
    subscribed(database, late)
    since = due_since(datetime.now(UTC)) + timedelta(seconds=1)
    change(
        database,
        "update digest_subscription set created_at = :at where person_id = :id",
        at=since,
        id=late,
    )
    change(database, "update person set disabled_at = now() where person_id = :id", id=gone)

    said = monday_comes(database)
    assert said[0] == "Weekly summaries put in line: 4."
    assert monday_comes(database) == [], "the same Monday an hour later"
    with database.working() as connection:
        later.defer(connection, sending.SEND, lane="default", person_id=ada)
    assert said_by_a_worker(database) == [], "the same job twice"

    letters = {str(letter["to"]): letter for letter in mailbox.letters}
    assert set(letters) == {"ada@example.com", "mia@example.com"}
    assert len(mailbox.letters) == 2
    adas = letters["ada@example.com"]
    assert "$111.11" in text_of(adas)
    assert "$111.11" in text_of(adas, "html")
    assert "Southsea" not in adas.as_string()
    assert "$222.22" in text_of(letters["mia@example.com"])
    assert adas["from"] == "Reimbursement <summary@recovery.example.com>"
    assert adas["message-id"] == f"<summary-{ada}-{LAST_WEEK}@recovery.example.com>"
    assert f"https://recovery.example.com/overview?account={north.account_id}" in text_of(adas)
    kept = subscription(database, ada)
    assert kept is not None
    assert kept.last_sent_at is not None


def test_the_way_out_works_signed_out_for_programs_and_people(
    database: Database, mailbox: Mailbox, site: str
) -> None:
    north = business(database, "Northwind", "111.11").sum_up()
    ada = person(database, "Ada", "seller", north.account_id)
    bob = person(database, "Bob", "seller", north.account_id)
    subscribed(database, ada)
    subscribed(database, bob)
    monday_comes(database)
    letter = next(one for one in mailbox.letters if one["to"] == "ada@example.com")
    assert letter["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    address = str(letter["list-unsubscribe"]).strip("<>")
    assert address in text_of(letter)
    way_out = address.replace("https://recovery.example.com", site)

    looked = requests.get(way_out, timeout=10)
    assert looked.status_code == 200
    assert "Stop the weekly summary?" in looked.text
    assert looked.headers["cache-control"] == "no-store"
    assert subscription(database, ada) is not None, "a look changes nothing"
    pressed = re.search(r'action="([^"]+)"', looked.text)
    assert pressed is not None
    done = requests.post(site + pressed[1], data={"List-Unsubscribe": "One-Click"}, timeout=10)
    assert "The weekly summary is stopped" in done.text
    assert requests.post(way_out, timeout=10).ok, "pressed once more"
    assert subscription(database, ada) is None
    assert subscription(database, bob) is not None

    for wrong in (
        "",
        "key=",
        "key=1",
        "key=nobody-x",
        f"key={bob}-{'x' * 40}",
        f"key={'9' * 30}-x",
        "key=%00-%22%3E%3Cscript%3E",
    ):
        answer = requests.post(f"{site}/{posting.STOP_PATH}?{wrong}", timeout=10)
        assert answer.status_code in {200, 404}
        assert (
            "<script>" not in requests.get(f"{site}/{posting.STOP_PATH}?{wrong}", timeout=10).text
        )
    assert subscription(database, bob) is not None

    mailbox.letters.clear()
    forget_the_week(database)
    monday_comes(database)
    assert [str(one["to"]) for one in mailbox.letters] == ["bob@example.com"]


def test_what_is_wrong_is_kept_and_tried_again_until_it_is_old(
    database: Database, mailbox: Mailbox
) -> None:
    north = business(database, "Northwind", "111.11").sum_up()
    ada = person(database, "Ada", "seller", north.account_id)
    subscribed(database, ada)
    mailbox.refuses = "451 Not now"
    assert "Not done yet" in monday_comes(database)[-1]
    kept = subscription(database, ada)
    assert kept is not None
    assert kept.last_problem == "The mail server refused it (SMTPDataError)."
    monday_comes(database)
    with database.working() as connection:
        waiting = connection.execute(
            text("select count(*) from jobs.procrastinate_jobs where status = 'todo'")
        ).scalar_one()
    assert waiting == 1, "the next hour adds no second one"
    for _ in sending.SCHEDULE[1:]:
        as_if_it_were_time(database)
        said_by_a_worker(database)
    assert monday_comes(database) == [], "given up for this week"
    mailbox.refuses = ""
    viewer = viewer_of(database, ada)
    ask_for_one_now(database, viewer)
    ask_for_one_now(database, viewer)
    assert said_by_a_worker(database) == [f"Summary out of turn, person {ada}: sent."]
    assert len(mailbox.letters) == 1, "asked for twice"
    kept = subscription(database, ada)
    assert kept is not None
    assert kept.last_problem is None


def test_a_webhook_gets_it_signed_and_410_takes_it_off(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    north = business(database, "Northwind", "111.11").sum_up()
    ada = person(database, "Ada", "seller", north.account_id)
    with receiving() as receiver:
        subscribed(database, ada, webhook=receiver.address, secret=SECRET)
        said = monday_comes(database)
        assert "private network" in said[-1], "an address inside is not reached unless allowed"
        assert receiver.tries == []
        monkeypatch.setenv("WEBHOOKS_MAY_REACH_PRIVATE_ADDRESSES", "true")
        settings.cache_clear()
        as_if_it_were_time(database)
        said_by_a_worker(database)
        ((number, message),) = receiver.tries
        assert number == f"summary-{ada}-{LAST_WEEK}"
        assert message["type"] == "summary.weekly"
        (account,) = message["data"]["accounts"]
        assert account["amounts"][0]["recovered"] == "111.11"
        assert account["amounts"][0]["expired"] == {
            "units": 2,
            "units_without_amount": 1,
            "amount": "21.40",
        }
        receiver.answers.append(410)
        forget_the_week(database)
        monday_comes(database)
        assert subscription(database, ada) is None
    settings.cache_clear()


def test_how_it_can_be_wanted(database: Database, mailbox: Mailbox) -> None:
    north = business(database, "Northwind", "111.11")
    viewer = viewer_of(database, person(database, "Ada", "seller", north.account_id))
    by_mail(database, viewer)
    first = subscription(database, viewer.person_id)
    secret = by_webhook(database, viewer, " https://hooks.example.com/summary?x=1 ")
    second = subscription(database, viewer.person_id)
    assert first is not None
    assert second is not None
    assert (first.deliver_by, second.deliver_by) == ("email", "webhook")
    assert second.webhook_url == "https://hooks.example.com/summary?x=1"
    assert second.webhook_secret == secret
    assert first.stop_key != second.stop_key
    assert second.stop_key.startswith(f"{viewer.person_id}-")
    for address in (
        "http://hooks.example.com",
        "hooks.example.com",
        "https://",
        "https://a:b@example.com",
        "https://exa mple.com",
        "https://example.com/\nx",
        "javascript:alert(1)",
        "https://[::1",
        "https://example.com/" + "x" * 2000,
        "https://example.com:99999/",
    ):
        with pytest.raises(NotPossibleError):
            by_webhook(database, viewer, address)
    with pytest.raises(NotPossibleError, match="without sign-in"):
        by_mail(database, support(database))
    stop(database, viewer)
    assert subscription(database, viewer.person_id) is None
