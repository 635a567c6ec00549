"""To a consent page and back over real HTTP: what comes back serves once, for who began it."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from sqlalchemy import text
from streamlit import config

from server import connecting
from services.access.absent import absent_viewer
from services.access.rights import Role
from services.access.viewer import Viewer
from services.database import start
from services.database.engine import Database
from services.sync import consenting
from tests.common.consenting.fixtures import registered
from tests.common.consenting.marketplace import OnLoopback
from tests.common.serving.alone import alone
from tests.common.working import said_by_a_worker
from tests.common.worlds.insights import World

CODE = "a-code-that-opens-everything"


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    """The routes alone, in a thread of this process."""
    with alone(connecting.routes()) as address:
        yield address


@pytest.fixture
def shop() -> Iterator[OnLoopback]:
    with registered() as running:
        yield running


@pytest.fixture
def world(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """An account; the server reads this test's database, as the seller of local mode."""
    monkeypatch.setattr(start, "open_database", lambda **_: database)
    start.database.cache_clear()
    address = config.get_option("server.address")
    config.set_option("server.address", "127.0.0.1")
    yield World(database)
    config.set_option("server.address", address)
    start.database.cache_clear()


def seller(world: World) -> Viewer:
    found = absent_viewer(world.database, 1)
    assert found
    assert Role.SELLER in found.person.roles
    return found


def begin(browser: requests.Session, served: str, world: World, **more: str) -> requests.Response:
    asked = {"account": str(world.account_id), "channel": "amazon-us", **more}
    return browser.get(f"{served}/connecting", params=asked, allow_redirects=False, timeout=10)


def state_of(answer: requests.Response) -> str:
    return parse_qs(urlsplit(answer.headers["location"]).query)["state"][0]


def come_back(browser: requests.Session, served: str, **told: str) -> str:
    """Where the browser is led on to; nothing of what came back is in that address."""
    answer = browser.get(f"{served}/connected", params=told, allow_redirects=False, timeout=10)
    assert answer.status_code == 303
    assert answer.headers["cache-control"] == "no-store"
    assert CODE not in answer.headers["location"]
    assert "state" not in answer.headers["location"]
    return answer.headers["location"]


def wishes(world: World) -> list[Any]:
    with world.database.owning() as connection:
        found = connection.execute(text("select * from connection_request order by request_id"))
        return list(found.mappings())


def page(world: World, why: str = "") -> str:
    return f"/amazon?account={world.account_id}" + (f"&connect={why}" if why else "")


def test_a_seller_goes_over_allows_it_and_is_connected(
    served: str, world: World, shop: OnLoopback
) -> None:
    browser = requests.Session()
    left = begin(browser, served, world)
    assert left.status_code == 303
    assert left.headers["location"].startswith(f"{shop.address}/consent?")
    cookie = left.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    told = parse_qs(urlsplit(left.headers["location"]).query)
    assert told["answer_to"] == [f"{served}/connected"]
    shop.memory.codes.add(CODE)
    assert come_back(browser, served, code=CODE, state=told["state"][0]) == page(world)
    (wish,) = wishes(world)
    assert (wish["state"], wish["channel"], wish["person_id"]) == ("waiting", "amazon-us", 1)
    assert CODE not in str(wish), "it is sealed"
    said = said_by_a_worker(world.database)
    assert "Connected: amazon-us." in said
    (wish,) = wishes(world)
    assert (wish["state"], wish["sealed"]) == ("done", None)


def test_what_came_back_serves_once(served: str, world: World, shop: OnLoopback) -> None:
    browser = requests.Session()
    state = state_of(begin(browser, served, world))
    come_back(browser, served, code=CODE, state=state)
    assert come_back(browser, served, code=CODE, state=state) == page(world, "waiting")
    said_by_a_worker(world.database)
    assert come_back(browser, served, code=CODE, state=state) == page(world, "used")
    assert len(wishes(world)) == 1


