"""Support sees what the help desk knows, and sends again what was given up."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages.shared import clock
from services.access.rights import Role
from services.database.engine import Database
from services.settings import PROJECT, settings
from tests.common.looking import words
from tests.common.worlds.delivery import Asked, asked, states
from tests.common.worlds.digest import change


@pytest.fixture
def request_with_steps(shown: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Asked]:
    """One step has arrived, one was given up, one waits for its next try, one is new."""
    monkeypatch.setenv("HELP_DESK_URL", "https://desk.example.com/hook")
    monkeypatch.setenv("HELP_DESK_SECRET", "whsec_" + "A" * 32)
    monkeypatch.setattr(clock, "now", lambda: datetime.now(UTC))  # the database's own
    settings.cache_clear()
    request = asked(shown, "Northwind [x](http://evil.example.com)")
    for kind in ("requested", "asked", "answered", "taken"):
        request.step(kind)
    change(
        shown,
        """
        update delivery set last_attempt_at = now(), attempts = delivery_id,
            state = (array['delivered', 'dead', 'waiting', 'waiting'])[delivery_id],
            delivered_at = case when delivery_id = 1 then now() end,
            next_attempt_at = case when delivery_id = 3 then now() + interval '5 h' end,
            last_problem = (array[null, 'It answered 503.', 'It did not answer in time.'])
                [delivery_id]""",
    )
    change(shown, "update delivery set attempts = 0 where delivery_id = 4")
    yield request
    settings.cache_clear()


def queue(**query: str) -> AppTest:
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=30)
    app.session_state["persona"] = Role.SUPPORT.value
    for key, value in query.items():
        app.query_params[key] = value
    app.run()
    return app.switch_page("pages/support/requests.py").run()


def test_what_was_given_up_stands_first_and_is_sent_again(request_with_steps: Asked) -> None:
    app = queue()
    said = words(app)
    assert not app.exception
    assert "Given up after 2 tries" in said
    assert "It answered 503." in said
    assert "3 tries so far, the next in about 5 h." in said
    assert "On its way." in said
    assert "Arrived" not in said, "the queue shows what has not arrived"
    assert "Messages wait and nobody sends them" in said
    again: list[Any] = [one for one in app.button if str(one.key).startswith("send-again")]
    assert len(again) == 1
    again[0].click().run()
    assert not app.exception
    assert [state for state, _ in states(request_with_steps.database)].count("dead") == 0
    assert "Given up" not in words(app)


def test_without_a_help_desk_one_quiet_line(shown: Database) -> None:
    asked(shown).step("requested")
    assert "No help desk is connected: requests are worked on here alone." in words(queue())
