"""Our own files: the case feed as CSV and JSON, and sourcing costs."""

import json

import pytest

from sample.text import columns
from services.database.engine import Database
from tests.common.reports import files
from tests.common.reports.files import every_row, one
from tests.landing.bringing import Bring

HEADER = columns("""
    case_id, channel, type, subtype, status, opened_on, closed_on, currency, requested_amount,
    approved_amount, units, reference_ids, events
""")
EVENTS = json.dumps(
    [
        {"at": "2026-05-20T10:00:00Z", "status": "open", "note": "filed, with an invoice"},
        {"at": "2026-05-22", "status": "open"},
    ]
)


def case(number: str = "15000000001", **more: object) -> dict[str, object]:
    return {
        "case_id": number,
        "channel": "amazon-us",
        "type": "inventory",
        "subtype": "lost_in_warehouse",
        "status": "open",
        "opened_on": "2026-05-20",
        "closed_on": "",
        "currency": "USD",
        "requested_amount": "19.14",
        "approved_amount": "",
        "units": "3",
        "reference_ids": "X001 X002",
        "events": EVENTS,
    } | more


def as_csv(*cases: dict[str, object]) -> str:
    return files.table(HEADER, [[str(one[name]) for name in HEADER] for one in cases], ",")


@pytest.fixture(autouse=True)
def connected(bring: Bring) -> None:
    """The account has a channel before its cases come."""
    bring(files.ledger([files.ledger_row()]))


STATE = (
    "select case_id, status, opened_on::text, requested_amount::text, units, reference_ids"
    " from reimbursement_case where account_id = 1 order by 1"
)
PAST = (
    "select event_number, at at time zone 'UTC', status, note from case_event"
    " where account_id = 1 order by case_id, event_number"
)


def test_a_case_feed_in_csv(bring: Bring, database: Database) -> None:
    assert bring(as_csv(case()), channel=None).rows_landed == 1
    assert every_row(database, STATE) == [
        ("15000000001", "open", "2026-05-20", "19.14", 3, ["X001", "X002"])
    ]
    happened = [(number, str(at), *rest) for number, at, *rest in every_row(database, PAST)]
    assert happened == [
        (1, "2026-05-20 10:00:00", "open", "filed, with an invoice"),
        (2, "2026-05-22 07:00:00", "open", None),  # midnight in the channel's zone
    ]


FORMS = [
    json.dumps,
    lambda cases: json.dumps({"cases": cases, "cursor": "abc"}),
    lambda cases: json.dumps(cases, indent=2),
    lambda cases: "\n".join(json.dumps(one) for one in cases) + "\n",
]


@pytest.mark.parametrize("form", FORMS)
def test_a_case_feed_in_json_says_the_same(bring: Bring, database: Database, form: object) -> None:
    cases = [
        case(
            number,
            closed_on=None,
            requested_amount=19.14,
            units=3,
            reference_ids=["X001", "X002"],
            events=json.loads(EVENTS),
        )
        for number in ("1", "2")
    ]
    assert bring(form(cases), channel=None).rows_landed == 2  # type: ignore[operator]
    assert every_row(database, STATE) == [
        (number, "open", "2026-05-20", "19.14", 3, ["X001", "X002"]) for number in ("1", "2")
    ]
    assert len(every_row(database, PAST)) == 4


def test_the_file_landed_later_says_what_a_case_is(bring: Bring, database: Database) -> None:
    bring(as_csv(case()), channel=None)
    bring(as_csv(case(status="Fully Reimbursed", events="[]")), channel=None)
    [(_, status, *_)] = every_row(database, STATE)
    assert status == "fully_reimbursed"
    assert every_row(database, PAST) == []


def test_a_case_that_stands_twice_reads_as_its_last_line(bring: Bring, database: Database) -> None:
    result = bring(as_csv(case(), case(status="closed")), channel=None)
    assert result.passed_over_because == {"a later line of the file holds this case": 1}
    assert every_row(database, STATE)[0][1] == "closed"


@pytest.mark.parametrize(
    ("wrong", "column", "says"),
    [
        ({"channel": "walmart-us"}, "channel", "a channel of this account: amazon-us"),
        ({"currency": "XXX"}, "currency", "the currency of a marketplace"),
        ({"status": "pending"}, "status", "one of: open, closed"),
        ({"type": "weather"}, "type", "one of: inventory"),
        ({"subtype": "inbound_shortage"}, "subtype", "a subtype of the type inventory"),
        ({"opened_on": "05/20/2026"}, "opened_on", "a date such as 2026-05-13"),
        ({"closed_on": "2026-05-19"}, "closed_on", "a day on or after opened_on"),
        ({"events": "none"}, "events", "a JSON list"),
        ({"case_id": ""}, "case_id", "at most 100 characters"),
    ],
)
def test_a_wrong_case_is_rejected_by_name(
    bring: Bring, database: Database, wrong: dict[str, str], column: str, says: str
) -> None:
    result = bring(as_csv(case("1", **wrong), case("2")), channel=None)
    assert (result.rows_landed, result.rows_rejected) == (1, 1)
    [(row, said, expected)] = every_row(
        database, "select row_number, column_name, expected from rejected_row"
    )
    assert (row, said) == (2, column)
    assert says in str(expected)


