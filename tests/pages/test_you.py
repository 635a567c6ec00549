"""Your settings: what a person reads and does there about the weekly summary."""

from typing import Any

import pytest
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from services.access.absent import absent_viewer
from services.access.rights import Role
from services.database.engine import Database
from services.exports import following
from services.settings import PROJECT
from tests.common.looking import words
from tests.common.working import said_by_a_worker
from tests.common.worlds.digest import change, subscription
from tests.common.worlds.insights import USD, World

SELLER, OPERATOR = 1, 4


def your_settings(role: Role = Role.SELLER) -> AppTest:
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=30)
    app.session_state["persona"] = role.value
    app.run()
    return app.switch_page("pages/everyone/you.py").run()


def read(app: AppTest) -> str:
    """As a reader sees it: without the joiners that keep an address from becoming a link."""
    return words(app).replace("\u2060", "")


def press(app: AppTest, key: str) -> AppTest:
    found: Any = next(one for one in app.button if one.key == key)
    found.click().run()
    assert not app.exception
    return app


def typed(app: AppTest, address: str) -> AppTest:
    next(one for one in app.text_input if one.key == "webhook-address").set_value(address).run()
    return app


def test_it_is_turned_on_sent_and_turned_off(world: World) -> None:
    world.discrepancy(unit_amount="11.00")
    world.sum_up()
    app = your_settings()
    assert "No mail server is set up here" in read(app)
    press(typed(app, "http://hooks.example.com"), "turn-on")
    assert "The address must begin with https://." in read(app)
    assert subscription(world.database, SELLER) is None

    press(typed(app, "https://hooks.example.com/summary"), "turn-on")
    kept = subscription(world.database, SELLER)
    assert kept is not None
    assert kept.webhook_secret in read(app)
    assert "The first comes on Monday." in read(app)
    assert "Nothing is being sent at the moment" in read(app), "no worker is there"
    change(world.database, "insert into jobs.procrastinate_workers default values")
    press(app, "secret-kept")
    assert kept.webhook_secret not in read(app)
    assert kept.stop_key not in read(app)
    assert "Nothing is being sent" not in read(app)

    press(app, "send-now")
    assert "It is on its way." in read(app)
    with world.database.working() as connection:
        jobs = connection.execute(text("select args from jobs.procrastinate_jobs")).scalars().all()
    assert jobs == [{"person_id": SELLER}]
    change(world.database, "update digest_subscription set webhook_url = 'https://127.0.0.1/x'")
    said_by_a_worker(world.database)
    app.run()
    assert "The last one did not arrive. Its address leads into a private network" in read(app)

    press(app, "preview")
    assert "Runs out within 30 days" in read(app)
    assert "$11.00" in read(app)
    press(app, "turn-off")
    assert subscription(world.database, SELLER) is None


@pytest.mark.parametrize(
    ("role", "said"),
    [(Role.OPERATOR, "not for your role to see"), (Role.SELLER, "once an account")],
)
def test_whoever_has_nothing_to_be_told_reads_why(shown: Database, role: Role, said: str) -> None:
    assert said in read(your_settings(role))


def test_calendar_addresses_are_seen_renewed_and_taken_back(world: World) -> None:
    world.discrepancy()
    world.sum_up()
    assert "None yet." in read(your_settings())
    seller = absent_viewer(world.database, SELLER)
    assert seller
    following.follow(world.database, seller, world.account_id, USD)
    (made,) = following.followed(world.database, seller)
    app = your_settings()
    assert "Northwind Kitchen" in read(app)
    assert "All marketplaces · All types · USD" in read(app)
    assert "never fetched" in read(app)
    assert "without signing in" in read(app)
    (address,) = [one.value for one in app.code if "/api/calendar/" in one.value]
    key = f"{world.account_id}-{made.calendar_id}"
    press(app, f"renew-{key}")
    (renewed,) = following.followed(world.database, seller)
    assert renewed.calendar_id != made.calendar_id
    (shown,) = [one.value for one in app.code if "/api/calendar/" in one.value]
    assert shown != address
    press(app, f"revoke-{world.account_id}-{renewed.calendar_id}")
    assert following.followed(world.database, seller) == ()
    assert "None yet." in read(app)
    assert "Calendar addresses" not in read(your_settings(Role.OPERATOR))
