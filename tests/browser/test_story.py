"""One story from beginning to end: an operator lets people in, a seller asks for the service,
support asks back, the seller answers, support starts the service, the account manager presents it
and sends the page, and the help desk has heard of each step once."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader
from sqlalchemy import URL

from services.access import people
from services.access.people import BY_COMMAND, Wanted
from services.access.rights import Role
from services.settings import settings
from tests.browser.driving import Signed, at_a_screen, settle, sign_in, taken
from tests.browser.looking import rows
from tests.common.databases import fresh_database
from tests.common.serving.dashboards import free_port, served, with_sign_in
from tests.common.serving.receiver import SECRET, Receiver, receiving
from tests.common.working import said_by_a_worker

pytestmark = pytest.mark.xdist_group("signing in")

ACCOUNT = "Northwind Kitchen"
CHANNEL = "Amazon Canada"
QUESTION = "Which brand name stands on your listings?"
ANSWER = "Northwind, since 2019 <b>registered</b>"
OPERATOR, SELLER = "olga@example.com", "sela@example.com"
SUPPORT, MANAGER = "sam@example.com", "mona@example.com"


@pytest.fixture
def help_desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """The endpoint that an operator has named; the worker of this process knows it too."""
    with receiving() as receiver:
        monkeypatch.setenv("HELP_DESK_URL", receiver.address)
        monkeypatch.setenv("HELP_DESK_SECRET", SECRET)
        settings.cache_clear()
        yield receiver
    settings.cache_clear()


@pytest.fixture
def signed(
    server: URL,
    sample_template: str,
    signed_dashboard: Signed,
    help_desk: Receiver,
    tmp_path: Path,
) -> Iterator[Signed]:
    """A dashboard of the story's own; its people prove who they are at the run's provider."""
    port, provider = free_port(), signed_dashboard.provider
    public = f"http://127.0.0.1:{port}"
    with (
        fresh_database(server, sample_template) as own,
        served(own, tmp_path, port=port, **with_sign_in(provider, public)) as address,
    ):
        yield Signed(address, provider, own)


@contextmanager
def at_a_desk(browser: Browser, signed: Signed, email: str, path: str = "/") -> Iterator[Page]:
    """Somebody signs in at a machine of their own."""
    context = at_a_screen(browser, viewport={"width": 1440, "height": 900}, accept_downloads=True)
    page = context.new_page()
    sign_in(page, signed, email, path)
    yield page
    context.close()


def let_in(signed: Signed, email: str, role: Role) -> None:
    account = next(one for one in people.all_accounts(signed.database) if one.name == ACCOUNT)
    wanted = Wanted(
        email.partition("@")[0].title(), frozenset({role}), False, frozenset({account.account_id})
    )
    people.invite(signed.database, BY_COMMAND, email, wanted)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).first.click()
    settle(page)


def invites_the_seller(page: Page) -> None:
    """The operator's whole work: one person, one role, one account."""
    press(page, "Invite")
    form = page.get_by_role("dialog")
    form.get_by_label("Name").fill("Sela")
    form.get_by_label("E-mail").fill(SELLER)
    form.get_by_role("combobox", name=re.compile("Accounts")).click()
    page.get_by_role("option", name=ACCOUNT).click()
    page.keyboard.press("Escape")
    form.get_by_role("button", name="Invite").click()
    settle(page)
    expect(page.get_by_text(SELLER).first).to_be_attached()


def asks_for_the_service(page: Page, signed: Signed) -> None:
    page.goto(f"{signed.address}/amazon?claim={CHANNEL.replace(' ', '+')}")
    settle(page)
    page.get_by_label("Your name").fill("Sela Example")
    page.get_by_label("E-mail").fill(SELLER)
    page.get_by_label("Phone").fill("+1 506-234-5678")
    page.get_by_text("I agree that the service team").click()
    press(page, "Send request")
    expect(page.get_by_text("Requested").first).to_be_visible()


