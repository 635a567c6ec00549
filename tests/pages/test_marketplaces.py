"""The Amazon and Walmart pages, drawn from a real database."""

from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

import pytest
import streamlit as st
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from components import marketplace
from components.tables import pressed_key
from pages.seller.marketplace_sections import claim
from pages.shared import clock
from services.access.rights import Role
from services.activation import steps
from services.activation.progress import progress
from services.database import start
from services.database.engine import Database
from services.database.reference import read_reference_data
from services.settings import PROJECT
from tests.common import looking
from tests.common.looking import go_to, tables
from tests.common.worlds.activation import a_request, ask, count, requested, seen_as, settle
from tests.common.worlds.insights import NOW, World, in_days

FORM = {
    "contact_name": "Ada Byron",
    "email": "ada@northwind.example.com",
    "phone": "(212) 555-0100",
    "message": "We lost two pallets in May.",
}
UNITED_STATES_ONLY = "Walmart reimbursement is available for United States accounts only."


@pytest.fixture
def world(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """An account whose pages read this test's own database, on the world's own day."""
    monkeypatch.setattr(start, "open_database", lambda **_: database)
    monkeypatch.setattr(clock, "now", lambda: NOW)
    # What the server sees of a browser on this machine; AppTest has none to ask.
    monkeypatch.setattr(type(st.context), "ip_address", None)
    start.database.cache_clear()
    yield World(database)
    start.database.cache_clear()


@pytest.fixture
def amazon(world: World) -> World:
    """An account on Amazon US with something in every bucket."""
    world.discrepancy(units=3)  # ready, 30.00
    world.discrepancy(opens_on=in_days(5), subtype="damaged_in_warehouse")  # future, 10.00
    world.discrepancy(units=2, in_progress_units=2)  # in progress, 20.00
    world.discrepancy(
        type="return",
        subtype="refunded_not_returned",
        event_on=in_days(-90),
        opens_on=in_days(-90),
        expires_on=in_days(-1),
    )  # expired, 10.00
    world.discrepancy(unit_amount=None, units=4)  # ready, amount unknown
    world.reimbursement()  # 12.50 automatic
    return world.sum_up()


def page(name: str, world: World, **query: str) -> AppTest:
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=30).run()
    for key, value in {"account": str(world.account_id), **query}.items():
        app.query_params[key] = value
    return go_to(app, name)


def words(app: AppTest) -> str:
    """Everything that is read on the page, escapes and colours taken off."""
    shown = [*app.title, *app.header, *app.subheader, *app.markdown, *app.text, *app.caption]
    return "\n".join(str(each.value) for each in shown).replace("\\", "")


def fill(app: AppTest, **changed: Any) -> AppTest:
    for name, value in {**FORM, **changed}.items():
        app.get_by_key(f"claim-{name}").set_value(value)
    return app


def send(app: AppTest) -> AppTest:
    return app.get_by_key("claim-send").click().run()


def has_form(app: AppTest) -> bool:
    return any(button.key == "claim-send" for button in app.button)


def test_the_page_names_its_channel_and_its_buckets(amazon: World) -> None:
    app = page("amazon", amazon)
    assert not app.exception
    read = words(app)
    assert app.title[0].value == "Amazon"
    assert "**Amazon United States**" in read
    assert "USD · connected by report files · data until 15 Jun 2026" in read
    figures = {metric.label: metric.value for metric in app.metric}
    assert figures == {"Unclaimed": "$60.00", "Claimed": "$12.50", "Lost": "$10.00"}
    assert "Also: 4 units unclaimed without a known amount" in read


def test_the_table_has_a_row_for_each_subtype(amazon: World) -> None:
    rows = {row["What"]: row for row in tables(page("amazon", amazon))[0]}
    assert list(rows) == ["Lost in warehouse", "Damaged in warehouse", "Refunded, not returned"]
    lost = rows["Lost in warehouse"]
    assert [lost[name] for name in ("Unclaimed", "Ready to claim", "In progress")] == [
        "$50.00",
        "$30.00",
        "$20.00",
    ]
    assert rows["Damaged in warehouse"]["Future claim"] == "$10.00"
    assert rows["Refunded, not returned"]["Lost"] == "$10.00"


