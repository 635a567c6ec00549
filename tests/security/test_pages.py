"""Every page for every persona: their own account, somebody else's, none; and with forged state.

Pages are found in the code (places.EVERY). Nothing of another account may be sent to a visit.
"""

import asyncio
from typing import Final
from urllib.parse import urlsplit

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from streamlit.runtime.state.query_params import QueryParams
from streamlit.testing.v1 import AppTest

from components.page import ACCOUNT
from pages.shared import places
from pages.shared.places import Place
from server import downloads
from server.routes import routes
from services.access.rights import Right, Role
from services.access.viewer import Viewer
from services.exports.addresses import feed_address, file_address
from services.exports.files import Question
from services.exports.following import followed
from services.insights.cases import Search
from services.settings import PROJECT, settings
from tests.common.drawn import drawn
from tests.common.rights.matrix import viewer
from tests.common.serving.running import apart
from tests.common.visiting import Visit, query_of
from tests.common.worlds.insights import USD
from tests.common.worlds.zoo import INTERNAL, Marked

# Whose pages show every account by design.
FOR_EVERY_ACCOUNT: Final = {Right.TRIAGE, Right.MANAGE_PEOPLE}


def _ids(place: Place) -> str:
    return place.path


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("place", places.EVERY, ids=_ids)
def test_a_page_shows_ones_own_account_and_no_other(visit: Visit, place: Place, role: Role) -> None:
    own = visit.zoo.accounts[0]
    who = viewer(own, role)
    if not who.may(place.right):
        _is_not_theirs(visit, place, who)
        return
    app = visit.open(place, who, own.account_id, **query_of(place, own))
    assert not app.exception
    assert app.title, "the page itself must have been drawn"
    if place.right in FOR_EVERY_ACCOUNT:
        return
    assert own.marks_in(drawn(app))
    assert visit.zoo.foreign_marks(drawn(app), own) == set()
    assert role is Role.MANAGER or INTERNAL not in drawn(app)


def _is_not_theirs(visit: Visit, place: Place, who: Viewer) -> None:
    """It is not there at their address; and run by itself, its first statement refuses."""
    visit.viewer = who
    page = AppTest.from_file(str(PROJECT / "pages" / f"{place.file}.py"), default_timeout=30).run()
    assert not page.exception
    assert "This page is not yours to open" in drawn(page)
    assert not page.title
    assert not any(one.marks_in(drawn(page)) for one in visit.zoo.accounts)


REFUSALS: Final = "reimbursement.access"  # the log of reaches for another's account
OF_AN_ACCOUNT: Final = tuple(
    place for place in places.EVERY if place.right in (Right.SEE_RECOVERY, Right.PRESENT)
)


