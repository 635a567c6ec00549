"""The operator's page, and the shell around every page in local mode."""

import pytest
from streamlit.testing.v1 import AppTest

from pages.shared.places import EVERY, HOMES
from pages.shared.viewer import PERSONA
from services.access import people
from services.access.people import BY_COMMAND, Wanted
from services.access.rights import Role, rights_of
from services.database.engine import Database
from services.marketplaces.amazon.settings import amazon_settings
from services.settings import PROJECT
from tests.common.looking import tables, words
from tests.common.worlds.insights import World


def opened_as(role: Role, **query: str) -> AppTest:
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=30)
    app.session_state[PERSONA] = role.value
    for key, value in query.items():
        app.query_params[key] = value
    return app.run()


def test_people_are_listed_and_found(shown: Database) -> None:
    assert "Nobody has been let in yet" in words(opened_as(Role.OPERATOR))
    number = World(shown, "Northwind").account_id
    wanted = Wanted("Dana Ortiz", frozenset({Role.SELLER}), account_ids=frozenset({number}))
    people.invite(shown, BY_COMMAND, "dana@example.com", wanted)
    (row,) = tables(opened_as(Role.OPERATOR, q="northwind dana"))[0]
    assert (row["Name"], row["Roles"], row["Accounts"]) == ("Dana Ortiz", "Seller", "Northwind")
    assert row["Last signed in"] == "Never"
    assert "Nobody fits this search" in words(opened_as(Role.OPERATOR, q="dana support"))


@pytest.mark.parametrize("role", list(Role))
def test_a_persona_begins_at_its_own_page_and_has_the_pages_of_its_rights(
    shown: Database, role: Role
) -> None:
    World(shown, "Northwind")
    app = opened_as(role)
    assert not app.exception
    assert app.session_state[PERSONA] == role.value
    own = {place.title for place in EVERY if place.right in rights_of([role])}
    linked = {one.proto.label for one in app.sidebar.get("page_link")}
    assert linked - own == set()
    assert HOMES[role].title in linked


def test_names_are_text_wherever_they_stand(shown: Database) -> None:
    wanted = Wanted("![x](https://evil.example/x.png)", frozenset({Role.SELLER}))
    people.invite(shown, BY_COMMAND, "x@example.com", wanted)
    app = opened_as(Role.OPERATOR)
    assert tables(app)[0][0]["Name"] == wanted.name
    assert not any("![x](" in str(one.value) for one in app.markdown)


def test_what_opens_our_own_application_counts_down_for_whoever_can_renew_it(
    shown: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of every seller at once, so no seller reads it."""
    World(shown, "Northwind")
    said = "The client secret of our application at Amazon ends in 12 days, on 27 Jun 2026"
    unknown = "set AMAZON_CLIENT_SECRET_MADE_ON"
    monkeypatch.setenv("AMAZON_CLIENT_SECRET", "a secret of nobody's")
    for made_on, told in (("2025-12-29", said), ("", unknown)):
        monkeypatch.setenv("AMAZON_CLIENT_SECRET_MADE_ON", made_on)
        amazon_settings.cache_clear()
        try:
            read = {role: words(opened_as(role)) for role in Role}
        finally:
            amazon_settings.cache_clear()
        assert told in read[Role.OPERATOR]
        assert (told in read[Role.SUPPORT]) is (told == said)
        assert "client secret" not in read[Role.SELLER] + read[Role.MANAGER]