def test_a_pressed_row_opens_what_expires_of_its_type(amazon: World) -> None:
    app = page("amazon", amazon)
    app.session_state[pressed_key("subtypes")] = "damaged_in_warehouse"
    app.run()
    assert not app.exception
    assert app.title[0].value == "Expiring"
    assert app.query_params["type"] == "Inventory"


def test_a_row_pressed_in_another_currency_keeps_it(amazon: World) -> None:
    amazon.discrepancy("amazon-ca", units=7, currency="CAD", expires_on=in_days(9))
    amazon.sum_up()
    app = page("amazon", amazon)
    app.get_by_key("currency").set_value("CAD").run()
    app.session_state[pressed_key("subtypes")] = "lost_in_warehouse"
    app.run()
    assert not app.exception
    assert app.title[0].value == "Expiring"
    assert app.get_by_key("currency").value == "CAD"
    assert app.get_by_key("type").value == "inventory"


def test_one_currency_at_a_time(amazon: World) -> None:
    amazon.discrepancy("amazon-ca", units=7, currency="CAD")
    amazon.sum_up()
    app = page("amazon", amazon)
    assert app.metric[0].value == "$60.00"
    app.get_by_key("currency").set_value("CAD").run()
    assert app.metric[0].value == "CA$70.00"


def test_a_channel_of_several_can_be_looked_at_alone(world: World) -> None:
    world.discrepancy("amazon-us")
    world.channel("amazon-mx", currency="USD")
    app = page("amazon", world.sum_up())
    assert app.metric[0].value == "$10.00"
    app.get_by_key("channel").set_value("amazon-mx").run()
    assert not app.metric
    assert "Nothing in USD on this channel" in words(app)


def test_claim_windows_say_when_and_who_says_so(amazon: World) -> None:
    read = words(page("amazon", amazon))
    assert "Lost in warehouse · Damaged in warehouse" in read
    assert "Opens at once, closes 60 days after the day the unit was reported lost" in read
    assert "Official source · checked on 22 Nov 2026" in read
    assert "Secondary source, not confirmed by Amazon" in read
    assert "18 months" not in read, "a window that is no longer in force"
    assert "](<https://sellercentral.amazon.com/" in read


def test_an_unpublished_window_is_called_unknown(world: World) -> None:
    world.discrepancy("walmart-us")
    read = words(page("walmart", world.sum_up()))
    assert "Unknown: not published" in read
    assert "Opens 10 days after the day of delivery to the WFS fulfillment center" in read


def test_without_a_channel_the_page_says_what_to_do(amazon: World) -> None:
    app = page("walmart", amazon)
    assert not app.exception
    assert "**No Walmart channel is connected**" in words(app)
    assert "--account 'Northwind Kitchen' --channel walmart-us" in app.code[0].value
    assert not has_form(app)


def test_walmart_canada_reads_united_states_only(world: World) -> None:
    world.document("walmart-ca")
    app = page("walmart", world.sum_up())
    assert not app.exception
    read = words(app)
    assert f"**{UNITED_STATES_ONLY}**" in read
    assert "**Walmart Canada**" in read
    assert not has_form(app)
    assert not app.metric, "no zeros where there is no service"


def test_walmart_canada_beside_the_united_states(world: World) -> None:
    world.discrepancy("walmart-us")
    world.document("walmart-ca")
    app = page("walmart", world.sum_up())
    assert has_form(app)
    app.get_by_key("claim").set_value("walmart-ca").run()
    assert not has_form(app)
    assert UNITED_STATES_ONLY in words(app)


def test_nothing_on_the_page_files_a_claim(amazon: World) -> None:
    app = page("amazon", amazon)
    pressed = {"channel-amazon-us-claim", "claim-send"}  # opens the form, asks to be contacted
    connects = {"channel-amazon-us-connect", "connect-another"}
    assert {button.key for button in app.button} == pressed | connects
    assert "Send request" in app.get_by_key("claim-send").label
    assert "It files no claim." in words(app)


def test_an_empty_form_says_what_each_field_needs(amazon: World) -> None:
    app = send(page("amazon", amazon))
    read = words(app)
    assert "**4 answers need another look**" in read
    for sentence in (
        "Tell us whom we should ask for.",
        "Tell us where we can write to you.",
        "Tell us a number where we can reach you.",
        "Please tick this box",
    ):
        assert sentence in read
    assert count(amazon.database, amazon.account_id, "activation_request") == 0


