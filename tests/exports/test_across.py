"""Lists over several accounts as files: the page's own figures, for those whose work they are."""

import io
from dataclasses import replace
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from services.access.rights import Role
from services.access.viewer import NotAllowedError
from services.activation.queue import QueueView, queue
from services.database.engine import Database
from services.exports.across import Compared
from services.exports.files import NoSuchFileError, Question
from services.exports.xlsx import money_format
from services.insights.portfolio import Portfolio, clients
from tests.common.exported import file_for
from tests.common.worlds.activation import requested, seen_as
from tests.common.worlds.calls import call
from tests.common.worlds.insights import NOW, TODAY, USD, World, in_days
from tests.common.worlds.rates import bank_told
from tests.exports.reading import read, sheet_facts

PORTFOLIO = Question.across("portfolio", Compared("USD", TODAY))
EACH_OWN = Compared(None, TODAY)
QUEUE = Question.across("queue", QueueView())


@pytest.fixture
def three(database: Database) -> tuple[World, World, World]:
    north, acme, third = (World(database, name) for name in ("Northwind", "=Acme", "Third"))
    north.discrepancy(units=30, expires_on=in_days(27))
    north.discrepancy(units=1, expires_on=in_days(3), unit_amount=None)
    north.reimbursement(amount="40.00", approved_on=in_days(-2))
    acme.discrepancy(units=8, expires_on=in_days(6))
    acme.discrepancy("amazon-ca", units=5, currency="CAD", expires_on=in_days(0))
    third.discrepancy(units=99, expires_on=in_days(1))
    for one in (north, acme, third):
        one.sum_up()
    call(north, in_days(-10))
    return north, acme, third


def test_a_managers_file_is_their_page_and_holds_no_third_client(
    database: Database, three: tuple[World, World, World]
) -> None:
    manager = seen_as(database, Role.MANAGER)
    third = three[2].account_id
    theirs = replace(
        manager, accounts=tuple(one for one in manager.accounts if one.account_id != third)
    )
    numbers = tuple(one.account_id for one in theirs.accounts)
    with database.comparing(numbers) as connection:
        page = clients(connection, Portfolio(numbers, "USD", NOW, TODAY))
    content = file_for(theirs, database, PORTFOLIO, "csv", NOW)
    rows = read(content)
    assert b"Third" not in content
    assert [row["Client"] for row in rows] == ["'=Acme", "Northwind"]
    assert [Decimal(row["At risk"]) for row in rows] == [one.at_risk.amount for one in page.rows]
    assert [row["In 7 days"] for row in rows] == ["80.00", ""]  # unknown, not nought
    assert [Decimal(row["In 30 days"]) for row in rows] == [
        one.within_30_days.amount for one in page.rows
    ]
    assert [row["Recovered since last call"] for row in rows] == ["", "40.00"]
    assert (rows[1]["Last call"], rows[1]["Last call by"]) == ("2026-06-05", "Grace")
    told = sheet_facts(file_for(theirs, database, PORTFOLIO, "xlsx", NOW))
    assert (told["Made for"], told["Currency"], told["Rows"]) == (manager.person.name, "USD", "2")
    in_cad = file_for(
        theirs, database, Question.across("portfolio", Compared("CAD", TODAY)), "csv", NOW
    )
    assert [(row["Client"], row["At risk"]) for row in read(in_cad)] == [("'=Acme", "50.00")]
    each_own = file_for(theirs, database, Question.across("portfolio", EACH_OWN), "csv", NOW)
    assert [(row["Client"], row["Currency"], row["At risk"]) for row in read(each_own)] == [
        ("'=Acme", "USD", "80.00"),
        ("Northwind", "USD", "300.00"),
        ("'=Acme", "CAD", "50.00"),
    ]


