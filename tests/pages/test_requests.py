"""The queue of activation requests and one request at work, drawn from a real database."""

from typing import Any

import pytest
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from components.tables import pressed_key
from pages.support.queue_sections import sign_of
from services.access.rights import Role
from services.activation import steps
from services.activation.queue import QueueView
from services.activation.states import RequestKey
from services.marketplaces.registry import MARKETPLACES
from services.settings import PROJECT
from tests.common.looking import tables, words
from tests.common.worlds.activation import a_request, add_person, ask, requested, seen_as, settle
from tests.common.worlds.insights import World, in_days

HOSTILE = "<script>x</script> ![i](https://tracker.example.com/p.png) :material/delete: $x$"


@pytest.fixture
def asked(world: World) -> RequestKey:
    world.discrepancy(units=3, expires_on=in_days(2))
    world.discrepancy(unit_amount=None, units=2)
    world.sum_up()
    return requested(world.database, world.account_id)


def page(**query: object) -> AppTest:
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=30)
    app.session_state["persona"] = Role.SUPPORT.value
    for name, value in query.items():
        app.query_params[name] = str(value)
    app.run()
    assert not app.exception
    return app


def of(key: RequestKey) -> AppTest:
    return page(account=key.account_id, request=key.request_id)


def button(app: AppTest, label: str) -> Any:
    return next(one for one in app.button if label in one.label)


def press(app: AppTest, label: str) -> AppTest:
    button(app, label).click().run()
    assert not app.exception
    return app


def labels(app: AppTest) -> str:
    return " | ".join(one.label for one in app.button if not one.disabled)


def field(app: AppTest, name: str) -> Any:
    return next(one for one in app.text_area if one.key.startswith(f"{name}-"))


def write(app: AppTest, name: str, typed: str) -> AppTest:
    area = field(app, name)
    area.set_value(typed)
    next(one for one in app.button if one.key == f"{area.key}-send").click().run()
    assert not app.exception
    return app


def test_the_queue_says_what_waits_and_a_row_opens_it(world: World, asked: RequestKey) -> None:
    app = page()
    assert app.title[0].value == "Activation requests"
    (row,) = tables(app)[0]
    assert (row["Account"], row["Where"], row["Status"], row["With"]) == (
        "Northwind Kitchen",
        "Amazon US",
        "New",
        "nobody",
    )
    assert (row["At risk"], row["Left"], row["First answer"]) == ("$30.00", "2 days", "none yet")
    read = words(app)
    assert "$30.00" in read
    assert "plus 2 units without a known amount" in read
    assert "1 not taken · 0 yours" in read
    assert "Most at risk first" in read
    sign = sign_of(QueueView(), seen_as(world.database, Role.SUPPORT).person_id)
    app.session_state[pressed_key(f"queue-{sign}")] = f"{asked.account_id}~{asked.request_id}"
    app.run()
    assert not app.exception
    assert app.query_params["request"] == str(asked.request_id)
    assert app.title[0].value == "Northwind Kitchen"
    press(app, "All requests")
    assert app.title[0].value == "Activation requests"
    assert "request" not in app.query_params


def test_filters_hide_and_say_so(world: World, asked: RequestKey) -> None:
    app = page()
    app.get_by_key("whose").set_value("mine").run()
    assert "No request with these filters" in words(app)
    app.get_by_key("find").set_value("ada@").run()
    assert "1 request matches but is hidden by the filter “Whose”" in words(app)
    press(app, "Show it")
    assert len(tables(app)[0]) == 1
    settle(world.database, asked.account_id, asked.request_id, "declined")
    app.run()
    press(app, "Show it")
    assert tables(app)[0][0]["Status"] == "Declined"
    assert app.get_by_key("requests").value == "settled"
    app.get_by_key("find").set_value("*nobody*").run()
    assert "No request shown for *nobody*" in words(app)


def test_an_empty_queue_says_when_something_will_come(world: World) -> None:
    world.document()
    world.sum_up()
    app = page()
    assert "**No request waits**" in words(app)
    assert "Time to first answer" in words(app)


def test_a_request_from_new_to_active_on_one_page(world: World, asked: RequestKey) -> None:
    app = of(asked)
    read = words(app)
    assert "Nobody has taken this request yet." in read
    for known in ("Ada Byron", "+1 212-555-0100", "We lost two pallets in May.", "Returns"):
        assert known in read
    assert "19 items of 19 open" in read
    press(app, "Take it")
    assert "**It is yours.**" in words(app)
    assert button(app, "Everything is there").disabled
    write(app, "ask", "Which *brand*?")
    assert "The seller was asked" in words(app)
    assert "Which *brand*?" in [one.value for one in app.text]
    for _ in range(3):
        press(app, "Mark all done")
    assert "complete" in words(app)
    press(app, "Everything is there")
    assert "Start the service." in words(app)
    press(app, "Start the service")
    read = words(app)
    assert "The service runs since" in read
    assert "Every page of the seller says so." in read
    assert labels(app).split(" | ") == [one for one in labels(app).split(" | ") if "All" in one]
    with world.database.reading(world.account_id) as connection:
        active = connection.execute(text("select service_active from channel")).scalar_one()
    assert active