def test_a_wrong_answer_stays_to_be_mended(amazon: World) -> None:
    app = page("amazon", amazon)
    app.get_by_key("claim-consent").check()
    send(fill(app, email="ada@northwind", phone="12"))
    read = words(app)
    assert "**2 answers need another look**" in read
    assert "It should have a period." in read
    assert "+1 201-555-0123" in read
    assert app.get_by_key("claim-email").value == "ada@northwind"
    send(fill(app))
    assert not has_form(app)


def test_sending_shows_the_progress_and_so_does_a_reload(amazon: World) -> None:
    app = page("amazon", amazon)
    app.get_by_key("claim-consent").check()
    send(fill(app))
    assert not app.exception
    assert "**Your request is with our service team.**" in words(app)
    for shown in (app, page("amazon", amazon)):
        read = words(shown)
        assert not has_form(shown)
        assert "**Requested**" in read
        assert "**Being checked**" in read
        assert "Manage Your Cases · **Edit**" in read
        assert "Copy an invitation link" in read
        assert "+1 212-555-0100" in read
    assert count(amazon.database, amazon.account_id, "activation_request") == 1


def test_walmart_prepares_settlement_reports(world: World) -> None:
    world.discrepancy("walmart-us")
    world.sum_up()
    ask(world.database, world.account_id, "walmart-us", a_request())
    read = words(page("walmart", world))
    assert "Settlement reports" in read
    assert "Seller Central" not in read


def test_a_second_person_is_shown_the_request_that_is_open(amazon: World) -> None:
    app = page("amazon", amazon)
    app.get_by_key("claim-consent").check()
    ask(amazon.database, amazon.account_id, "amazon-us", a_request(contact_name="Grace Hopper"))
    send(fill(app))
    read = words(app)
    assert "open already. Nothing was sent twice." in read
    assert "Grace Hopper" in read
    assert count(amazon.database, amazon.account_id, "activation_request") == 1


def test_a_channel_that_was_disconnected_meanwhile_is_refused(amazon: World) -> None:
    app = page("amazon", amazon)
    app.get_by_key("claim-consent").check()
    amazon.channel("amazon-us", connection_state="disconnected")
    send(fill(app))
    assert "is not connected any more" in words(app)
    assert count(amazon.database, amazon.account_id, "activation_request") == 0


def test_hostile_words_are_shown_as_words(amazon: World) -> None:
    hostile = "<script>x</script> ![i](https://tracker.example.com/p.png) :material/delete: $x$"
    ask(
        amazon.database,
        amazon.account_id,
        "amazon-us",
        a_request(contact_name=hostile, message=hostile),
    )
    app = page("amazon", amazon)
    assert not app.exception
    assert hostile in [each.value for each in app.text]
    for each in app.markdown:
        assert "![i]" not in each.value
        assert ":material/delete:" not in each.value
        assert not each.allow_html


def test_each_channel_has_its_own_form(amazon: World) -> None:
    amazon.channel("amazon-ca")
    ask(amazon.database, amazon.account_id, "amazon-ca", a_request())
    app = page("amazon", amazon)
    assert app.get_by_key("claim").value == "amazon-ca", "the open request comes first"
    assert not has_form(app)
    app.get_by_key("claim").set_value("amazon-us").run()
    assert has_form(app)


def drawn_in_order(app: AppTest) -> list[str]:
    """The headings from top to bottom, a channel's card by its name."""
    read = [each.value for each in app.main if each.type in ("header", "markdown")]
    parts = {"How to claim", "By type", "Claim windows in force"}
    return [word.strip("*") for word in read if word in parts or word.startswith("**Amazon")]


def card_button(app: AppTest, code: str) -> Any:
    return app.get_by_key(f"channel-{code}-claim")


def test_how_to_claim_is_that_of_the_card_and_stands_in_its_sight(amazon: World) -> None:
    amazon.channel("amazon-ca")
    app = page("amazon", amazon)
    cards = ["Amazon United States", "Amazon Canada"]
    assert drawn_in_order(app)[:3] == [*cards, "By type"]
    card_button(app, "amazon-ca").click().run()
    assert not app.exception
    assert drawn_in_order(app)[:4] == [*cards, "How to claim", "By type"]
    assert app.get_by_key("claim").value == "amazon-ca"
    assert app.query_params["to"] == "amazon-ca"
    # A second press puts it back where it stands otherwise.
    assert "Close" in card_button(app, "amazon-ca").label
    card_button(app, "amazon-ca").click().run()
    assert drawn_in_order(app)[2] == "By type"