def test_a_code_that_does_not_hold_is_refused_in_words(
    served: str, world: World, shop: OnLoopback
) -> None:
    browser = requests.Session()
    come_back(browser, served, code="another", state=state_of(begin(browser, served, world)))
    said_by_a_worker(world.database)
    (wish,) = wishes(world)
    assert wish["state"] == "refused"
    assert wish["because"] == "The code does not hold any more: connect again."


def test_another_browser_changes_nothing(served: str, world: World, shop: OnLoopback) -> None:
    state = state_of(begin(requests.Session(), served, world))
    assert come_back(requests.Session(), served, code=CODE, state=state) == page(world, "elsewhere")
    other = requests.Session()
    begin(other, served, world)
    assert come_back(other, served, code=CODE, state=state) == page(world, "elsewhere")
    assert wishes(world) == []


def test_two_channels_on_their_way_at_once_in_one_browser(
    served: str, world: World, shop: OnLoopback
) -> None:
    browser = requests.Session()
    first = state_of(begin(browser, served, world))
    second = state_of(begin(browser, served, world, channel="amazon-de"))
    for state in (first, second):
        assert come_back(browser, served, code=CODE, state=state) == page(world)
    assert [one["channel"] for one in wishes(world)] == ["amazon-us", "amazon-de"]


