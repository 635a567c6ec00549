"""Signing in with a real OpenID Connect provider, and everything that may go wrong with it."""

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from pages.shared.viewer import LOOK_AGAIN_SECONDS
from services.access import people
from services.access.people import BY_COMMAND, Wanted
from services.access.rights import Role
from tests.browser.driving import Signed, at_a_screen, settle, sign_in
from tests.common.serving.dashboards import COOKIE_SECRET
from tests.common.serving.provider import prove

# One server for the whole file: its tests stay in one process.
pytestmark = pytest.mark.xdist_group("signing in")

SIGN_IN = re.compile("^(Sign in|You are signed out)$")
MONEY = re.compile(r"[$£€]\s?\d")


def invited(
    signed: Signed, email: str, *roles: Role, accounts: int = 1, every: bool = False
) -> int:
    """Somebody with the first accounts of the sample world."""
    numbers = frozenset(one.account_id for one in people.all_accounts(signed.database)[:accounts])
    wanted = Wanted(email.partition("@")[0].title(), frozenset(roles), every, numbers)
    return people.invite(signed.database, BY_COMMAND, email, wanted)


def account_ids(signed: Signed) -> list[int]:
    return [one.account_id for one in people.all_accounts(signed.database)]


@contextmanager
def browser_of_somebody(chrome: Browser) -> Iterator[BrowserContext]:
    context = at_a_screen(chrome, viewport={"width": 1280, "height": 800})
    try:
        yield context
    finally:
        context.close()


def sees_the_door_only(page: Page, title: str | re.Pattern[str]) -> None:
    """No sidebar, no page, no name, no figure."""
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    settle(page)
    beside = page.get_by_test_id("stSidebar").filter(has_text=re.compile(r"\S"))
    expect(beside).to_have_count(0)
    assert page.get_by_test_id("stPageLink").count() == 0
    assert page.get_by_text(MONEY).count() == 0
    assert page.get_by_test_id("stBidiComponentIsolated").count() == 0
    assert page.get_by_text("does not seem to exist").count() == 0


def test_from_a_link_over_the_sign_in_to_the_same_page(
    page: Page, signed_dashboard: Signed
) -> None:
    signed = signed_dashboard
    mine, others = account_ids(signed)[0], account_ids(signed)[1]
    invited(signed, "dana@example.com", Role.SELLER)
    page.goto(f"{signed.address}/expiring?account={mine}&expires=30d")
    settle(page)
    sees_the_door_only(page, "Sign in")
    sign_in(page, signed, "dana@example.com", f"/expiring?account={mine}&expires=30d")
    expect(page.get_by_role("heading", name="Expiring")).to_be_visible()
    wanted = urlsplit(page.url)
    assert (wanted.path, parse_qs(wanted.query)["account"]) == ("/expiring", [str(mine)])
    expect(page.get_by_test_id("stSidebar")).to_contain_text("Dana")
    expect(page.get_by_test_id("stSidebar")).to_contain_text("Seller")
    cookies = {one["name"]: one for one in page.context.cookies()}
    ours = cookies["_streamlit_user"]
    assert ours["httpOnly"]
    assert ours["sameSite"] == "Lax"
    assert ours["expires"] < time.time() + 12 * 3600 + 60
    assert "wanted_page" not in cookies
    # Another's account, and the pages of other roles, are not there.
    page.goto(f"{signed.address}/expiring?account={others}")
    settle(page)
    expect(page.get_by_text("There is no such account here, or you cannot open it")).to_be_visible()
    assert page.get_by_text(MONEY).count() == 0
    for path in ("portfolio", "requests", "people"):
        page.goto(f"{signed.address}/{path}")
        settle(page)
        assert (
            page.get_by_role("heading", name=re.compile("Portfolio|requests|People")).count() == 0
        )
        expect(page.get_by_role("heading", name="Overview")).to_be_visible()


def test_whoever_was_not_let_in_learns_whom_to_ask_and_nothing_else(
    chrome: Browser, signed_dashboard: Signed
) -> None:
    signed = signed_dashboard
    invited(signed, "kim@example.com", Role.SELLER)
    with browser_of_somebody(chrome) as first:
        page = first.new_page()
        sign_in(page, signed, "stranger@example.com", "/people")
        sees_the_door_only(page, "You have no access yet")
        expect(page.get_by_text("stranger@example.com")).to_be_visible()
        expect(page.get_by_text("access@example.com")).to_be_visible()
        page.get_by_role("button", name="Sign out").click()
        page.get_by_role("button", name="End session").click()
        settle(page)
        sees_the_door_only(page, SIGN_IN)
    # The invited address, but the provider has not confirmed that it is theirs.
    signed.provider.knows("unsure", "kim@example.com", verified=False)
    with browser_of_somebody(chrome) as second:
        page = second.new_page()
        _prove_as(page, signed, "unsure")
        sees_the_door_only(page, "You have no access yet")
        expect(page.get_by_text("has not confirmed this address")).to_be_visible()
    # The real one comes first, then somebody else with the same address.
    with browser_of_somebody(chrome) as third:
        sign_in(third.new_page(), signed, "kim@example.com")
        expect(third.pages[0].get_by_role("heading", name="Overview")).to_be_visible()
    signed.provider.knows("kim-the-second", "kim@example.com")
    with browser_of_somebody(chrome) as fourth:
        page = fourth.new_page()
        _prove_as(page, signed, "kim-the-second")
        sees_the_door_only(page, "You have no access yet")


def _prove_as(page: Page, signed: Signed, subject: str) -> None:
    page.goto(signed.address)
    settle(page)
    page.get_by_role("button", name="Sign in").click()
    prove(page, subject)
    settle(page)