def test_on_a_phone_it_opens_right_below_the_card(
    amazon: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marketplace, "is_phone", lambda: True)
    amazon.channel("amazon-ca")
    app = page("amazon", amazon)
    card_button(app, "amazon-us").click().run()
    assert drawn_in_order(app)[:3] == ["Amazon United States", "How to claim", "Amazon Canada"]
    # A link leads to the top of the page: there its channel comes first.
    app = page("amazon", amazon, to="amazon-ca")
    assert drawn_in_order(app)[:3] == ["Amazon Canada", "How to claim", "Amazon United States"]


def test_a_notice_leads_to_the_form_of_its_channel(amazon: World) -> None:
    amazon.discrepancy("amazon-ca", currency="CAD")
    amazon.sum_up()
    key = requested(amazon.database, amazon.account_id, "amazon-ca")
    support = seen_as(amazon.database, Role.SUPPORT)
    steps.ask_seller(amazon.database, support, key, 1, "Which brand?")
    overview = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=30).run()
    (answer,) = [one for one in overview.get("page_link") if one.proto.label == "Answer it"]
    said = dict(parse_qsl(answer.proto.query_string))
    assert said == {
        "account": str(amazon.account_id),
        "to": "amazon-ca",
        "claim": "Amazon Canada",
        "channel": "Amazon CA",
        "currency": "CAD",
    }
    account = said.pop("account")
    app = looking.page("amazon", account, **said)
    assert drawn_in_order(app)[:3] == ["Amazon Canada", "Amazon United States", "How to claim"]
    assert typed_answer(app).value == ""
    assert app.get_by_key("currency").value == "CAD"


def test_a_page_narrowed_to_a_channel_shows_how_to_claim_there(amazon: World) -> None:
    amazon.discrepancy("amazon-de", currency="EUR")
    amazon.channel("amazon-fr")
    amazon.discrepancy("amazon-fr", currency="EUR")
    amazon.sum_up()
    app = page("amazon", amazon)
    app.get_by_key("currency").set_value("EUR").run()
    for code in ("amazon-fr", "amazon-de"):
        app.get_by_key("channel").set_value(code).run()
        assert app.get_by_key("claim").value == code


def address_of(app: AppTest, label: str) -> dict[str, str]:
    (link,) = [one for one in app.get("page_link") if one.proto.label == label]
    return dict(parse_qsl(link.proto.query_string))


def test_what_expires_first_keeps_the_marketplace(amazon: World) -> None:
    amazon.discrepancy("walmart-us", units=9, expires_on=in_days(1))
    amazon.sum_up()
    for name, label in (("amazon", "Amazon US"), ("walmart", "Walmart US")):
        app = page(name, amazon)
        for link in ("What expires first", "Why did Unclaimed change?"):
            assert address_of(app, link)["channel"] == label
            assert address_of(app, link)["currency"] == "USD"


def test_where_a_marketplace_has_several_channels_in_a_currency_no_other_has_any() -> None:
    """Else a link could keep the marketplace only by a filter that other pages do not have."""
    told = read_reference_data()["marketplace"]
    channels = Counter((one["currency"], one["marketplace"]) for one in told if one["supported"])
    for (currency, where), several in channels.items():
        others = [one for one in channels if one[0] == currency and one[1] != where]
        assert several == 1 or not others, (currency, where, others)


def request_of(world: World) -> int:
    outcome = ask(world.database, world.account_id, "amazon-us", a_request())
    assert outcome.request_id is not None
    return outcome.request_id


def test_a_question_is_shown_until_it_is_answered(amazon: World) -> None:
    number = request_of(amazon)
    settle(amazon.database, amazon.account_id, number, "need_info", asked="Which *brand*?")
    app = page("amazon", amazon)
    assert "**Waiting for you**" in words(app)
    assert "Which *brand*?" in [each.value for each in app.text]


