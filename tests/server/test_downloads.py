"""Files over real HTTP: made for whoever asks now, and for nobody else."""

import logging
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import requests
from icalendar import Calendar
from sqlalchemy.exc import OperationalError
from streamlit import config

from server import downloads, sign_out
from server.downloads import download_routes
from server.identity import who_was_let_in
from services.access import people, signing
from services.access.absent import absent_viewer
from services.access.people import BY_COMMAND, Wanted
from services.access.rights import Role
from services.access.viewer import NotAllowedError, Viewer
from services.activation.queue import QueueView
from services.database import start
from services.database.engine import Database
from services.exports import following
from services.exports.across import Compared
from services.exports.addresses import feed_address, file_address
from services.exports.files import Question
from services.exports.table import Line, NobodyWaitsError, Table, Taker
from services.insights.expiring import View
from services.settings import settings
from tests.common.serving.alone import alone
from tests.common.signed import ORIGIN, cookie_of
from tests.common.worlds.insights import TODAY, USD, World


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    """The routes alone, in a thread of this process."""
    with alone([*download_routes(), *sign_out.routes()]) as address:
        yield address


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
    def slow(*_: object, **__: object) -> None:
        raise OperationalError("select", {}, Exception("canceling statement"))

    monkeypatch.setattr(downloads, "write_file", slow)
    answer = get(served, address(world, persona(world.database)))
    assert answer.status_code == 503
    assert "select" not in answer.text


def test_a_file_whose_reader_has_left_is_not_made_to_its_end(
    served: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, ended = threading.Event(), threading.Event()

    def lines() -> Iterator[Line]:
        while True:  # a list that never ends by itself
            begun.set()
            yield Line(["one more"])

    def endless(*_: object, taker: Taker) -> None:
        try:
            taker.take(Table("Endless", [], lines()), lambda table, _: deque(table.lines, 0))
        except NobodyWaitsError:
            ended.set()
            raise

    monkeypatch.setattr(downloads, "write_file", endless)
    path = address(world, persona(world.database))
    with requests.Session() as session, pytest.raises(requests.Timeout):
        session.get(f"{served}{path}", timeout=(5, 0.5))
    assert begun.is_set()
    assert ended.wait(10)


def someone(
    world: World, *, subject: str, role: Role = Role.SELLER
) -> tuple[Viewer, dict[str, str]]:
    """Somebody who has signed in, and their cookie."""
    mine = frozenset({world.account_id})
    wanted = Wanted("Dana", frozenset({role}), account_ids=mine)
    email = f"{subject}@example.com"
    number = people.invite(world.database, BY_COMMAND, email, wanted)
    return persona(world.database, number), cookie_of(subject)


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
        one
        for one in (persona(world.database, number) for number in range(1, 5))
        if Role.SUPPORT in one.person.roles
    )
    path = file_address(world.database, settings(), support, question, "requests.csv")
    with caplog.at_level(logging.INFO, "reimbursement.files"):
        assert get(served, path).status_code == 200
    assert f"Person {support.person_id} took away: queue as csv" in caplog.messages
    for number in {1, 2, 3, 4} - {support.person_id}:
        signed_for = persona(world.database, number)
        theirs = file_address(world.database, settings(), signed_for, question, "requests.csv")
        assert get(served, theirs).status_code == 404


def calendar_path(world: World, viewer: Viewer) -> str:
    following.follow(world.database, viewer, world.account_id, USD)
    made = following.followed_here(world.database, viewer, world.account_id, USD)
    assert made
    return feed_address(world.database, settings(), viewer, made).removeprefix(settings().origin)


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
    with pytest.raises(NotAllowedError):
        calendar_path(world, persona(world.database, 4))  # an operator sees no deadlines


def test_each_calendar_address_is_seen_renewed_and_taken_back_by_itself(
    served: str, world: World, signed: None
) -> None:
    dana, _ = someone(world, subject="dana")
    evan, _ = someone(world, subject="evan")
    path, of_evan = calendar_path(world, dana), calendar_path(world, evan)
    following.follow(world.database, dana, world.account_id, replace(USD, channel="amazon-us"))
    (narrow, whole) = following.followed(world.database, dana)
    assert (narrow.filters.channel, whole.filters) == ("amazon-us", USD)
    assert whole.fetched_at is None
    assert get(served, path).status_code == 200
    assert following.followed(world.database, dana)[1].fetched_at
    # Another's is nobody's to renew or to take back, whatever number is named.
    (theirs,) = following.followed(world.database, evan)
    for step in (following.renew, following.revoke):
        step(world.database, dana, world.account_id, theirs.calendar_id)
    assert get(served, of_evan).status_code == 200
    following.renew(world.database, dana, world.account_id, whole.calendar_id)
    renewed = calendar_path(world, dana)
    assert renewed != path
    assert [get(served, one).status_code for one in (path, renewed)] == [404, 200]
    renewed_as = following.followed_here(world.database, dana, world.account_id, USD)
    assert renewed_as
    following.revoke(world.database, dana, world.account_id, renewed_as.calendar_id)
    assert get(served, renewed).status_code == 404
    (left,) = following.followed(world.database, dana)
    assert left.filters.channel == "amazon-us"