def test_an_old_state_is_refused(
    served: str, world: World, shop: OnLoopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = requests.Session()
    state = state_of(begin(browser, served, world))
    monkeypatch.setattr(consenting, "HOLDS", timedelta(seconds=-1))
    assert come_back(browser, served, code=CODE, state=state) == page(world, "expired")
    assert wishes(world) == []


@pytest.mark.parametrize("changed", ["", "no state of ours", "cut", "turned"])
def test_a_changed_state_is_nobodys(
    served: str, world: World, shop: OnLoopback, changed: str
) -> None:
    browser = requests.Session()
    state = state_of(begin(browser, served, world))
    turned = state[:20] + ("A" if state[20] != "A" else "B") + state[21:]
    forged = {"cut": state[:-3], "turned": turned}.get(changed, changed)
    assert come_back(browser, served, code=CODE, state=forged) == "/connected/unknown"
    assert wishes(world) == []


def test_what_was_signed_for_something_else_is_no_state(
    served: str, world: World, shop: OnLoopback
) -> None:
    from services.access import signing  # noqa: PLC0415
    from services.settings import settings  # noqa: PLC0415

    signer = signing.short_lived(world.database, settings(), "file")
    asked = {"person": 1, "account": world.account_id, "channel": "amazon-us", "nonce": "n" * 9}
    state = str(signer.dumps({**asked, "session": "s"}))
    assert come_back(requests.Session(), served, code=CODE, state=state) == "/connected/unknown"


def test_a_seller_who_does_not_allow_it_reads_so(
    served: str, world: World, shop: OnLoopback
) -> None:
    browser = requests.Session()
    state = state_of(begin(browser, served, world))
    told = come_back(browser, served, error="access_denied", state=state)
    assert told == page(world, "refused")
    assert wishes(world) == []


def test_somebody_else_who_comes_back_is_told_nothing_of_the_account(
    served: str, world: World, shop: OnLoopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = requests.Session()
    state = state_of(begin(browser, served, world))
    somebody = replace(seller(world), person=replace(seller(world).person, person_id=99))
    monkeypatch.setattr(connecting, "viewer_of", lambda _request: somebody)
    assert come_back(browser, served, code=CODE, state=state) == "/connected/somebody"
    assert wishes(world) == []


def test_whoever_lost_the_account_meanwhile_is_turned_away(
    served: str, world: World, shop: OnLoopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = requests.Session()
    state = state_of(begin(browser, served, world))
    without = replace(seller(world), accounts=())
    monkeypatch.setattr(connecting, "viewer_of", lambda _request: without)
    assert come_back(browser, served, code=CODE, state=state) == "/connected/not-yours"
    assert begin(browser, served, world).headers["location"] == "/connected/not-yours"
    assert wishes(world) == []


@pytest.mark.parametrize("role", ["manager", "support", "operator"])
def test_who_is_no_seller_begins_nothing(
    served: str, world: World, shop: OnLoopback, role: str
) -> None:
    answer = begin(requests.Session(), served, world, **{"as": role})
    assert answer.headers["location"] == "/connected/not-yours"


@pytest.mark.parametrize("account", ["", "0", "-1", "1;2", "9" * 30, "999999"])
def test_no_account_but_ones_own(served: str, world: World, shop: OnLoopback, account: str) -> None:
    answer = begin(requests.Session(), served, world, account=account)
    assert answer.headers["location"] == "/connected/not-yours"


@pytest.mark.parametrize("channel", ["", "walmart-us", "amazon-mx", "nowhere-us"])
def test_a_channel_that_cannot_be_connected_leads_nowhere(
    served: str, world: World, shop: OnLoopback, channel: str
) -> None:
    answer = begin(requests.Session(), served, world, channel=channel)
    assert answer.headers["location"] == "/connected/impossible"


def test_more_than_any_page_sends_is_not_kept(served: str, world: World, shop: OnLoopback) -> None:
    for told in (
        {"code": "x" * 4001},
        {"n" * 101: "code"},
        {f"name{number}": "x" for number in range(25)},
        {},
    ):
        browser = requests.Session()
        state = state_of(begin(browser, served, world))
        assert come_back(browser, served, state=state, **told) == page(world, "unknown")
    assert wishes(world) == []


def test_wishes_of_an_hour_are_counted(served: str, world: World, shop: OnLoopback) -> None:
    browser = requests.Session()
    state = state_of(begin(browser, served, world))
    with world.database.owning() as connection:
        connection.execute(
            text("""
                insert into connection_request (account_id, channel, wish, nonce, person_id,
                    by_name, state, settled_at)
                select :account_id, 'amazon-de', 'disconnect', 'another nonce ' || n, 1, 'n',
                    'done', now()
                from generate_series(1, 12) n
            """),
            {"account_id": world.account_id},
        )
    assert come_back(browser, served, code=CODE, state=state) == page(world, "often")


def test_nothing_that_came_back_is_written_into_a_log(
    served: str, world: World, shop: OnLoopback, caplog: pytest.LogCaptureFixture
) -> None:
    browser = requests.Session()
    with caplog.at_level(logging.DEBUG):
        state = state_of(begin(browser, served, world))
        for changed in (state, state[:-2], ""):
            come_back(browser, served, code=CODE, state=changed)
        said_by_a_worker(world.database)
    of_ours = [one for one in caplog.records if not one.name.startswith(("urllib3", "uvicorn"))]
    assert not [one for one in of_ours if CODE in one.getMessage() or state in one.getMessage()]


def test_the_page_of_one_sentence_says_nothing_but_our_own_words(served: str) -> None:
    said = requests.get(f"{served}/connected/signed-out", timeout=10)
    assert "Your sign-in has ended meanwhile" in said.text
    forged = requests.get(f"{served}/connected/%3Cscript%3E", timeout=10)
    assert "<script>" not in forged.text
    assert "belongs to nothing" in forged.text


def test_the_state_says_how_old_it_is(served: str, world: World, shop: OnLoopback) -> None:
    """Ours to the second, whatever the browser's clock says."""
    browser = requests.Session()
    state = state_of(begin(browser, served, world))
    found = consenting._read(world.database, state)
    assert found is not None
    assert abs(datetime.now(UTC) - found[1]) < timedelta(minutes=1)


# A business that has no account here yet -----------------------------------------------------


def begin_newcomer(
    browser: requests.Session, served: str, name: str = "Harbor Toys", **more: str
) -> requests.Response:
    asked = {"name": name, "channel": "amazon-us", **more}
    return browser.get(f"{served}/connecting", params=asked, allow_redirects=False, timeout=10)


def newcomers(world: World) -> list[Any]:
    with world.database.owning() as connection:
        found = connection.execute(text("select * from account_request order by request_id"))
        return list(found.mappings())


def told_newcomer(why: str) -> str:
    return f"/data?first=load&connect={why}"


def test_a_newcomer_comes_back_to_where_it_is_told_and_has_an_account_then(
    served: str, world: World, shop: OnLoopback
) -> None:
    browser = requests.Session()
    state = state_of(begin_newcomer(browser, served))
    assert newcomers(world) == []
    shop.memory.codes.add(CODE)
    assert come_back(browser, served, code=CODE, state=state) == told_newcomer("goes-on")
    (wish,) = newcomers(world)
    assert (wish["state"], wish["account_name"], wish["person_id"]) == ("waiting", "Harbor Toys", 1)
    assert CODE not in str(wish), "it is sealed"
    assert "Connected: amazon-us." in said_by_a_worker(world.database)
    with world.database.owning() as connection:
        made = connection.execute(text("select account_id from account where name = 'Harbor Toys'"))
        assert newcomers(world)[0]["account_id"] == made.scalar_one()
    assert wishes(world) == []
    assert come_back(browser, served, code=CODE, state=state) == told_newcomer("name")


def test_a_newcomers_consent_serves_once(served: str, world: World, shop: OnLoopback) -> None:
    browser = requests.Session()
    state = state_of(begin_newcomer(browser, served))
    come_back(browser, served, code="another", state=state)
    assert come_back(browser, served, code=CODE, state=state) == told_newcomer("waiting")
    said_by_a_worker(world.database)
    assert come_back(browser, served, code=CODE, state=state) == told_newcomer("used")
    assert [one["state"] for one in newcomers(world)] == ["refused"]
    assert [one.account_id for one in seller(world).accounts] == [world.account_id]


@pytest.mark.parametrize("why", ["elsewhere", "refused", "expired"])
def test_a_newcomer_who_does_not_come_back_well_leaves_nothing(
    served: str, world: World, shop: OnLoopback, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    browser = requests.Session()
    state = state_of(begin_newcomer(browser, served))
    told = {"error": "access_denied"} if why == "refused" else {"code": CODE}
    if why == "expired":
        monkeypatch.setattr(consenting, "HOLDS", timedelta(seconds=-1))
    if why == "elsewhere":
        browser = requests.Session()
    assert come_back(browser, served, state=state, **told) == told_newcomer(why)
    assert newcomers(world) == []


def test_who_makes_no_accounts_brings_none(
    served: str, world: World, shop: OnLoopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = requests.Session()
    state = state_of(begin_newcomer(browser, served))
    limited = replace(seller(world), person=replace(seller(world).person, every_account=False))
    monkeypatch.setattr(connecting, "viewer_of", lambda _request: limited)
    assert come_back(browser, served, code=CODE, state=state) == "/connected/not-yours"
    assert begin_newcomer(browser, served).headers["location"] == "/connected/not-yours"
    assert newcomers(world) == []


@pytest.mark.parametrize("name", ["", " ", "x" * 201, "a\u202eb"])
def test_a_name_that_cannot_be_leads_nowhere(
    served: str, world: World, shop: OnLoopback, name: str
) -> None:
    answer = begin_newcomer(requests.Session(), served, name)
    assert answer.headers["location"] == "/connected/name"


def test_the_name_of_an_account_that_is_there_leads_nowhere(
    served: str, world: World, shop: OnLoopback
) -> None:
    name = seller(world).require_account(world.account_id).name
    answer = begin_newcomer(requests.Session(), served, name)
    assert answer.headers["location"] == "/connected/name"