def test_one_item_is_ticked_with_who_and_when(world: World, asked: RequestKey) -> None:
    app = of(asked)
    control = next(one for one in app.segmented_control if str(one.key).endswith("-company_logo"))
    control.set_value("missing").run()
    assert not app.exception
    read = words(app)
    assert "**The checklist is up to date.**" in read
    assert "Support, just now" in read or "Support, on" in read
    assert "1 item is missing: ask the seller for what you need." in read
    assert "- Company logo" in field(app, "ask").value


def test_somebody_was_faster(world: World, asked: RequestKey) -> None:
    """Nothing is overwritten, the page says who it was, and what was written is still there."""
    app = of(asked)
    steps.ask_seller(
        world.database, seen_as(world.database, Role.SUPPORT), asked, 1, "Which brand?"
    )
    grace = add_person(world.database, "Grace", Role.SUPPORT)
    with world.database.owning() as connection:
        connection.execute(
            text("update activation_event set person_id = :one, by_name = 'Grace'"), {"one": grace}
        )
    write(app, "decline", "No stock.")
    read = words(app)
    assert "Grace was faster: “Asked the seller”" in read
    assert "Nothing was overwritten." in read
    assert field(app, "decline").value == "No stock."
    assert "Which brand?" in [one.value for one in app.text]
    write(app, "decline", "No stock.")
    assert "**Declined. The seller reads why.**" in words(app)


def test_a_second_press_of_ones_own_is_said_to_be_one(world: World, asked: RequestKey) -> None:
    app = of(asked)
    steps.take(world.database, seen_as(world.database, Role.SUPPORT), asked, 1)
    press(app, "Take it")
    assert "You have done something here already: “Taken”" in words(app)


def test_whoever_was_let_out_meanwhile_takes_no_step(world: World, asked: RequestKey) -> None:
    """The buttons of an old screen are no rights."""
    app = of(asked)
    with world.database.owning() as connection:
        connection.execute(text("update person set roles = '{seller}' where name = 'Support'"))
        connection.execute(text("update person set roles = '{support}' where name = 'Seller'"))
    try:
        button(app, "Take it").click().run()
        with world.database.triaging() as connection:
            taken = connection.execute(text("select taken_by from activation_request")).scalar_one()
        assert taken is None
    finally:
        with world.database.owning() as connection:
            connection.execute(text("update person set roles = '{support}' where person_id = 3"))
            connection.execute(text("update person set roles = '{seller}' where person_id = 1"))


def test_what_is_refused_says_why_and_keeps_the_words(world: World, asked: RequestKey) -> None:
    app = write(of(asked), "note", "   ")
    assert "Write a few words first." in words(app)
    assert "Nobody has taken" in words(app)


def test_handing_over_and_putting_back(world: World, asked: RequestKey) -> None:
    app = press(of(asked), "Take it")
    press(app, "Put it back")
    assert "It waits for whoever comes next." in words(app)
    assert "Take it" in labels(app)


def test_a_colleagues_request_can_be_taken_over(world: World, asked: RequestKey) -> None:
    person = add_person(world.database, "Grace", Role.SUPPORT)
    with world.database.owning() as connection:
        connection.execute(
            text("update activation_request set taken_by = :one, taken_by_name = 'Grace'"),
            {"one": person},
        )
    app = of(asked)
    assert "Grace works on this request." in words(app)
    press(app, "Take over")
    assert "**It is yours.**" in words(app)


def test_hostile_words_are_shown_as_words(world: World) -> None:
    world.document()
    world.sum_up()
    outcome = ask(
        world.database,
        world.account_id,
        "amazon-us",
        a_request(contact_name=HOSTILE, message=HOSTILE),
    )
    assert outcome.request_id is not None
    key = RequestKey(world.account_id, outcome.request_id)
    support = seen_as(world.database, Role.SUPPORT)
    steps.note(world.database, support, key, 1, HOSTILE)
    steps.ask_seller(world.database, support, key, 2, HOSTILE)
    with world.database.owning() as connection:
        connection.execute(text("update account set name = :name"), {"name": HOSTILE})
    for app in (of(key), page()):
        for each in [*app.markdown, *app.title, *app.header]:
            assert "![i]" not in each.value
            assert ":material/delete:" not in each.value
            assert "<script>" not in each.value
    assert [one.value for one in of(key).text].count(HOSTILE) == 4


@pytest.mark.parametrize(
    "query",
    [
        {"account": 999, "request": 1},
        {"account": 1, "request": 999},
        {"account": 1, "request": 10**30},
    ],
)
def test_what_is_not_there_is_said(world: World, asked: RequestKey, query: dict[str, int]) -> None:
    app = page(**query)
    read = words(app)
    assert "There is no such request" in read or app.title[0].value == "Activation requests"
    assert "Ada Byron" not in read


@pytest.mark.parametrize("persona", [role for role in Role if role is not Role.SUPPORT])
def test_nobody_else_opens_the_queue(world: World, asked: RequestKey, persona: Role) -> None:
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=30)
    app.session_state["persona"] = persona.value
    app.query_params["request"] = str(asked.request_id)
    app.query_params["account"] = str(asked.account_id)
    app.run()
    assert "Ada Byron" not in words(app)
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        app.switch_page("pages/support/requests.py")


def test_the_checklist_is_the_marketplaces(world: World) -> None:
    world.document("walmart-us")
    world.sum_up()
    app = of(requested(world.database, world.account_id, "walmart-us"))
    read = words(app)
    for item in MARKETPLACES["walmart"].checklist:
        assert item.item in read
    assert "Seller Central" not in read
