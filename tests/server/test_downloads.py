"""Files over real HTTP: made for whoever asks now, and for nobody else."""

import json
import logging
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import uvicorn
from icalendar import Calendar
from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette
from streamlit import config
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from server import downloads
from server.downloads import download_routes
from server.launch import bind
from services.access import people
from services.access.absent import absent_viewer
from services.access.people import BY_COMMAND, Wanted
from services.access.rights import Role
from services.access.viewer import Viewer
from services.activation.queue import QueueView
from services.database import start
from services.database.engine import Database
from services.exports.across import Compared
from services.exports.addresses import Feed, feed_address, file_address
from services.exports.files import Question
from services.insights.expiring import View
from services.settings import settings
from tests.insights.world import TODAY, USD, World

SECRET = "a secret of thirty-two characters and more"
ORIGIN = "https://claims.example.com"
SIGN_IN = {
    "PUBLIC_URL": ORIGIN,
    "OIDC_METADATA_URL": "https://id.example.com/.well-known/openid-configuration",
    "OIDC_CLIENT_ID": "dashboard",
    "OIDC_CLIENT_SECRET": "known to both",
    "COOKIE_SECRET": SECRET,
}


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    """The routes alone, in a thread of this process."""
    app = Starlette(routes=download_routes())
    with bind("127.0.0.1", 0) as listener:
        serving = uvicorn.Server(
            uvicorn.Config(app, access_log=False, log_level="warning", lifespan="off")
        )
        thread = threading.Thread(target=serving.run, kwargs={"sockets": [listener]})
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        serving.should_exit = True
        thread.join(10)


