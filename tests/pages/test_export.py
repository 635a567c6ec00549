"""What the pages offer to take away: the list as it is filtered there, for this viewer."""

from urllib.parse import parse_qs, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from services.access.absent import absent_viewer
from services.exports import following
from services.exports.addresses import Wish, feed_of, wish_of
from services.exports.files import Question
from services.insights.answers import Filters
from services.settings import settings
from tests.common.looking import page
from tests.common.worlds.insights import USD, World, in_days


def addresses(app: AppTest) -> dict[str, str]:
    return {one.proto.label: one.proto.url for one in app.get("link_button")}


def wished(world: World, address: str) -> Wish:
    return wish_of(world.database, settings(), address.split("/")[3])


def asked(world: World, app: AppTest, label: str = "CSV") -> Question:
    return wished(world, addresses(app)[label]).question


@pytest.fixture
def filled(world: World) -> World:
    world.discrepancy(expires_on=in_days(3))
    world.reimbursement()
    world.case("C1")
    return world.sum_up()


@pytest.mark.parametrize(
    ("name", "query", "kind", "view"),
    [
        ("overview", {}, "expiring", {"size": 5}),
        ("overview", {"show": "ready"}, "expiring", {"state": "ready"}),
        ("overview", {"show": "expired"}, "part", {"name": "expired"}),
        ("overview", {"show": "reversed"}, "payments", {"way": "reversed"}),
        ("overview", {"month": "2026-06"}, "payments", {"month": "2026-06-01"}),
        ("overview", {"show": "changes"}, "movements", {}),
        ("expiring", {"within": "7 days"}, "expiring", {"within": "7d", "order": "priority"}),
        ("case_tracker", {"search": "C1"}, "cases", {"text": "C1"}),
        ("data", {}, "rejected", {}),
    ],
)
def test_each_list_is_offered_as_it_is_filtered(
    filled: World, name: str, query: dict[str, str], kind: str, view: dict[str, object]
) -> None:
    app = page(name, filled.account_id, **query)
    offered = addresses(app)
    assert {"CSV", "Excel"} <= set(offered)
    assert ("One-page PDF" in offered) is (name == "overview")
    question = asked(filled, app)
    assert (question.kind, question.account_id) == (kind, filled.account_id)
    assert view.items() <= question.view.items()
    link = parse_qs(urlsplit(question.link).query)
    assert link["account"] == [str(filled.account_id)]
    assert name == "data" or link["currency"] == ["USD"]
    assert not app.get("download_button")


def test_the_files_are_this_viewers_and_named_for_the_account(filled: World) -> None:
    offered = addresses(page("overview", filled.account_id, type="Inventory"))
    path = urlsplit(offered["Excel"])
    assert path.path.endswith("/expires-next-northwind-kitchen-2026-06-15.xlsx")
    assert path.query == "as=seller"
    wish = wished(filled, offered["One-page PDF"])
    assert (wish.person_id, wish.question.kind) == (1, "summary")
    assert wish.question.filters == Filters("USD", None, "inventory")


def test_deadlines_can_be_followed_and_taken_once(filled: World) -> None:
    app = page("expiring", filled.account_id)
    me = absent_viewer(filled.database, 1)
    assert me
    assert not [one.value for one in app.code if "/api/calendar/" in one.value]
    assert not following.followed(filled.database, me), "nothing is made before the press"
    next(one for one in app.button if one.key == "make-calendar-address").click().run()
    assert not app.exception
    (shown,) = [one.value for one in app.code if "/api/calendar/" in one.value]
    (made,) = following.followed(filled.database, me)
    assert made.filters == USD
    token = shown.rpartition("/")[2].removesuffix(".ics")
    assert feed_of(filled.database, settings(), token).calendar_id == made.calendar_id
    offered = addresses(app)
    assert offered["Open in a calendar app"] == shown.replace("http://", "webcal://")
    assert wished(filled, offered["Download"]).question.kind == "calendar"
