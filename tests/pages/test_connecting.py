"""Connecting on the page: what cards say, what a press does, and what is on its way."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from pages.shared import clock
from services.access.rights import Role
from services.digest.content import digest_of
from services.digest.letter import Links, letter_of
from services.health.connections import of_connections
from services.settings import settings
from services.sync.syncing import KEY_LOST, Syncing
from services.sync.wishing import WISHES_AN_HOUR, WishRefusedError, wish_own_key
from tests.common.consenting.fixtures import lose_the_key, registered
from tests.common.consenting.marketplace import OWN_ID, OWN_SECRET, OnLoopback
from tests.common.consenting.rows import connection_row, piece_row, put
from tests.common.drawn import drawn
from tests.common.looking import page, tables, words
from tests.common.working import said_by_a_worker
from tests.common.worlds.activation import seen_as
from tests.common.worlds.insights import NOW, World, in_days
from tests.pages.opening import opened
from wording.labels import in_a_sentence

CARD = "channel-amazon-us-connect"


@pytest.fixture
def shop() -> Iterator[OnLoopback]:
    with registered() as running:
        yield running


@pytest.fixture
def seller(world: World, shop: OnLoopback) -> World:
    """An account with report files of Amazon US."""
    world.discrepancy()
    return world.sum_up()


def linked(world: World, **changed: object) -> int:
    """A connection that says what it may do and until when."""
    told = {"scopes": ["returns", "advertising"], "consent_until": in_days(300), "seller": "S-1"}
    return connection_row(world, **{**told, **changed})


def rows(world: World, query: str) -> list[Any]:
    with world.database.owning() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def kept(app: AppTest) -> str:
    """Whatever the session remembers."""
    return str(app.session_state._state)


def press(app: AppTest, key: str) -> AppTest:
    app.get_by_key(key).click().run()
    assert not app.exception
    return app


# Cards -------------------------------------------------------------------------------


def test_a_channel_of_files_offers_to_connect(seller: World) -> None:
    app = page("amazon", seller.account_id)
    assert "connected by report files" in words(app)
    assert "Connect" in app.get_by_key(CARD).label


def test_a_connected_channel_says_since_when_by_whom_and_how_fresh(seller: World) -> None:
    linked(seller)
    seller.channel(
        "amazon-us",
        connection_state="connected",
        last_synced_at=NOW - timedelta(hours=3),
        next_sync_at=NOW + timedelta(hours=1),
    )
    read = words(page("amazon", seller.account_id)).replace("\u2060", "")
    assert "connected by API since 5 Jun 2026 by Ann · synced 3 h ago · next at 18:00" in read
    assert "ends" not in read


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (30, "Your consent ends in 30 days, on 15 Jul 2026"),
        (1, "Your consent ends in 1 day, on 16 Jun 2026"),
        (0, "Your consent ends today"),
        (31, ""),
    ],
)
def test_what_ends_within_thirty_days_counts_down(seller: World, days: int, said: str) -> None:
    linked(seller, consent_until=in_days(days))
    seller.channel("amazon-us", connection_state="connected")
    app = page("amazon", seller.account_id)
    assert (said in words(app)) if said else ("Your consent ends" not in words(app))
    assert ("Renew" in app.get_by_key(CARD).label) is bool(said)


def test_the_earlier_of_two_ends_counts(seller: World) -> None:
    linked(seller, refresh_until=in_days(12))
    read = words(page("amazon", seller.account_id))
    assert "Its access ends in 12 days, on 27 Jun 2026" in read
    assert "Your consent ends" not in read


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("expired", "Expired on 15 Jun 2026: The year is over."),
        ("revoked", "Taken back on 15 Jun 2026: The year is over."),
        ("disconnected", "Disconnected on 15 Jun 2026: The year is over."),
    ],
)
def test_what_works_no_longer_says_why_and_has_one_button(
    seller: World, state: str, said: str
) -> None:
    linked(seller, state=state, state_since=NOW, because="The year is over.")
    seller.channel("amazon-us", connection_state="disconnected")
    app = page("amazon", seller.account_id)
    assert said in words(app)
    assert "Connect again" in app.get_by_key(CARD).label
    told = "Amazon US is not connected any more" in words(page("overview", seller.account_id))
    assert told is (state != "disconnected"), "what somebody has ended is no news"


@pytest.mark.parametrize("role", [Role.MANAGER, Role.SUPPORT])
def test_only_sellers_connect(seller: World, role: Role) -> None:
    linked(seller)
    app = opened(role, "seller/marketplace", account=seller.account_id)
    assert CARD not in {one.key for one in app.button}
    assert not [one for one in app.button if "onnect" in one.label]


def test_walmart_of_files_has_nothing_to_connect(seller: World) -> None:
    """Where a marketplace is not asked at all, or not in this country."""
    seller.channel("amazon-mx")
    app = page("amazon", seller.account_id)
    press(app, "channel-amazon-mx-connect")
    assert "Amazon Mexico cannot be connected" in words(app)
    assert "No shop of Mexico's is connected." in words(app)


# The dialog ----------------------------------------------------------------------------


def test_the_way_to_the_consent_page_is_our_own_address(seller: World) -> None:
    app = press(page("amazon", seller.account_id), CARD)
    (link,) = [one.proto for one in app.get("link_button") if "Go on to Amazon" in one.proto.label]
    assert link.url == f"/connecting?account={seller.account_id}&channel=amazon-us&as=seller"


def test_where_no_consent_page_is_set_up_a_key_serves(world: World) -> None:
    world.discrepancy()
    world.sum_up()
    with registered("SHOP_ID is not set."):
        app = press(page("amazon", world.account_id), CARD)
    assert not [one for one in app.get("link_button") if "Go on" in one.proto.label]
    assert "SHOP_ID is not set." in words(app)
    assert app.get_by_key("own-key-client_secret").proto.type == 1, "it is hidden"


def within(app: AppTest, key: str, opener: str = CARD) -> AppTest:
    """A press within the dialog that `opener` opens: here each run draws the whole page."""
    app.get_by_key(opener).click()
    return press(app, key)


def with_key(app: AppTest, secret: str, opener: str = CARD) -> AppTest:
    app.get_by_key("own-key-client_id").set_value(OWN_ID)
    app.get_by_key("own-key-client_secret").set_value(secret)
    return within(app, "own-key-send", opener)


def test_a_key_is_sealed_granted_and_forgotten(seller: World, shop: OnLoopback) -> None:
    app = with_key(press(page("amazon", seller.account_id), CARD), OWN_SECRET)
    assert OWN_SECRET not in drawn(app)
    assert OWN_SECRET not in kept(app)
    [(wish, state, sealed)] = rows(seller, "select wish, state, sealed from connection_request")
    assert (wish, state) == ("own_key", "waiting")
    assert OWN_SECRET not in sealed
    assert "Connecting Amazon United States…" in words(app)
    assert "connecting…" in words(app)
    said_by_a_worker(seller.database)
    app.run()
    assert "connected by API since" in words(app)
    assert "/standing" in shop.memory.asked
    assert rows(seller, "select sealed from connection_request") == [(None,)]


def test_what_is_no_key_is_said_at_once_and_not_kept(seller: World) -> None:
    app = with_key(press(page("amazon", seller.account_id), CARD), "short")
    assert "The client secret is not one: copy it whole." in words(app)
    assert rows(seller, "select 1 from connection_request") == []
    assert "short" not in kept(app)


def test_a_key_that_opens_nothing_is_said_on_the_card(seller: World) -> None:
    with_key(press(page("amazon", seller.account_id), CARD), "a-secret-of-nobody")
    said_by_a_worker(seller.database)
    app = page("amazon", seller.account_id)
    assert "Not connected: The seller has taken it back." in words(app)
    assert "Connect" in app.get_by_key(CARD).label


def test_pressing_twice_is_one_wish(seller: World) -> None:
    with_key(press(page("amazon", seller.account_id), CARD), OWN_SECRET)
    app = page("amazon", seller.account_id)
    assert CARD not in {one.key for one in app.button}, "it is on its way"
    assert rows(seller, "select count(*) from connection_request") == [(1,)]


def test_an_account_tries_so_often_an_hour(seller: World) -> None:
    app = press(page("amazon", seller.account_id), CARD)
    with seller.database.owning() as connection:
        connection.execute(
            text("""
                insert into connection_request (account_id, channel, wish, nonce, person_id,
                    by_name, state, settled_at)
                select :account, 'amazon-de', 'own_key', 'another nonce ' || n, 1, 'n', 'refused',
                    now() from generate_series(1, :most) n
            """),
            {"account": seller.account_id, "most": WISHES_AN_HOUR},
        )
    with_key(app, OWN_SECRET)
    assert "within an hour" in words(app)


def test_a_connection_tells_what_it_may_do_and_ends_at_a_press(seller: World) -> None:
    linked(seller)
    seller.channel("amazon-us", connection_state="connected")
    app = press(page("amazon", seller.account_id), CARD)
    read = words(app)
    assert "**returns**: FBA customer returns" in read
    assert "**advertising**: Not used here" in read
    assert "11 Apr 2027" in read
    assert "What has been read until now stays" in words(app)
    assert "is deleted at once" in words(app)
    assert rows(seller, "select 1 from connection_request") == []
    within(app, "disconnect-yes")
    assert "Disconnecting Amazon United States…" in words(app)
    said_by_a_worker(seller.database)
    [(state, because)] = rows(seller, "select state, because from marketplace_connection")
    assert state == "disconnected"
    assert "Disconnected by" in because
    assert rows(seller, "select 1 from connection_secret") == []


def test_a_sealing_key_that_is_lost_is_one_press_away_from_being_mended(seller: World) -> None:
    """Said alike on the card, above the figures, in the weekly summary and by `check`."""
    with_key(press(page("amazon", seller.account_id), CARD), OWN_SECRET)
    said_by_a_worker(seller.database)
    lose_the_key()
    [(account_id, connection_id)] = rows(
        seller, "select account_id, connection_id from marketplace_connection"
    )
    Syncing(seller.database, settings(), lambda _said: None).sync(account_id, connection_id)

    app = page("amazon", seller.account_id)
    said = words(app).replace("\\", "")  # before letters that would be signs of the page's own
    assert re.search(rf"Expired on \d+ \w+ \d{{4}}: {re.escape(KEY_LOST)}", said)
    assert "Amazon CA and 1 more are not connected any more" in words(
        page("overview", seller.account_id)
    )
    digest = digest_of(seller.database, seen_as(seller.database), NOW)
    letter = letter_of(digest, "Ann", Links("https://claims.example.com", None))
    assert "Amazon CA, Amazon US are not connected any more." in letter.text
    [found] = of_connections(seller.database, NOW)
    assert found.mark == "MEND"
    assert found.says == f"expired: {in_a_sentence(KEY_LOST)}"
    assert found.mend == "Its seller connects it again, on the marketplace's page."

    assert "Connect again" in app.get_by_key(CARD).label
    with_key(press(app, CARD), OWN_SECRET)
    said_by_a_worker(seller.database)
    assert "connected by API since" in words(page("amazon", seller.account_id))
    assert next(of_connections(seller.database, NOW)).mark == "ok  "


def test_a_permission_that_is_missing_says_what_is_not_read(seller: World) -> None:
    linked(seller, scopes=["advertising"])
    app = press(page("amazon", seller.account_id), CARD)
    assert "**returns**: Not granted, so this is not read: FBA customer returns" in words(app)


def test_another_country_of_another_region_can_be_connected(seller: World) -> None:
    linked(seller)
    app = press(page("amazon", seller.account_id), "connect-another")
    offered = app.get_by_key("shop-to-connect").options
    assert "Amazon Germany" in offered
    assert "Amazon Canada" not in offered, "it is of the region that is connected"


# What came back, what is on its way ------------------------------------------------------


@pytest.mark.parametrize(
    ("why", "said"),
    [
        ("refused", "You did not allow it"),
        ("expired", "That took longer than half an hour"),
        ("used", "That answer has served already"),
        ("elsewhere", "This was begun in another browser or sign-in"),
    ],
)
def test_what_came_of_a_consent_is_said_once(seller: World, why: str, said: str) -> None:
    app = page("amazon", seller.account_id, connect=why)
    assert said in words(app)
    assert "connect" not in app.query_params
    assert said not in words(app.run())


def test_sample_data_is_never_connected(world: World, shop: OnLoopback) -> None:
    """Invented figures stay apart, whatever is pressed."""
    sample = World(world.database, "Sample", is_sample=True)
    sample.discrepancy()
    sample.sum_up()
    app = page("amazon", sample.account_id)
    assert not [one.key for one in app.button if "connect" in str(one.key)]
    viewer = seen_as(world.database, Role.SELLER)
    with pytest.raises(WishRefusedError, match="sample data"):
        wish_own_key(world.database, viewer, sample.account_id, "amazon-us", {})


def test_a_forged_answer_is_not_said(seller: World) -> None:
    app = page("amazon", seller.account_id, connect="<b>Pay us</b>")
    assert "Pay us" not in drawn(app)


def pieces(world: World, connection_id: int, *states: str) -> None:
    for position, state in enumerate(states):
        because = "It was throttled." if state == "not_told" else None
        landed = 7 if state == "landed" else 0
        piece_row(world, connection_id, position, state, because=because, rows_landed=landed)


def test_the_first_data_says_how_far_it_is(seller: World) -> None:
    number = linked(seller, connected_at=NOW - timedelta(hours=2))
    pieces(seller, number, "landed", "landed", "asked", "due", "due")
    for name in ("overview", "data", "amazon"):
        read = words(page(name, seller.account_id))
        assert "Amazon, North America: 2 of 5 reports, newest first" in read
        assert "14 rows so far" in read


def test_what_is_read_again_is_not_first_data(seller: World) -> None:
    number = linked(seller, connected_at=NOW - timedelta(hours=2))
    pieces(seller, number, "landed", "landed")
    piece_row(seller, number, 0, "due")
    assert "newest first" not in words(page("overview", seller.account_id))


def test_nobody_at_work_is_said(seller: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with_key(press(page("amazon", seller.account_id), CARD), OWN_SECRET)
    [(made_at,)] = rows(seller, "select made_at from connection_request")
    monkeypatch.setattr(clock, "now", lambda: made_at + timedelta(minutes=2))
    assert "nobody is at work on it yet" in words(page("amazon", seller.account_id))


# An empty account ------------------------------------------------------------------------


def test_an_empty_account_offers_to_connect(world: World, shop: OnLoopback) -> None:
    app = page("overview", world.account_id)
    assert "Connect your marketplaces" in words(app)
    press(app, "begin-amazon")
    assert app.get_by_key("shop-to-connect").value == "amazon-us"
    with_key(app, OWN_SECRET, "begin-amazon")
    assert "Connecting Amazon United States…" in words(app)
    said_by_a_worker(world.database)
    read = words(page("overview", world.account_id))
    assert "Amazon, North America: connected" in read or "newest first" in read


def test_a_marketplace_without_a_channel_offers_to_connect(seller: World) -> None:
    app = page("walmart", seller.account_id)
    assert "No Walmart channel is connected" in words(app)
    press(app, "connect-another")
    assert app.get_by_key("shop-to-connect").value == "walmart-us"


def test_walmart_outside_the_united_states_is_refused_with_the_reason(seller: World) -> None:
    app = press(page("walmart", seller.account_id), "connect-another")
    app.get_by_key("shop-to-connect").set_value("walmart-ca")
    within(app, "connect-another", "connect-another")
    assert "Walmart Canada cannot be connected" in words(app)
    assert "United States accounts only" in words(app)


# Data --------------------------------------------------------------------------------------


def sources(app: AppTest) -> dict[str, str]:
    (row,) = next(one for one in tables(app) if one and "Newest day" in one[0])
    return row


def test_data_says_how_fresh_each_report_is(seller: World) -> None:
    pieces(seller, linked(seller), "landed", "landed")
    assert sources(page("data", seller.account_id)) == {
        "Report": "Amazon FBA customer returns",
        "For": "Amazon US",
        "Newest day": "14 Jun 2026",
        "Asked": "2 h ago",
        "Next": "20:00",
        "State": "Fresh",
    }


def test_data_says_what_has_no_answer_and_what_that_hides(seller: World) -> None:
    pieces(seller, linked(seller), "landed", "not_told", "refused", "due")
    app = page("data", seller.account_id)
    row = sources(app)
    assert row["State"] == "1 not told, 1 not read · 1 report on the way"
    assert "1 of 1 report not fresh" in words(app)
    app.session_state["sources-pressed"] = rows(
        seller, "select connection_id || '~' || source || '~' || part from sync_piece limit 1"
    )[0][0]
    app.run()
    read = words(app)
    assert "It was throttled." in read
    assert "is unknown, which is never nothing" in read
    assert "could not be read, so nothing of it is in any figure" in read
    assert "17 Mar to 15 May 2026" in read or "Mar" in read


def test_data_says_which_report_came_with_other_days(seller: World) -> None:
    number = linked(seller)
    because = "It was asked for 1 to 10 May 2026 and holds rows of 20 Apr to 6 May 2026."
    piece_row(seller, number, 0, "landed", rows_landed=7)
    piece_row(seller, number, 1, "landed", because=because, rows_landed=7)
    app = page("data", seller.account_id)
    assert sources(app)["State"] == "1 told in part"
    app.session_state["sources-pressed"] = rows(
        seller, "select connection_id || '~' || source || '~' || part from sync_piece limit 1"
    )[0][0]
    app.run()
    read = words(app)
    assert because in read
    assert "came with other days than it was asked for" in read
    assert "Days without an answer lie within" in read


@pytest.mark.parametrize(
    ("state", "landed_before", "said"),
    [("connected", timedelta(days=2), "Late"), ("revoked", timedelta(hours=1), "Not connected")],
)
def test_data_says_what_stands_still(
    seller: World, state: str, landed_before: timedelta, said: str
) -> None:
    number = linked(seller, state=state)
    pieces(seller, number, "landed")
    with seller.database.syncing() as connection:
        connection.execute(
            text("update sync_piece set settled_at = :then"), {"then": NOW - landed_before}
        )
    row = sources(page("data", seller.account_id))
    assert row["State"] == said
    assert row["Next"] == ("now" if state == "connected" else "not any more")


def test_words_that_nobody_knows_are_shown_and_counted(seller: World) -> None:
    put(
        seller,
        "sync_unknown",
        "times",
        account_id=seller.account_id,
        connection_id=linked(seller),
        heard_in="getReport processingStatus",
        said="![x](//h) SLEEPING",
        times=4,
    )
    app = page("data", seller.account_id)
    assert "Words that nobody knows" in words(app)
    assert "heard 4 times" in words(app)
    (row,) = tables(app)[-1]
    assert row["Word"] == "![x](//h) SLEEPING"
    assert row["Heard in"] == "Amazon: getReport processingStatus"


# A business that has no account here yet ------------------------------------------------------


def wish_row(world: World, **changed: object) -> None:
    given = {
        "person_id": 1,
        "by_name": "n",
        "account_name": "Harbor & Toys",
        "channel": "amazon-us",
        "wish": "consent",
        "nonce": "a nonce of it",
        "made_at": NOW - timedelta(minutes=2),
    }
    values = {**given, **changed}
    names, bound = ", ".join(values), ", ".join(f":{name}" for name in values)
    with world.database.owning() as connection:
        connection.execute(text(f"insert into account_request ({names}) values ({bound})"), values)


def test_data_offers_to_connect_another_business(seller: World) -> None:
    app = page("data", seller.account_id)
    assert "Connect another business" in words(app)
    app.get_by_key("newcomer-name").set_value("  ").run()
    press(app, "newcomer-amazon")
    assert "A name has 1 to 200 characters." in words(app)
    app.get_by_key("newcomer-name").set_value("Harbor Toys").run()
    press(app, "newcomer-amazon")
    assert "For a new account, **Harbor Toys**" in drawn(app)


def test_a_business_on_its_way_is_said_and_nothing_more_can_be_pressed(seller: World) -> None:
    wish_row(seller)
    app = page("data", seller.account_id)
    assert "Connecting Amazon US…" in words(app)
    assert "for Harbor & Toys, asked 2 min ago; nobody is at work on it yet" in words(app)
    assert "newcomer-amazon" not in {one.key for one in app.button}


@pytest.mark.parametrize(("days", "told"), [(6, True), (8, False)])
def test_why_a_business_was_not_connected_is_told_for_a_week(
    seller: World, days: int, told: bool
) -> None:
    settled = NOW - timedelta(days=days)
    because = "The code does not hold any more."
    wish_row(seller, state="refused", because=because, made_at=settled, settled_at=settled)
    app = page("data", seller.account_id)
    said = "Harbor & Toys was not connected: the code does not hold any more."
    assert (said in words(app)) is told
    assert "newcomer-amazon" in {one.key for one in app.button}


@pytest.mark.parametrize("role", [Role.MANAGER, Role.SUPPORT])
def test_only_sellers_connect_another_business(seller: World, role: Role) -> None:
    app = opened(role, "seller/data", account=seller.account_id)
    assert "another business" not in words(app)
    assert "newcomer-amazon" not in {one.key for one in app.button}


@pytest.mark.usefixtures("shop")
def test_back_at_an_account_that_is_there_already_it_goes_on(world: World) -> None:
    """A fast worker: the account is made before the page that one comes back to is drawn."""
    settled = {"state": "done", "account_id": world.account_id, "settled_at": NOW}
    wish_row(world, **settled)
    app = page("data", world.account_id, connect="goes-on")
    assert "connect" not in app.query_params
    assert "newcomer-begun" not in app.session_state  # heard, found, and gone on