@pytest.mark.parametrize("place", OF_AN_ACCOUNT, ids=_ids)
def test_an_address_opens_no_other_account(
    visit: Visit, place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    """Each attempt is written down once, as one line, whatever stands in the address."""
    own, other = visit.zoo.accounts[:2]
    who = viewer(own, Role.MANAGER)
    garbage = (f"{own.account_id},{other.account_id}", "x\nWARNING y\u2028", "0")
    for named in (str(other.account_id), *(garbage if place is places.OVERVIEW else ())):
        app = visit.open(place, who, named)
        visit.again(app, who)
        assert not app.exception
        assert "There is no such account here" in drawn(app)
        assert visit.zoo.foreign_marks(drawn(app), own) <= {str(other.account_id)}
        (line,) = [
            record.getMessage()
            for record in caplog.records
            if record.name == "reimbursement.access"
        ]
        assert str(who.person_id) in line
        assert ascii(named)[1:-1] in line
        assert len(line.splitlines()) == 1
        caplog.clear()


# Forged addresses and widget state ---------------------------------------------------------------


@pytest.fixture
def asked_keys(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Every key of the address that the pages look at, learned while they run."""
    keys: set[str] = set()
    kept = QueryParams.__getitem__, QueryParams.__contains__

    def get(params: QueryParams, key: str) -> str:
        keys.add(key)
        return kept[0](params, key)

    def holds(params: QueryParams, key: object) -> bool:
        keys.add(str(key))
        return kept[1](params, key)

    monkeypatch.setattr(QueryParams, "__getitem__", get)
    monkeypatch.setattr(QueryParams, "__contains__", holds)
    return keys


@pytest.mark.parametrize("place", [*OF_AN_ACCOUNT, places.PORTFOLIO, places.SETTINGS], ids=_ids)
def test_forged_keys_and_widgets_open_nothing(
    visit: Visit, place: Place, asked_keys: set[str]
) -> None:
    """One's own account, and in every other key of the address and every widget what is another's.

    A number stands for all kinds at once: each kind is numbered from the same one.
    """
    own, other = visit.zoo.accounts[:2]
    who = viewer(own, Role.MANAGER)
    visit.open(place, who, own.account_id)
    for forged in (str(other.account_id), f"{other.word}-CASE-1"):
        keys = dict.fromkeys(asked_keys - {ACCOUNT, "embed", "embed_options"}, forged)
        app = visit.open(place, who, own.account_id, **keys)
        _only_what_was_typed(visit, app, forged, own)
        _type_everywhere(app, forged)
        _only_what_was_typed(visit, visit.again(app, who), forged, own)


def _only_what_was_typed(visit: Visit, app: AppTest, typed: str, own: Marked) -> None:
    sent = drawn(app).replace("\\", "").replace(typed, "")  # it may be said back
    assert visit.zoo.foreign_marks(sent, own) == set()
    assert not app.exception


def _type_everywhere(app: AppTest, forged: str) -> None:
    """Into every widget that takes words, as a client may that is no browser."""
    for widget in (*app.text_input, *app.text_area):
        widget.set_value(forged)
    for widget in (*app.selectbox, *app.radio):
        widget.options.append(forged)  # was never offered
        widget.set_value(forged)


def test_two_accounts_in_one_process_never_meet(visit: Visit) -> None:
    """The same pages, filters and widgets in turn: nothing is kept from one for the other."""
    people = [viewer(one, Role.SELLER) for one in visit.zoo.accounts[:2]]
    for place in (places.OVERVIEW, places.CASES):
        open_pages = [
            visit.open(place, who, who.accounts[0].account_id, type="inventory") for who in people
        ]
        for _ in range(3):
            for one, app, who in zip(visit.zoo.accounts, open_pages, people, strict=False):
                sent = drawn(visit.again(app, who))
                assert one.marks_in(sent)
                assert visit.zoo.foreign_marks(sent, one) == set()


# Addresses beside the pages ----------------------------------------------------------------------

# Whose proof stands where; a new route belongs here, with a test of who may have it.
ROUTES: Final = {
    "/api/health": "says nothing but that it answers",
    "/api/ready": "says more to whoever has the key: tests/server/test_key.py",
    "/api/files/{token}/{name}": "below, and tests/server/test_downloads.py",
    "/api/calendar/{token}.ics": "below, and tests/server/test_downloads.py",
    "/api/dropped/{token}": "takes files of whoever may load: tests/server/test_dropping.py",
    "/api/dropped/{token}/left": "drops them again: tests/server/test_dropping.py",
    "/connecting": "asks the right, and whose account: tests/server/test_connecting.py",
    "/connected": "what came back serves once, for who began it: tests/server/test_connecting.py",
    "/connected/{why}": "says one of our own sentences: tests/server/test_connecting.py",
    "/auth/logout": "ends the sign-in of whoever posts: tests/server/test_downloads.py",
    "/weekly-summary/stop": "the key in a letter stops that letter: tests/digest",
}


def _routes() -> list[Route]:
    return [one for one in routes(lambda: (True, ""), "nobody's key") if isinstance(one, Route)]


def test_every_route_is_known() -> None:
    assert {one.path for one in _routes()} == set(ROUTES)


@pytest.fixture
def web(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> Starlette:
    monkeypatch.setattr(downloads, "viewer_of", lambda _request: visit.viewer)
    monkeypatch.setattr(downloads, "database", lambda: visit.zoo.database)
    return Starlette(routes=_routes())


def _got(web: Starlette, path: str) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=web)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.get(path)

    return apart(asyncio.run, ask)


@pytest.mark.parametrize("role", Role)
def test_a_signed_address_is_no_right(visit: Visit, web: Starlette, role: Role) -> None:
    """Signed by us, for this very person: even so another's account stays shut."""
    own, other = visit.zoo.accounts[:2]
    visit.viewer = who = viewer(own, role)
    found = {}
    for about in (own, other):
        for question in (
            Question.of("cases", about.account_id, USD, Search()),
            Question.of_calendar(about.account_id, USD),
            Question.of_summary(about.account_id, USD),
        ):
            for form in question.forms:
                path = file_address(visit.zoo.database, settings(), who, question, f"x.{form}")
                found[about.position, question.kind, form] = _got(web, path)
    for (position, _, _), answer in found.items():
        is_theirs = position == own.position and who.may(Right.SEE_RECOVERY)
        assert answer.status_code == (200 if is_theirs else 404)
        assert is_theirs or not any(one.marks_in(answer.text) for one in visit.zoo.accounts)


def test_another_persons_address_is_nobodys(visit: Visit, web: Starlette) -> None:
    own, other = visit.zoo.accounts[:2]
    theirs = viewer(other, Role.SELLER)
    question = Question.of("cases", other.account_id, USD, Search())
    path = file_address(visit.zoo.database, settings(), theirs, question, "cases.csv")
    visit.viewer = viewer(own, Role.SELLER)
    assert _got(web, path).status_code == 404
    (calendar,) = followed(visit.zoo.database, theirs)
    signed = feed_address(visit.zoo.database, settings(), visit.viewer, calendar)
    address = urlsplit(signed).path
    answer = _got(web, address)
    assert answer.status_code == 404
    assert not other.marks_in(answer.text)
