"""Reports: ordered for whole days, followed, fetched as they come; and what is no answer."""

import gzip
from datetime import date, timedelta

import pytest

from services.landing.read.unpack import unpack
from services.landing.recognise.kinds import recognise
from services.marketplaces.amazon.sources import REPORTS
from services.marketplaces.asking import Fetched, NotTold, Ready, Unknown, Working
from tests.fakes.faults import changed, with_member
from tests.marketplaces.amazon.asking import (
    AMERICA,
    BRITAIN,
    FRANCE,
    GERMANY,
    OCTOBER,
    SETTLEMENT,
    SOURCES,
    Amazon,
    Connect,
    ago,
    asking,
)

REIMBURSEMENTS = REPORTS["reimbursements"].type


def content_of(file: Fetched) -> str:
    raw = file.path.read_bytes()
    return (gzip.decompress(raw) if file.name.endswith(".gz") else raw).decode("utf-8-sig")


def kind_of(file: Fetched) -> str:
    [kind] = [recognise(document).report.kind for document in unpack(file.path)]
    return kind


def test_a_region_s_ledger_is_one_file_of_the_newest_rows(amazon: Amazon) -> None:
    file = amazon.fetched(asking("ledger_detail"))
    rows = content_of(file).splitlines()
    assert file.name.removesuffix(".gz") == "ledger_detail_2026-10-01_2026-10-30.txt"
    assert file.days == OCTOBER
    assert kind_of(file) == "amazon_ledger_detail"
    assert len(rows) == 1 + 2 * 30
    assert {row.split("\t")[13] for row in rows[1:21]} == {'"1"'}
    assert {row.split("\t")[13] for row in rows[21:]} == {'"7"'}


def test_what_is_packed_stays_packed(amazon: Amazon) -> None:
    """The fake packs every second report, as Amazon packs some."""
    files = [amazon.fetched(asking(name)) for name in ("reimbursements", "ledger_detail")]
    for file in files:
        is_packed = file.path.read_bytes()[:2] == b"\x1f\x8b"
        assert is_packed == file.name.endswith(".gz")
        assert kind_of(file) == f"amazon_{file.name.partition('_2026')[0]}"
    assert {file.name.endswith(".gz") for file in files} == {True, False}


def test_days_are_whole_ones_of_the_channel(amazon: Amazon) -> None:
    """Winter time began on 25 October."""
    amazon.client.order(asking("ledger_detail"))
    report = list(amazon.fake.reports.made.values())[-1]
    assert (report.start, report.end) == ("2026-10-01T00:00:00+02:00", "2026-10-30T23:59:59+01:00")


def test_a_report_tells_its_days_again(amazon: Amazon) -> None:
    report_id = amazon.client.order(asking("ledger_detail"))
    state = amazon.client.state(asking("ledger_detail"), report_id)
    assert isinstance(state, Ready)
    assert state.days == OCTOBER


def test_sums_of_months_are_asked_for_by_months() -> None:
    """A part of a month would be told as if it were all of it."""
    assert [one.name for one in SOURCES.values() if one.by_month] == ["ledger_summary"]


def test_nothing_is_asked_of_days_to_come(amazon: Amazon) -> None:
    today = ago(0).date()
    question = asking("reimbursements", days=(today, today + timedelta(days=3)))
    state = amazon.client.state(question, amazon.client.order(question))
    assert isinstance(state, Ready)
    assert state.days is None


@pytest.mark.parametrize("name", sorted(REPORTS.keys() - {"settlements"}))
def test_every_report_can_be_ordered(amazon: Amazon, name: str) -> None:
    question = asking(name)
    assert isinstance(amazon.client.state(question, amazon.client.order(question)), Ready)


def test_a_report_takes_its_time(amazon: Amazon) -> None:
    amazon.fake.reports.takes = 60
    question = asking("ledger_detail")
    state = amazon.client.state(question, amazon.client.order(question))
    assert state == Working("IN_QUEUE")


@pytest.mark.parametrize("fate", ["CANCELLED", "FATAL"])
def test_a_report_that_was_not_made_is_not_told(amazon: Amazon, fate: str) -> None:
    amazon.fake.reports.fates[REIMBURSEMENTS].append(fate)  # type: ignore[arg-type]
    question = asking("reimbursements")
    state = amazon.client.state(question, amazon.client.order(question))
    assert isinstance(state, NotTold)
    assert state.state == fate
    assert state.because.endswith(".")


def test_done_without_a_document_is_not_told(amazon: Amazon) -> None:
    amazon.fake.reports.fates[REIMBURSEMENTS].append("NO_DOCUMENT")
    question = asking("reimbursements")
    state = amazon.client.state(question, amazon.client.order(question))
    assert isinstance(state, NotTold)
    assert state.state == "DONE"