def test_signed_out_disabled_or_withdrawn_ends_open_pages_without_a_click(
    chrome: Browser, signed_dashboard: Signed
) -> None:
    signed = signed_dashboard
    at = f"/data?account={account_ids(signed)[0]}"
    invited(signed, "out@example.com", Role.SELLER)
    disabled = invited(signed, "disabled@example.com", Role.SELLER)
    fewer = invited(signed, "fewer@example.com", Role.SELLER, Role.MANAGER, accounts=2)
    with (
        browser_of_somebody(chrome) as one,
        browser_of_somebody(chrome) as two,
        browser_of_somebody(chrome) as three,
    ):
        first, second, of_two, of_three = (
            one.new_page(),
            one.new_page(),
            *map(new_page, (two, three)),
        )
        sign_in(first, signed, "out@example.com", at)
        sign_in(of_two, signed, "disabled@example.com", at)
        sign_in(of_three, signed, "fewer@example.com", at)
        second.goto(f"{signed.address}{at}")
        settle(second)
        for page in (first, second, of_two, of_three):
            expect(page.get_by_role("heading", name="Data", exact=True)).to_be_visible()
        copied = one.cookies()
        first.get_by_role("button", name="Sign out").click()
        people.disable(signed.database, BY_COMMAND, disabled)
        wanted = Wanted(
            "Fewer", frozenset({Role.MANAGER}), False, frozenset(account_ids(signed)[1:2])
        )
        people.change(signed.database, BY_COMMAND, fewer, wanted)
        soon = (LOOK_AGAIN_SECONDS + 15) * 1000
        expect(second.get_by_role("heading", name="You are signed out")).to_be_visible(timeout=soon)
        sees_the_door_only(second, "You are signed out")
        expect(of_two.get_by_role("heading", name="You have no access yet")).to_be_visible(
            timeout=soon
        )
        sees_the_door_only(of_two, "You have no access yet")
        expect(of_three.get_by_text("There is no such account here")).to_be_visible(timeout=soon)
        settle(of_three)
        assert of_three.get_by_text(MONEY).count() == 0
    # Whoever kept a copy of the cookie has nothing of it.
    with browser_of_somebody(chrome) as thief:
        thief.add_cookies(copied)
        page = thief.new_page()
        page.goto(f"{signed.address}{at}")
        settle(page)
        sees_the_door_only(page, "You are signed out")


def new_page(context: BrowserContext) -> Page:
    return context.new_page()


def test_an_operator_lets_somebody_in_and_sees_no_figures(
    page: Page, signed_dashboard: Signed
) -> None:
    signed = signed_dashboard
    invited(signed, "ola@example.com", Role.OPERATOR)
    sign_in(page, signed, "ola@example.com")
    expect(page.get_by_role("heading", name="People")).to_be_visible()
    page.get_by_role("button", name="Invite").click()
    settle(page)
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Invite").click()
    settle(page)
    expect(dialog.get_by_text("That is no e-mail address")).to_be_visible()
    dialog.get_by_label("E-mail").fill("new@example.com")
    dialog.get_by_label("Name").fill("Newcomer")
    dialog.get_by_role("button", name="Invite").click()
    settle(page)
    expect(dialog).to_be_hidden()
    known = people.known_by(signed.database, "new@example.com")
    (change,) = people.history(signed.database, known.person_id)
    assert (change.by_name, change.what) == ("Ola", "Invited new@example.com as Seller")
    page.goto(f"{signed.address}/overview?account={account_ids(signed)[0]}")
    settle(page)
    expect(page.get_by_role("heading", name="People")).to_be_visible()
    assert page.get_by_text(MONEY).count() == 0


@pytest.mark.parametrize(
    ("changed", "secret", "seen"),
    [
        ({}, COOKIE_SECRET, re.compile("^Overview$")),
        ({"iat": -13 * 3600}, COOKIE_SECRET, SIGN_IN),
        ({}, "another secret of thirty-two characters", SIGN_IN),
        ({"origin": "https://elsewhere.example"}, COOKIE_SECRET, SIGN_IN),
    ],
    ids=["ours", "too old", "forged", "of another address"],
)
def test_a_cookie_of_ours_opens_a_page_and_an_old_forged_or_foreign_one_nothing(
    chrome: Browser,
    signed_dashboard: Signed,
    changed: dict[str, object],
    secret: str,
    seen: re.Pattern[str],
) -> None:
    signed = signed_dashboard
    email = "cookie@example.com"
    if email not in {one.email for one in people.everyone(signed.database)}:
        invited(signed, email, Role.SELLER)
    assert seen.match(_opened_with(chrome, signed, email, changed, secret))


def _opened_with(
    chrome: Browser, signed: Signed, email: str, changed: dict[str, object], secret: str
) -> str:
    """The heading that somebody sees who comes with a cookie of their own making."""
    age = int(str(changed.get("iat", 0)))
    claims = {
        "iss": signed.provider.address,
        "sub": email,
        "email": email,
        "email_verified": True,
        "nonce": "made by hand",
        "origin": signed.address,
        "is_logged_in": True,
        **changed,
        "iat": int(time.time()) + age,
    }
    value = create_signed_value(secret, "_streamlit_user", json.dumps(claims)).decode()
    with browser_of_somebody(chrome) as context:
        context.add_cookies([{"name": "_streamlit_user", "value": value, "url": signed.address}])
        page = context.new_page()
        page.goto(signed.address)
        settle(page)
        return page.get_by_role("heading", level=1).inner_text()
