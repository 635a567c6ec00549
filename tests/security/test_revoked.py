"""A page that stands open longer than the right of whoever opened it: a press changes nothing."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import URL
from streamlit.testing.v1 import AppTest

from pages.shared import places
from pages.shared.places import Place
from services.access.rights import Role
from services.access.viewer import Viewer
from tests.common.databases import fresh_database
from tests.common.rights.matrix import viewer
from tests.common.visiting import Visit
from tests.common.worlds.zoo import Marked, Zoo, build, everything_of

# The page, who has it open, and what they are by the time they press.
OPEN = {
    "support at a request": (places.REQUESTS, Role.SUPPORT, Role.SELLER),
    "a seller asked something": (places.OF_MARKETPLACES["amazon"], Role.SELLER, Role.MANAGER),
    "an account manager": (places.PORTFOLIO, Role.MANAGER, Role.SELLER),
    "an operator": (places.PEOPLE, Role.OPERATOR, Role.SELLER),
}


@pytest.fixture(scope="module")
def zoo(server: URL, template: str) -> Iterator[Zoo]:
    """One account whose seller was asked something, in a database in which things may happen."""
    with fresh_database(server, template) as fresh:
        built = build(fresh, 1)
        with fresh.owning() as connection:
            connection.exec_driver_sql(
                "insert into activation_event (account_id, request_id, kind, note)"
                " select account_id, request_id, 'asked', 'What?' from activation_request"
            )
            connection.exec_driver_sql("update activation_request set status = 'need_info'")
        yield built


def _opened(visit: Visit, place: Place, who: Viewer, own: Marked) -> AppTest:
    query = {"request": str(own.ids["request"])} if place is places.REQUESTS else {}
    app = visit.open(place, who, own.account_id, **query)
    assert not app.exception
    for field in app.text_area:
        field.set_value("Some words.")
    return app


@pytest.mark.parametrize("case", OPEN)
def test_what_is_pressed_after_the_right_has_ended_is_not_done(visit: Visit, case: str) -> None:
    place, was, became = OPEN[case]
    (own,) = visit.zoo.accounts
    who = viewer(own, was)
    by_now = replace(who, person=replace(who.person, roles=frozenset({became})))
    before = everything_of(visit.zoo, own)
    buttons = len(_opened(visit, place, who, own).button)
    assert buttons
    for number in range(buttons):
        app = _opened(visit, place, who, own)
        app.button[number].click()
        visit.again(app, by_now)
        assert not app.exception
        assert everything_of(visit.zoo, own) == before, app.button[number].label


def test_what_is_pressed_with_the_right_is_done(visit: Visit) -> None:
    """So the presses above would have changed something."""
    (own,) = visit.zoo.accounts
    for place, was in (
        (places.OF_MARKETPLACES["amazon"], Role.SELLER),
        (places.REQUESTS, Role.SUPPORT),
    ):
        who, before = viewer(own, was), everything_of(visit.zoo, own)
        changed = 0
        for number in range(len(_opened(visit, place, who, own).button)):
            app = _opened(visit, place, who, own)
            if number < len(app.button):
                app.button[number].click()
                visit.again(app, who)
            changed += everything_of(visit.zoo, own) != before
        assert changed, place.path
