"""The presenting view: one client, large, and nothing that is internal or another's."""

import pytest

from services.access.rights import Role
from tests.common.looking import figures, words
from tests.common.worlds.calls import call
from tests.common.worlds.insights import World, in_days
from tests.pages.opening import SECRET, everything, opened

OTHERS = ("Somebody else", "Nobody & Co")


@pytest.fixture
def client(world: World) -> World:
    world.discrepancy(units=3, expires_on=in_days(2), sku="SOON", title="![x](https://t.example/p)")
    world.discrepancy(units=5, expires_on=in_days(-1))
    world.reimbursement(amount="100.00", approved_on=in_days(-2))
    world.case("C77", opened_on=in_days(-1))
    world.sum_up()
    call(world, in_days(-10), SECRET)
    for name in OTHERS:
        other = World(world.database, name=name)
        other.discrepancy(units=900)
        other.sum_up()
    return world


def test_it_shows_what_the_overview_shows(client: World) -> None:
    app = opened(Role.MANAGER, "manager/present", account=client.account_id)
    overview = opened(Role.MANAGER, "seller/overview", account=client.account_id)
    assert figures(app) == figures(overview)
    read = words(app)
    assert app.title[0].value == "Northwind Kitchen"
    assert "Since our last call, 5 Jun 2026" in read
    assert "| **2\u00a0days** | 17\u00a0Jun\u00a02026 | Lost in warehouse" in read
    assert "C77" in read
    assert not app.sidebar
    assert not app.button  # nothing to press but what leads away


def test_no_other_client_and_nothing_internal_is_anywhere_in_it(client: World) -> None:
    app = opened(Role.MANAGER, "manager/present", account=client.account_id)
    drawn = everything(app) + str(app.query_params)
    for word in (*OTHERS, SECRET, "Log a call", "Portfolio", "View as", "Account manager"):
        assert word not in drawn
    # The same words are found where they belong, so that this test could fail.
    assert all(name in everything(opened(Role.MANAGER)) for name in OTHERS)


def test_words_of_a_seller_or_marketplace_stay_words(client: World) -> None:
    app = opened(Role.MANAGER, "manager/present", account=client.account_id)
    lines = next(one.value for one in app.markdown if "SOON" in one.value)
    assert "![" not in lines
    assert "SOON" in lines


def test_an_account_of_somebody_else_is_not_presented(client: World) -> None:
    app = opened(Role.MANAGER, "manager/present", account=client.account_id + 99)
    assert "There is no such account here" in words(app)
    assert not app.metric


def test_a_client_with_nothing_yet_has_an_empty_page_that_says_so(world: World) -> None:
    read = words(opened(Role.MANAGER, "manager/present", account=world.account_id))
    assert "Nothing here yet" in read
    assert "$" not in read  # in no currency there is no nought either
    world.channel("amazon-uk")
    read = words(opened(Role.MANAGER, "manager/present", account=world.account_id))
    assert "Nothing runs out" in read
    assert "No cases yet" in read