@pytest.fixture
def world(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """An account with something that runs out; the server reads this test's database."""
    monkeypatch.setattr(start, "open_database", lambda **_: database)
    start.database.cache_clear()
    address = config.get_option("server.address")
    config.set_option("server.address", "127.0.0.1")
    made = World(database)
    made.discrepancy(sku="MINE", expires_on="2999-01-01")
    yield made.sum_up()
    config.set_option("server.address", address)
    start.database.cache_clear()


@pytest.fixture
def signed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """With sign-in."""
    for name, value in SIGN_IN.items():
        monkeypatch.setenv(name, value)
    before = config.get_option("server.cookieSecret")
    config.set_option("server.cookieSecret", SECRET)
    settings.cache_clear()
    yield
    config.set_option("server.cookieSecret", before)
    monkeypatch.undo()
    settings.cache_clear()


def persona(database: Database, number: int = 1) -> Viewer:
    found = absent_viewer(database, number)
    assert found
    return found


def address(world: World, viewer: Viewer, name: str = "expiring.csv") -> str:
    question = Question.of("expiring", world.account_id, USD, View())
    return file_address(world.database, settings(), viewer, question, name)


def get(served: str, path: str, **more: Any) -> requests.Response:
    return requests.get(f"{served}{path}", timeout=10, **more)


def test_the_file_comes_as_a_file_is_kept_by_nobody_and_is_written_down(
    served: str, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "reimbursement.files"):
        answer = get(served, address(world, persona(world.database)))
    assert answer.status_code == 200
    assert b"MINE" in answer.content
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="expiring.csv"'
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    said = f"Person 1 took away: account {world.account_id}, expiring as csv"
    written = [line for line in caplog.records if line.name == "reimbursement.files"]
    assert [line.getMessage() for line in written] == [said]
    workbook = get(served, address(world, persona(world.database), "expiring.xlsx"))
    assert workbook.content.startswith(b"PK")


def test_the_address_alone_opens_nothing(served: str, world: World) -> None:
    """Another persona, another form, a changed token, a name that is none."""
    path = address(world, persona(world.database))
    refused = [
        path.replace("as=seller", "as=manager"),
        path.replace("as=seller", "as=nobody"),
        path.replace("expiring.csv", "expiring.pdf"),
        path.replace("expiring.csv", "expiring.exe"),
        path.replace("expiring.csv", "%22%0d%0aset-cookie:a=b.csv"),
        path.replace("/expiring.csv", "x/expiring.csv"),
        "/api/files/x/expiring.csv",
        "/api/calendar/x.ics",
    ]
    answers = [get(served, one) for one in refused]
    assert [one.status_code for one in answers] == [404] * 8
    assert {one.text for one in answers} == {
        "This link does not hold any more. Open the page again and use it there."
    }


def test_a_question_that_takes_too_long_is_said(
    served: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(*_: object) -> bytes:
        raise OperationalError("select", {}, Exception("canceling statement"))

    monkeypatch.setattr(downloads, "file_for", slow)
    answer = get(served, address(world, persona(world.database)))
    assert answer.status_code == 503
    assert "select" not in answer.text


def someone(
    world: World, *, subject: str, role: Role = Role.SELLER
) -> tuple[Viewer, dict[str, str]]:
    """Somebody who has signed in, and their cookie."""
    mine = frozenset({world.account_id})
    wanted = Wanted("Dana", frozenset({role}), account_ids=mine)
    email = f"{subject}@example.com"
    number = people.invite(world.database, BY_COMMAND, email, wanted)
    told = {"origin": ORIGIN, "is_logged_in": True, "iss": "https://id.example.com", "sub": subject,
            "email": email, "email_verified": True, "iat": int(time.time())}  # fmt: skip
    cookie = create_signed_value(SECRET, "_streamlit_user", json.dumps(told)).decode()
    return persona(world.database, number), {"_streamlit_user": cookie}


def test_with_sign_in_the_person_of_the_cookie_is_asked_for(
    served: str, world: World, signed: None
) -> None:
    dana, cookies = someone(world, subject="dana")
    path = address(world, dana)
    assert "as=" not in path
    assert get(served, path, cookies=cookies).status_code == 200
    assert get(served, path).status_code == 401
    assert "Sign in again" in get(served, path).text
    _, of_another = someone(world, subject="evan")
    assert get(served, path, cookies=of_another).status_code == 404
    # A persona's address, signed with the same key, is nobody's here.
    assert get(served, address(world, persona(world.database)), cookies=cookies).status_code == 404
    people.change(
        world.database, BY_COMMAND, dana.person_id, Wanted("Dana", frozenset({Role.SELLER}))
    )
    assert get(served, path, cookies=cookies).status_code == 404


def test_the_portfolio_is_made_for_the_clients_and_the_right_of_this_moment(
    served: str, world: World, signed: None
) -> None:
    other = World(world.database, "Acme")
    manager, cookies = someone(world, subject="gil", role=Role.MANAGER)
    question = Question.across("portfolio", Compared(None, TODAY))
    path = file_address(world.database, settings(), manager, question, "portfolio.csv")

    def becomes(role: Role, *accounts: int) -> None:
        wanted = Wanted("Gil", frozenset({role}), account_ids=frozenset(accounts))
        people.change(world.database, BY_COMMAND, manager.person_id, wanted)

    first = get(served, path, cookies=cookies)
    assert first.status_code == 200
    assert b"Northwind Kitchen" in first.content
    assert b"Acme" not in first.content
    becomes(Role.MANAGER, other.account_id)
    then = get(served, path, cookies=cookies)
    assert b"Acme" in then.content
    assert b"Northwind" not in then.content
    becomes(Role.SELLER, other.account_id)
    assert get(served, path, cookies=cookies).status_code == 404


def test_the_queue_is_nobodys_but_supports(
    served: str, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    question = Question.across("queue", QueueView())
    support = next(
        one for one in (persona(world.database, number) for number in range(1, 5))
        if Role.SUPPORT in one.person.roles
    )  # fmt: skip
    path = file_address(world.database, settings(), support, question, "requests.csv")
    with caplog.at_level(logging.INFO, "reimbursement.files"):
        assert get(served, path).status_code == 200
    assert f"Person {support.person_id} took away: queue as csv" in caplog.messages
    for number in {1, 2, 3, 4} - {support.person_id}:
        signed_for = persona(world.database, number)
        theirs = file_address(world.database, settings(), signed_for, question, "requests.csv")
        assert get(served, theirs).status_code == 404


def calendar_path(world: World, viewer: Viewer) -> str:
    feed = Feed(person_id=viewer.person_id, account_id=world.account_id, filters=USD)
    return feed_address(world.database, settings(), feed).removeprefix(settings().origin)


def test_a_calendar_follows_without_a_cookie_for_as_long_as_the_person_may(
    served: str, world: World, signed: None
) -> None:
    dana, _ = someone(world, subject="dana")
    path = calendar_path(world, dana)
    assert calendar_path(world, dana) == path
    first = get(served, path)
    assert first.headers["content-type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(first.content)
    assert str(calendar["x-wr-calname"]) == "Claim deadlines: Northwind Kitchen"
    assert len(calendar.walk("VEVENT")) == 1
    unchanged = get(served, path, headers={"if-none-match": f'"x", {first.headers["etag"]}'})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    world.discrepancy(expires_on="2999-02-01")
    world.sum_up()
    again = get(served, path, headers={"if-none-match": first.headers["etag"]})
    assert len(Calendar.from_ical(again.content).walk("VEVENT")) == 2
    assert get(served, calendar_path(world, persona(world.database))).status_code == 404
    people.disable(world.database, BY_COMMAND, dana.person_id)
    known = get(served, path, headers={"if-none-match": again.headers["etag"]})
    assert known.status_code == 404


def test_in_local_mode_a_calendar_follows_what_its_persona_may_see(
    served: str, world: World
) -> None:
    path = calendar_path(world, persona(world.database))
    assert get(served, path).status_code == 200
    operator = persona(world.database, 4)
    assert get(served, calendar_path(world, operator)).status_code == 404