def test_converted_amounts_stand_beside_the_own_ones_with_rate_and_day(
    database: Database, three: tuple[World, World, World], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.exports.across.CONVERTED_AT_ONCE", 2)
    bank_told(database, in_days(-3), USD="1.0823", CAD="1.5204")
    three[2].reimbursement("amazon-us", currency="AED", amount="5.00", approved_on=in_days(-2))
    three[2].sum_up()
    manager = seen_as(database, Role.MANAGER)
    plain = read(file_for(manager, database, Question.across("portfolio", EACH_OWN), "csv", NOW))
    question = Question.across("portfolio", replace(EACH_OWN, into="USD"))
    rows = read(file_for(manager, database, question, "csv", NOW))
    assert [{name: row[name] for name in plain[0]} for row in rows] == plain  # nothing is replaced
    told = {
        (row["Client"], row["Currency"]): (
            row["Rate into USD"],
            row["Rate of the European Central Bank of"],
            row["At risk in USD"],
            row["In 7 days in USD"],
            row["Recovered this month in USD"],
            row["Recovered since last call in USD"],
        )
        for row in rows
    }
    day = "2026-06-12"
    assert told == {
        ("Northwind", "USD"): ("1", day, "300.00", "", "40.00", "40.00"),  # unknown stays unknown
        ("'=Acme", "USD"): ("1", day, "80.00", "80.00", "0.00", ""),
        ("'=Acme", "CAD"): ("0.711852", day, "35.59", "35.59", "0.00", ""),
        ("Third", "USD"): ("1", day, "990.00", "990.00", "0.00", ""),
        ("Third", "AED"): ("", "", "0.00", "0.00", "", ""),  # no rate, no conversion
    }
    content = file_for(manager, database, question, "xlsx", NOW)
    assert "into USD, beside each own amount" in sheet_facts(content)["Converted"]
    head, *lines = load_workbook(io.BytesIO(content))["List"].iter_rows()
    names = [str(cell.value) for cell in head]
    canadian = next(dict(zip(names, one, strict=True)) for one in lines if one[1].value == "CAD")
    found = [
        (canadian[name].value, canadian[name].number_format)
        for name in ("At risk", "Rate into USD", "At risk in USD")
    ]
    assert found == [
        (50, money_format("CAD")),
        (0.711852, "0.########"),
        (35.59, money_format("USD")),  # each amount in the sign of its own currency
    ]


def test_the_queues_file_is_the_queue_as_it_is_filtered(
    database: Database, three: tuple[World, World, World]
) -> None:
    for one in three:
        requested(database, one.account_id)
    support = seen_as(database, Role.SUPPORT)
    with database.triaging() as connection:
        page = queue(connection, support.person_id, QueueView(), NOW).rows
    content = file_for(support, database, QUEUE, "csv", NOW)
    rows = read(content)
    assert [int(row["Request"]) for row in rows] == [one.request_id for one in page]
    assert [row["At risk"] for row in rows] == ["990.00", "300.00", "80.00"]
    assert [row["Units without amount"] for row in rows] == ["0", "1", "0"]
    assert b"ada@" not in content
    found = Question.across("queue", QueueView(text="third", whose="nobody's", order="oldest"))
    assert [row["Account"] for row in read(file_for(support, database, found, "csv", NOW))] == [
        "Third"
    ]
    told = sheet_facts(file_for(support, database, found, "xlsx", NOW))
    assert (told["Search"], told["Whose"], told["Order"]) == ("third", "Not taken", "oldest first")


def test_each_is_for_its_own_role_alone(database: Database) -> None:
    for question, own in ((PORTFOLIO, Role.MANAGER), (QUEUE, Role.SUPPORT)):
        for role in Role:
            if role is own:
                assert file_for(seen_as(database, role), database, question, "csv", NOW)
            else:
                with pytest.raises(NotAllowedError):
                    file_for(seen_as(database, role), database, question, "csv", NOW)
    of_none = Question(kind="cases", filters=USD)
    with pytest.raises(NoSuchFileError):
        file_for(seen_as(database), database, of_none, "csv", NOW)