def test_an_answer_is_sent_from_the_page(amazon: World) -> None:
    key = requested(amazon.database, amazon.account_id)
    support = seen_as(amazon.database, Role.SUPPORT)
    steps.ask_seller(amazon.database, support, key, 1, "Which brand?")
    app = page("amazon", amazon)
    overview = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=30).run()
    assert "Amazon US: we need an answer from you" in words(overview)
    assert "**We need an answer from you**" in words(app)
    assert "Support, service team" in words(app)
    steps.ask_seller(amazon.database, support, key, 2, "And a logo?")
    app = answered(app, "Acme")
    assert "We have asked something else meanwhile." in words(app)
    assert {"Which brand?", "And a logo?"} <= {each.value for each in app.text}
    assert typed_answer(app).value == "Acme", "kept to be sent with the rest"
    app = answered(app, "Acme, logo attached to my e-mail.")
    read = words(app)
    assert "**Thank you, your answer is sent.**" in read
    assert "**You answered**" in read
    assert "**We need an answer from you**" not in read
    assert "Acme, logo attached to my e-mail." in [each.value for each in app.text]


def typed_answer(app: AppTest) -> Any:
    return next(area for area in app.text_area if area.key.startswith("claim-answer-"))


def answered(app: AppTest, words: str) -> AppTest:
    typed_answer(app).set_value(words)
    app.get_by_key("claim-answer-send").click().run()
    assert not app.exception
    return app


def test_an_account_manager_looks_and_does_not_ask(amazon: World) -> None:
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=30)
    app.session_state["persona"] = Role.MANAGER.value
    app.query_params["account"] = str(amazon.account_id)
    app.run()
    app.query_params["account"] = str(amazon.account_id)
    go_to(app, "amazon")
    assert "**You can look, and the seller asks**" in words(app)
    assert not has_form(app)
    number = request_of(amazon)
    settle(amazon.database, amazon.account_id, number, "need_info", asked="Which brand?")
    app.run()
    assert "Which brand?" in [each.value for each in app.text]
    assert not app.text_area


def test_a_declined_request_says_why_and_one_may_ask_again(amazon: World) -> None:
    number = request_of(amazon)
    settle(amazon.database, amazon.account_id, number, "declined", declined="No FBA stock.")
    app = page("amazon", amazon)
    assert "**Declined**" in words(app)
    assert "No FBA stock." in words(app)
    assert has_form(app)
    # Where the seller looks first: on the channel's card, and on the Overview.
    read = words(app)
    assert "Request declined" in read
    assert "Declined: No FBA stock." in read
    assert "See why" in card_button(app, "amazon-us").label
    overview = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=30).run()
    assert "Amazon US: the request was declined" in words(overview)
    assert address_of(overview, "See why")["to"] == "amazon-us"
    # Asked again, it is news no more.
    request_of(amazon)
    overview.run()
    assert "was declined" not in words(overview)
    assert "Request declined" not in words(page("amazon", amazon))


def test_an_active_service_needs_no_form(amazon: World) -> None:
    number = request_of(amazon)
    settle(amazon.database, amazon.account_id, number, "active", activated=None)
    amazon.channel("amazon-us", service_active=True)
    app = page("amazon", amazon)
    read = words(app)
    assert "Service active" in read
    assert "The service runs for Amazon United States." in read
    assert not has_form(app)


def test_a_service_that_was_started_without_a_request(amazon: World) -> None:
    amazon.channel("amazon-us", service_active=True)
    app = page("amazon", amazon)
    assert not has_form(app)
    assert "The service runs for Amazon United States" in words(app)


def test_what_is_suggested_is_what_is_unclaimed(amazon: World) -> None:
    app = page("amazon", amazon)
    assert app.get_by_key("claim-start_with").value == ["inventory"]


def test_a_part_that_breaks_leaves_the_rest(amazon: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(claim, "request_form", broken)
    app = page("amazon", amazon)
    read = words(app)
    assert "**How to claim cannot be shown right now**" in read
    assert "boom" not in read
    assert "Opens at once" in read


def test_another_accounts_page_is_not_found_by_its_number(amazon: World) -> None:
    app = page("amazon", amazon, account="999999")
    assert not app.metric
    assert not has_form(app)


def test_another_accounts_request_is_not_shown(amazon: World) -> None:
    other = World(amazon.database, name="Somebody else")
    other.discrepancy("amazon-us")
    other.sum_up()
    ask(amazon.database, other.account_id, "amazon-us", a_request(contact_name="Grace Hopper"))
    read = words(page("amazon", amazon))
    assert "Grace Hopper" not in read
    with amazon.database.reading(amazon.account_id) as connection:
        assert progress(connection, amazon.account_id, "amazon-us") is None
        assert connection.execute(text("select count(*) from channel")).scalar_one() == 1