def asks_back(page: Page) -> str:
    """Takes the request from the queue and asks; returns the request's own address."""
    page.get_by_placeholder(re.compile("^Search")).fill("Sela Example")
    page.keyboard.press("Enter")
    page.wait_for_url("**find=**")
    settle(page)  # the list that was searched, not the one before
    expect(page.get_by_text("Open requests")).to_be_visible()
    rows(page).first.click()
    settle(page)
    expect(page.get_by_role("heading", name="Next step")).to_be_visible()
    press(page, "Take it")
    expect(page.get_by_text("It is yours.")).to_be_visible()
    press(page, "Ask the seller")
    page.get_by_label("What do you need?").fill(QUESTION)
    press(page, "Send question")
    expect(page.get_by_text("Your question stands on the seller's page.")).to_be_visible()
    return page.url


def answers(page: Page) -> None:
    page.reload()
    settle(page)
    expect(page.get_by_text(QUESTION).first).to_be_visible()
    page.get_by_label("Your answer").fill(ANSWER)
    press(page, "Send answer")
    expect(page.get_by_text("Our service team reads your answer")).to_be_visible()
    expect(page.get_by_text(ANSWER).first).to_be_attached()


def starts_the_service(page: Page) -> None:
    page.reload()
    settle(page)
    expect(page.get_by_text(ANSWER).first).to_be_visible()
    marks = page.get_by_role("button", name=re.compile("Mark .*done$"))
    for left in reversed(range(marks.count())):
        marks.first.click()
        settle(page)
        expect(marks).to_have_count(left)
    press(page, "Everything is there")
    press(page, "Start the service")
    expect(page.get_by_text("The service runs. Every page of the seller says so.")).to_be_visible()


def sees_that_it_runs(page: Page) -> None:
    page.reload()
    settle(page)
    expect(page.get_by_text(f"The service runs for {CHANNEL}").first).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile("/end_session"))


def presents_and_sends(page: Page) -> None:
    """From the portfolio to the client's screen, and to the page that is sent afterwards."""
    page.keyboard.press("k")
    expect(page.get_by_role("dialog").get_by_role("button", name=re.compile("1$"))).to_be_visible()
    page.keyboard.press("1")
    page.wait_for_url(re.compile(r"/overview\?account=\d+"))
    settle(page)
    page.get_by_role("link", name="Present").click()
    page.wait_for_url(re.compile("/present"))
    settle(page)
    expect(page.get_by_role("heading", name="What came in each month?")).to_be_visible()
    words, _, _ = page.get_by_test_id("stMain").inner_text().partition("What came in each month?")
    # What moved this month is on the screen only: the sheet says what expires and was taken back.
    shown = re.findall(r"\$[\d,]+\.\d\d", re.sub(".*this month", "", words))
    (sheet,) = PdfReader(io.BytesIO(taken(page, "One-page PDF"))).pages
    said = sheet.extract_text()
    assert ACCOUNT in said
    # Three buckets with their seven parts, and six figures since the last call.
    assert len(shown) >= 16
    assert [figure for figure in shown if figure not in said] == []


def test_from_the_first_invitation_to_the_page_that_is_sent(
    browser: Browser, signed: Signed, help_desk: Receiver
) -> None:
    people.invite(
        signed.database,
        BY_COMMAND,
        OPERATOR,
        Wanted("Olga", frozenset({Role.OPERATOR}), False, frozenset()),
    )
    let_in(signed, SUPPORT, Role.SUPPORT)
    let_in(signed, MANAGER, Role.MANAGER)
    with at_a_desk(browser, signed, OPERATOR) as operator:
        invites_the_seller(operator)
    with (
        at_a_desk(browser, signed, SELLER) as seller,
        at_a_desk(browser, signed, SUPPORT) as support,
    ):
        asks_for_the_service(seller, signed)
        support.reload()
        settle(support)
        asks_back(support)
        answers(seller)
        starts_the_service(support)
        sees_that_it_runs(seller)
    with at_a_desk(browser, signed, MANAGER) as manager:
        presents_and_sends(manager)
    said_by_a_worker(signed.database)
    assert help_desk.types() == [
        f"activation_request.{step}"
        for step in ("requested", "taken", "asked", "answered", "ready", "activated")
    ]
    assert len(help_desk.tries) == 6, "each step once"