@pytest.mark.parametrize("how", ["disabled", "withdrawn", "another role"])
def test_a_calendar_address_is_over_with_the_right_and_does_not_come_back_with_it(
    served: str, world: World, signed: None, how: str
) -> None:
    dana, _ = someone(world, subject="dana")
    path = calendar_path(world, dana)
    whole = Wanted("Dana", frozenset({Role.SELLER}), account_ids=frozenset({world.account_id}))
    if how == "disabled":
        people.disable(world.database, BY_COMMAND, dana.person_id)
        people.enable(world.database, BY_COMMAND, dana.person_id)
    elif how == "withdrawn":
        less = replace(whole, account_ids=frozenset())
        people.change(world.database, BY_COMMAND, dana.person_id, less)
    else:
        support = replace(whole, roles=frozenset({Role.OPERATOR}))
        invited = people.invite(
            world.database, BY_COMMAND, "ola@example.com", replace(support, name="Ola")
        )
        assert invited
        people.change(world.database, BY_COMMAND, dana.person_id, support)
    people.change(world.database, BY_COMMAND, dana.person_id, whole)
    assert get(served, path).status_code == 404
    assert get(served, calendar_path(world, dana)).status_code == 200


def test_a_lasting_address_of_an_earlier_version_shows_nothing(
    served: str, world: World, signed: None
) -> None:
    dana, _ = someone(world, subject="dana")
    assert calendar_path(world, dana)
    told = {
        "person_id": dana.person_id,
        "account_id": world.account_id,
        "filters": {"currency": "USD", "channel": None, "type": None},
    }
    token = signing.lasting(world.database, settings(), "calendar").dumps(told)
    assert get(served, f"/api/calendar/{token}.ics").status_code == 404


# Whose an open page is --------------------------------------------------------------------------


def who(cookies: dict[str, str]) -> str:
    said = "; ".join(f"{name}={value}" for name, value in cookies.items()).encode()
    return who_was_let_in(
        {"type": "websocket", "path": "/_stcore/stream", "headers": [(b"cookie", said)]}
    )


def test_a_page_is_a_persons_who_was_let_in_and_everybody_elses_together(
    world: World, signed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    dana, cookies = someone(world, subject="dana")
    assert who(cookies) == f"person {dana.person_id}"  # at the very first sign-in
    assert who({}) == who(cookie_of("stranger")) == ""
    people.disable(world.database, BY_COMMAND, dana.person_id)
    assert who(cookies) == ""
    people.enable(world.database, BY_COMMAND, dana.person_id)
    assert who(cookies) == ""

    def away(*_: object, **__: object) -> Viewer:
        raise OperationalError("select", {}, Exception("gone"))

    monkeypatch.setattr("server.identity.signed_in_viewer", away)
    assert who(cookies) == "https://id.example.com dana"
    assert who({}) == ""


# The way out: what a copied cookie opens afterwards ----------------------------------------------

POST = {"origin": ORIGIN}


def leave(served: str, cookies: dict[str, str], how: str = "", **headers: str) -> int:
    answer = requests.post(
        f"{served}/auth/logout{how}",
        cookies=cookies,
        headers=headers,
        timeout=10,
        allow_redirects=False,
    )
    return answer.status_code


def test_only_the_button_of_our_own_page_signs_out_and_then_no_copy_opens_anything(
    served: str, world: World, signed: None
) -> None:
    dana, cookies = someone(world, subject="dana")
    path = address(world, dana)

    def opens() -> bool:
        return get(served, path, cookies=cookies).status_code == 200

    assert opens()
    # A picture elsewhere, a link, a form of another page, one that does not say whose it is.
    looked = get(served, "/auth/logout", cookies=cookies, allow_redirects=False)
    assert (looked.status_code, looked.headers.get("set-cookie")) == (405, None)
    assert requests.head(f"{served}/auth/logout", cookies=cookies, timeout=10).status_code == 405
    assert leave(served, cookies) == 403
    assert leave(served, cookies, origin="https://evil.example") == 403
    assert leave(served, cookies, origin="null") == 403
    assert leave(served, cookies, referer=f"{ORIGIN}.evil.example/") == 403
    assert opens()
    assert leave(served, cookies, **POST) == 303
    assert get(served, path, cookies=cookies).status_code == 401
    assert leave(served, cookies, **POST) == 303, "pressed again in another tab"
    assert leave(served, {}, **POST) == 303, "nobody is signed in"


def test_signing_out_takes_the_cookies_along(served: str, world: World, signed: None) -> None:
    _, cookies = someone(world, subject="dana")
    answer = requests.post(
        f"{served}/auth/logout",
        cookies={**cookies, "_streamlit_user_1": "x"},
        headers={"referer": f"{ORIGIN}/cases?account=1"},
        timeout=10,
        allow_redirects=False,
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    gone = answer.raw.headers.getlist("set-cookie")
    for name in ("_streamlit_user", "_streamlit_user_1", "_streamlit_user_tokens"):
        assert any(one.startswith(f'{name}=""') and "Max-Age=0" in one for one in gone)


def test_signing_out_everywhere_ends_the_other_sign_ins_too(
    served: str, world: World, signed: None
) -> None:
    dana, here = someone(world, subject="dana")
    path = address(world, dana)
    there = cookie_of("dana", nonce="of another browser")
    for cookies in (here, there):
        assert get(served, path, cookies=cookies).status_code == 200
    assert leave(served, here, **POST) == 303
    assert leave(served, here, "?everywhere=yes", **POST) == 303, "a copy of what has ended"
    assert get(served, path, cookies=there).status_code == 200
    third = cookie_of("dana", nonce="of a third")
    assert get(served, path, cookies=third).status_code == 200
    assert leave(served, third, "?everywhere=yes", **POST) == 303
    assert get(served, path, cookies=there).status_code == 401


def test_without_sign_in_there_is_no_way_out(served: str, world: World) -> None:
    assert leave(served, {}, **POST) == 404