def test_a_wrong_case_in_json_is_numbered_by_its_position(bring: Bring, database: Database) -> None:
    wrong = case("2", status="pending")
    bring(json.dumps([case("1"), wrong, case("3")]), channel=None)
    [(row, raw)] = every_row(database, "select row_number, raw_text from rejected_row")
    assert row == 2
    assert json.loads(str(raw)) == wrong


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('{"errors": [{"code": "QuotaExceeded"}]}', "JSON of no kind that we know"),
        ('[{"case_id": "1"}]', "Nearest known kind: Case feed; it lacks channel, type"),
        ("[1, 2]", "JSON of no kind that we know"),
        ('[{"case_id": ', "not valid JSON"),
    ],
)
def test_other_json_is_refused(bring: Bring, content: str, says: str) -> None:
    assert says in (bring(content, channel=None).refused_because or "")


def test_a_case_feed_that_is_cut_off_is_refused(bring: Bring, database: Database) -> None:
    whole = json.dumps([case("1"), case("2")])
    for end in (-1, -2, len(whole) // 2 + 3):
        assert bring(whole[:end], channel=None).status == "refused"
    assert every_row(database, STATE) == []


def test_an_empty_case_feed_lands_as_such(bring: Bring) -> None:
    result = bring("[]", channel=None)
    assert (result.status, result.notes) == ("landed", ("The file holds no rows.",))


COSTS = "sku,currency,unit_cost,valid_from\n"


def test_sourcing_costs_are_set_and_changed(bring: Bring, database: Database) -> None:
    bring(COSTS + "A,USD,4.20,2026-01-01\nA,usd,4.50,2026-06-01\n", channel=None)
    bring(COSTS + "A,USD,4.30,2026-01-01\n", channel=None)
    assert every_row(
        database, "select unit_cost::text, valid_from::text from sourcing_cost order by 2"
    ) == [("4.30", "2026-01-01"), ("4.50", "2026-06-01")]


def test_contradicting_costs_are_not_chosen_between(bring: Bring, database: Database) -> None:
    result = bring(COSTS + "A,USD,4,2026-01-01\nA,USD,5,2026-01-01\n", channel=None)
    assert (result.rows_landed, result.rows_rejected) == (1, 1)
    assert one(database, "select unit_cost::text from sourcing_cost") == "4"


def test_a_wrong_cost_is_rejected(bring: Bring) -> None:
    rows = (
        "A,USD,-1,2026-01-01\nB,XXX,1,2026-01-01\n,USD,1,2026-01-01\nC,USD,1,\nD,USD,,2026-01-01\n"
    )
    result = bring(COSTS + rows + "E,USD,1,2026-01-01\n", channel=None)
    assert (result.rows_landed, result.rows_rejected) == (1, 5)


RECEIPTS = "order_id,tracking_number,sku,received_on,received_units,damaged_units,note\n"


def test_what_arrived_of_a_removal_reads_as_landed_last(bring: Bring, database: Database) -> None:
    bring(RECEIPTS + "RM-1,1Z1,A,2026-05-01,3,1,wet box\nRM-1,1Z2,A,,0,,never came\n", channel=None)
    assert bring(RECEIPTS + "RM-1,1Z2,A,2026-05-09,2,0,\n", channel=None).rows_landed == 1
    assert every_row(
        database,
        "select tracking_number, received_on::text, received_units, damaged_units, note"
        " from removal_receipt where account_id = 1 order by 1",
    ) == [("1Z1", "2026-05-01", 3, 1, "wet box"), ("1Z2", "2026-05-09", 2, 0, None)]


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        ("RM-1,1Z1,A,2026-05-01,3,4,", "damaged_units", "at most received_units"),
        ("RM-1,1Z1,A,,1,0,", "received_on", "the day on which the units arrived"),
        ("RM-1,1Z1,A,2026-05-01,-1,0,", "received_units", "0 or more"),
        ("RM-1,1Z1,A,05/01/2026,1,0,", "received_on", "a date such as 2026-05-13"),
        (",1Z1,A,2026-05-01,1,0,", "order_id", "a filled cell"),
    ],
)
def test_a_wrong_receipt_is_rejected_by_name_and_costs_no_other(
    bring: Bring, database: Database, row: str, column: str, says: str
) -> None:
    result = bring(f"{RECEIPTS}{row}\nRM-2,1Z1,A,2026-05-01,1,0,\n", channel=None)
    assert (result.rows_landed, result.rows_rejected) == (1, 1)
    [(number, said, expected)] = every_row(
        database, "select row_number, column_name, expected from rejected_row"
    )
    assert (number, said) == (2, column)
    assert says in str(expected)