def test_done_and_empty_is_a_file_with_a_header(amazon: Amazon) -> None:
    amazon.fake.reports.fates[REIMBURSEMENTS].append("EMPTY")
    file = amazon.fetched(asking("reimbursements"))
    assert len(content_of(file).splitlines()) == 1
    assert (kind_of(file), file.days) == ("amazon_reimbursements", OCTOBER)


def test_a_file_of_nothing_at_all_is_handed_on(connect: Connect) -> None:
    """Germany has no returns here: what an empty file means is not the client's to say."""
    file = connect(GERMANY).fetched(asking("customer_returns"))
    assert content_of(file) == ""


def test_a_status_that_nobody_has_heard_of_is_waited_for_and_told(amazon: Amazon) -> None:
    amazon.fake.faults.add("getReport", changed(_said_so))
    question = asking("reimbursements")
    state = amazon.client.state(question, amazon.client.order(question))
    assert state == Working("RESTING")
    assert list(amazon.notices) == [Unknown("getReport processingStatus", "RESTING")]


def _said_so(told: object) -> object:
    assert isinstance(told, dict)
    return {**told, "processingStatus": "RESTING"}


def test_members_that_no_model_has_are_told_by_name_alone(amazon: Amazon) -> None:
    amazon.fake.faults.add("createReport", with_member("queue"))
    amazon.fake.faults.add("getReport", with_member("mood"))
    amazon.fake.faults.add("getReportDocument", with_member("colour"))
    amazon.fetched(asking("reimbursements"))
    assert set(amazon.notices) == {
        Unknown("createReport", "queue"),
        Unknown("getReport", "mood"),
        Unknown("getReportDocument", "colour"),
    }


def test_reports_that_there_are_are_found_with_their_days(amazon: Amazon) -> None:
    source = SOURCES["ledger_detail"]
    september = (date(2026, 9, 1), date(2026, 9, 30))
    ordered = [amazon.client.order(asking("ledger_detail", days=d)) for d in (OCTOBER, september)]
    found = list(amazon.client.found(source, GERMANY, ago(1)))
    assert {(one.report_id, one.days) for one in found} == {
        (ordered[0], OCTOBER),
        (ordered[1], september),
    }
    assert all(isinstance(one.state, Ready) for one in found)


def test_a_region_s_report_is_found_whichever_shop_it_was_ordered_in(connect: Connect) -> None:
    connect(FRANCE).client.order(asking("reimbursements", FRANCE))
    [found] = connect(GERMANY).client.found(SOURCES["reimbursements"], GERMANY, ago(1))
    assert found.days == OCTOBER


def test_another_shop_s_report_is_not_found(connect: Connect) -> None:
    connect(BRITAIN).client.order(asking("customer_returns", BRITAIN))
    assert list(connect(GERMANY).client.found(SOURCES["customer_returns"], GERMANY, ago(1))) == []
    assert list(connect(BRITAIN).client.found(SOURCES["customer_returns"], BRITAIN, ago(1))) != []


def test_parts_of_days_are_another_program_s(amazon: Amazon) -> None:
    amazon.client.order(asking("ledger_detail"))
    report = list(amazon.fake.reports.made.values())[-1]
    report.end = "2026-10-30T12:00:00+01:00"
    assert list(amazon.client.found(SOURCES["ledger_detail"], GERMANY, ago(1))) == []


@pytest.mark.parametrize("trouble", ["none", "repeated", "reordered"])
def test_found_page_by_page(amazon: Amazon, trouble: str) -> None:
    amazon.fake.answers.pages.size = 2
    amazon.fake.answers.pages.repeated = trouble == "repeated"
    amazon.fake.answers.pages.reordered = trouble == "reordered"
    ordered = {amazon.client.order(asking("reimbursements")) for _ in range(5)}
    found = [o.report_id for o in amazon.client.found(SOURCES["reimbursements"], GERMANY, ago(1))]
    assert (set(found), len(found)) == (ordered, 5)
    assert amazon.fake.times("getReports") == (6 if trouble == "repeated" else 3)


def test_no_report_is_looked_for_that_amazon_lists_no_longer(amazon: Amazon) -> None:
    assert list(amazon.client.found(SOURCES["reimbursements"], GERMANY, ago(400))) == []


def test_a_settlement_is_found_and_fetched(amazon: Amazon) -> None:
    source = SOURCES["settlements"]
    [found] = amazon.client.found(source, GERMANY, ago(30))
    assert isinstance(found.state, Ready)
    [file] = amazon.client.fetch(asking("settlements"), found.state.document, amazon.folder)
    assert content_of(file) == SETTLEMENT


def test_each_region_has_an_address_of_its_own(connect: Connect) -> None:
    connect(AMERICA).client.standing()
    connect(GERMANY).client.standing()
    asked = [one for one in connect(GERMANY).fake.asked if one.operation != "token"]
    assert [one.region for one in asked] == ["na", "eu"]
