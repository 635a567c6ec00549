"""Who gets which file: signed for one person, and asked again when it is made."""

import time
from typing import Any

import pytest

from services.access.local import local_viewer
from services.access.rights import Role
from services.access.viewer import NotAllowedError, Viewer
from services.database.engine import Database, DatabaseUnavailableError
from services.exports import addresses, following
from services.exports.addresses import (
    BadAddressError,
    Feed,
    feed_address,
    feed_of,
    file_address,
    wish_of,
)
from services.exports.files import NoSuchFileError, Question
from services.exports.kinds import KINDS
from services.insights.answers import Filters
from services.insights.cases import Search
from services.insights.expiring import View
from services.insights.payments import Wanted
from services.settings import Settings
from tests.common.exported import file_for
from tests.common.worlds.insights import NOW, TODAY, USD, World, in_days
from tests.exports.reading import sheet_facts

PLAIN = Settings(_env_file=None)


def at_this_machine(database: Database, role: Role = Role.SELLER) -> Viewer:
    return local_viewer(database, listens_on="127.0.0.1", asks_from=None, role=role)


@pytest.fixture
def world(database: Database) -> World:
    made = World(database)
    made.discrepancy(sku="MINE", expires_on=in_days(3))
    return made.sum_up()


def token_of(address: str) -> str:
    return address.split("/")[3]


def test_a_question_comes_back_from_its_address_as_it_was(world: World) -> None:
    viewer = at_this_machine(world.database)
    view = View("7d", in_days(0), "ready", "priority", cursor="here", size=7)
    question = Question.of("expiring", world.account_id, USD, view)
    address = file_address(world.database, PLAIN, viewer, question, "expiring.csv")
    assert address.endswith("/expiring.csv?as=seller")
    wish = wish_of(world.database, PLAIN, token_of(address))
    assert (wish.person_id, wish.question) == (viewer.person_id, question)
    assert "cursor" not in wish.question.view


def test_an_altered_an_old_or_anothers_address_opens_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = at_this_machine(world.database)
    question = Question.of("expiring", world.account_id, USD, View())
    token = token_of(file_address(world.database, PLAIN, viewer, question, "a.csv"))
    following.follow(world.database, viewer, world.account_id, USD)
    (made,) = following.followed(world.database, viewer)
    whole = feed_address(world.database, PLAIN, viewer, made)
    calendar = whole.rpartition("/")[2].removesuffix(".ics")
    assert feed_of(world.database, PLAIN, calendar) == Feed(
        person_id=viewer.person_id, account_id=world.account_id, calendar_id=made.calendar_id
    )
    with pytest.raises(BadAddressError):
        feed_of(world.database, PLAIN, token)
    other = Settings(_env_file=None, cookie_secret="another secret of thirty-two characters")
    for chosen, tried in ((PLAIN, token[:-1]), (PLAIN, calendar), (PLAIN, "x"), (other, token)):
        with pytest.raises(BadAddressError):
            wish_of(world.database, chosen, tried)
    assert wish_of(world.database, PLAIN, token)
    later = time.time() + (addresses._FILE_HOURS + 1) * 3600
    monkeypatch.setattr(time, "time", lambda: later)
    with pytest.raises(BadAddressError):
        wish_of(world.database, PLAIN, token)


def test_without_any_secret_nothing_is_signed(world: World) -> None:
    class Bare:
        urls = type("Urls", (), {"owner": world.database.urls.owner.set(password="")})

    with pytest.raises(DatabaseUnavailableError, match="COOKIE_SECRET"):
        wish_of(Bare(), PLAIN, "x")  # type: ignore[arg-type]


def test_each_kind_is_made_in_each_of_its_forms(world: World) -> None:
    viewer = at_this_machine(world.database)
    for kind in KINDS:
        view = KINDS[kind].view(*(["expired"] if kind == "part" else []))
        question = Question.of(kind, world.account_id, USD, view)
        assert question.forms == ("csv", "xlsx")
        for form in question.forms:
            assert file_for(viewer, world.database, question, form, NOW)
        with pytest.raises(NoSuchFileError):
            file_for(viewer, world.database, question, "pdf", NOW)
    mine = world.account_id
    assert file_for(viewer, world.database, Question.of_summary(mine, USD), "pdf", NOW)
    assert file_for(viewer, world.database, Question.of_calendar(mine, USD), "ics", NOW)
    with pytest.raises(NoSuchFileError):
        file_for(
            viewer,
            world.database,
            Question(kind="secrets", account_id=mine, filters=USD),
            "csv",
            NOW,
        )


@pytest.mark.parametrize("form", ["csv", "xlsx", "pdf", "ics"])
def test_no_right_and_no_account_no_file(world: World, form: str) -> None:
    made = {"pdf": Question.of_summary, "ics": Question.of_calendar}
    of = made.get(form, lambda *asked: Question.of("expiring", *asked))
    operator = at_this_machine(world.database, Role.OPERATOR)
    with pytest.raises(NotAllowedError, match="see recovery"):
        file_for(operator, world.database, of(world.account_id, USD), form, NOW)
    stranger = Viewer(at_this_machine(world.database).person, ())
    with pytest.raises(NotAllowedError, match="no account"):
        file_for(stranger, world.database, of(world.account_id, USD), form, NOW)


def test_sample_data_is_called_so_in_every_file_with_a_place_for_it(database: Database) -> None:
    invented = World(database, "Try it", is_sample=True)
    invented.discrepancy()
    viewer = at_this_machine(database)
    question = Question.of("expiring", invented.sum_up().account_id, USD, View())
    told = sheet_facts(file_for(viewer, database, question, "xlsx", NOW))
    assert told["Sample data"] == "These figures are invented, to look around in."
    calendar = Question.of_calendar(invented.account_id, USD)
    assert b"Claim deadlines: Try it (sample data)" in file_for(
        viewer, database, calendar, "ics", NOW
    )
    real = World(database)
    real.discrepancy()
    question = Question.of("expiring", real.sum_up().account_id, USD, View())
    told = sheet_facts(file_for(at_this_machine(database), database, question, "xlsx", NOW))
    assert "Sample data" not in told


def test_a_workbook_says_what_was_asked_in_words(world: World) -> None:
    viewer = at_this_machine(world.database)

    def facts(kind: str, view: object, filters: Filters = USD) -> dict[str, Any]:
        question = Question.of(kind, world.account_id, filters, view)
        linked = question.model_copy(update={"link": "http://127.0.0.1/expiring?account=1"})
        return sheet_facts(file_for(viewer, world.database, linked, "xlsx", NOW))

    told = facts(
        "expiring",
        View(within="7d", state="ready", order="priority"),
        Filters("USD", "amazon-us", "inventory"),
    )
    assert told["Account"] == "Northwind Kitchen"
    assert told["As of"] == "15 Jun 2026, 17:00 UTC"
    assert (told["Currency"], told["Marketplace"]) == ("USD", "Amazon United States")
    assert (told["Type"], told["Expires in"]) == ("Inventory", "7 days")
    assert (told["State"], told["Order"]) == ("Ready to claim", "most money a day left first")
    assert (told["Rows"], told["The same view"]) == ("1", "http://127.0.0.1/expiring?account=1")
    assert facts("payments", Wanted(TODAY.replace(day=1), "reversed"))["Payments"] == "Taken back"
    searched = facts("cases", Search("reimbursed", "open", "=B0", since=TODAY))
    assert (searched["Search"], searched["Status"]) == ("=B0", "Open")
    assert searched["Since"] == "15 Jun 2026"
