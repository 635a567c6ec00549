"""What is undone is as it was: each row of each table, to the cent, or it is not undone at all."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy import text

from services.access.absent import absent_viewer
from services.access.people import BY_COMMAND, Wanted, invite, known_by
from services.access.rights import Role
from services.access.viewer import NotAllowedError, Viewer
from services.database.engine import Database
from services.dropping import asking, before
from services.dropping.asking import Into
from services.dropping.queries import ImportRequest
from services.dropping.work import NOT_LAST
from services.landing.importing import import_files
from services.recovery import identify
from tests.common.dropping import done, everything, loaded
from tests.common.reports import files
from tests.common.reports.files import every_row, ledger_row, lost, one
from tests.common.rights.least import LEAST
from tests.common.worlds.activation import requested, seen_as

CASES = b"""case_id,channel,type,subtype,status,opened_on,closed_on,currency,requested_amount,\
approved_amount,units,reference_ids,events
C-1,amazon-us,inventory,lost_in_warehouse,open,2026-05-20,,USD,12.00,,2,X001,\
"[{""at"": ""2026-05-20"", ""status"": ""open"", ""note"": ""filed""}]"
C-2,walmart-us,inventory,lost_in_warehouse,open,2026-05-20,,USD,12.00,,2,X001,"[]"
"""
PAID = files.reimbursements([files.reimbursement_row()])
OLD = files.ledger([ledger_row(), lost(unreconciled="2"), lost("05/15/2026", "X002", "-3")])
# Of the same days: it replaces one row, takes another away and brings a third; units are settled.
NEWER = files.ledger(
    [
        lost(unreconciled="0", reconciled="2"),
        lost("05/16/2026", "X003", "-1"),
        ledger_row("05/15/2026", "X002", "3", event="Adjustments", reason="F"),
        ledger_row(quantity="x"),
    ]
)


@pytest.fixture
def account(database: Database, tmp_path: Path) -> int:
    """Reports of before, landed from a terminal; one case waits for its channel."""
    content = {"cases.csv": CASES, "ledger.txt": OLD, "paid.txt": PAID}
    paths = files.written(tmp_path, content.items())
    result = import_files(database, paths, account="ACME", channel="amazon-us")
    assert [one.status for one in result.files] == ["landed"] * 3
    number = one(database, "select account_id from account")
    assert isinstance(number, int)
    return number


@pytest.fixture
def owner_of_it(database: Database, account: int) -> Viewer:
    """The seller's persona, once the account is there."""
    assert account
    return seen_as(database)


def undone(database: Database, viewer: Viewer, request: ImportRequest) -> ImportRequest:
    """What came of asking to take an import back."""
    return done(database, viewer, asking.undo(database, viewer, request.import_id))


CHANGES: Mapping[str, tuple[str, dict[str, bytes]]] = {
    "a newer reading of the same days": ("amazon-us", {"newer.txt": NEWER}),
    "more payments, in another currency as well": (
        "amazon-us",
        {
            "paid.txt": files.reimbursements(
                [
                    files.reimbursement_row("48210000002", "9.99"),
                    files.reimbursement_row("48210000003", "4.50", currency="CAD"),
                    files.reimbursement_row("48210000001", "7.77"),
                ]
            )
        },
    ),
    "a channel for which a case was waiting": (
        "walmart-us",
        {"recon.csv": files.recon([files.recon_summary("6.38"), files.recon_row()])},
    ),
    "newer cases": (
        "amazon-us",
        {
            "cases.csv": CASES.replace(
                b"open,2026-05-20,,USD", b"not_eligible,2026-05-20,2026-06-01,USD"
            )
        },
    ),
    "everything at once": (
        "amazon-us",
        {
            "all.zip": files.zipped(
                ledger=NEWER, paid=files.reimbursements([files.reimbursement_row("9", "1.00")])
            ),
            "cases.csv": CASES.replace(b"C-1", b"C-3"),
            "no.csv": b"a,b\n1,2\n",
        },
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_every_row_is_as_it_was(
    database: Database, account: int, owner_of_it: Viewer, what: str
) -> None:
    channel, content = CHANGES[what]
    stood = everything(database)
    request = loaded(database, owner_of_it, Into(account, "", channel), content)
    assert everything(database) != stood
    assert undone(database, owner_of_it, request).state == "done"
    assert everything(database) == stood


def test_what_is_undone_can_be_loaded_again_and_comes_to_the_same(
    database: Database, account: int, owner_of_it: Viewer
) -> None:
    content = {"newer.txt": NEWER}
    into = Into(account, "", "amazon-us")
    request = loaded(database, owner_of_it, into, content)
    figures = "select t::text from open_total t order by 1"
    stands = every_row(database, figures)
    undone(database, owner_of_it, request)
    assert every_row(database, figures) != stands
    loaded(database, owner_of_it, into, content)
    assert every_row(database, figures) == stands


def test_a_first_import_leaves_an_empty_account(database: Database) -> None:
    seller = seen_as(database)
    request = loaded(database, seller, Into(None, "ACME", "amazon-us"), {"ledger.txt": OLD})
    seller = seen_as(database)
    assert undone(database, seller, request).state == "done"
    left = {table: rows for table, rows in everything(database).items() if rows}
    assert set(left) == {"account"}
    assert "ACME" in left["account"][0]


def test_of_two_the_last_is_undone_and_then_no_other(
    database: Database, account: int, owner_of_it: Viewer
) -> None:
    into = Into(account, "", "amazon-us")
    first = loaded(database, owner_of_it, into, {"newer.txt": NEWER})
    stood = everything(database)
    second = loaded(
        database,
        owner_of_it,
        into,
        {"paid.txt": files.reimbursements([files.reimbursement_row("48210000009", "3.00")])},
    )
    assert not asking.may_be_undone(first)
    assert asking.may_be_undone(second)
    assert undone(database, owner_of_it, second).state == "done"
    assert everything(database) == stood
    again = undone(database, owner_of_it, second)
    assert (again.state, again.reason) == (
        "refused",
        "It has loaded nothing that could be taken back.",
    )
    assert undone(database, owner_of_it, first).state == "refused"
    assert everything(database) == stood


def test_what_other_imports_rest_on_stays(
    database: Database, account: int, owner_of_it: Viewer, tmp_path: Path
) -> None:
    request = loaded(database, owner_of_it, Into(account, "", "amazon-us"), {"newer.txt": NEWER})
    more = files.written(tmp_path, [("more.txt", files.ledger([lost("05/20/2026", "X009")]))])
    import_files(database, more, account="ACME", channel="amazon-us")
    stood = everything(database)
    refused = undone(database, owner_of_it, request)
    assert (refused.state, refused.reason) == ("refused", NOT_LAST)
    assert everything(database) == stood


def test_a_channel_that_people_use_by_now_stays(
    database: Database, account: int, owner_of_it: Viewer
) -> None:
    recon = files.recon([files.recon_summary("6.38"), files.recon_row()])
    into = Into(account, "", "walmart-us")
    request = loaded(database, owner_of_it, into, {"recon.csv": recon})
    requested(database, account, "walmart-us")
    stood = everything(database)
    refused = undone(database, owner_of_it, request)
    assert (refused.state, refused.reason) == ("refused", before.IN_USE)
    assert everything(database) == stood


def test_a_newer_version_takes_nothing_back(
    database: Database, account: int, owner_of_it: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = loaded(database, owner_of_it, Into(account, "", "amazon-us"), {"newer.txt": NEWER})
    stood = everything(database)
    monkeypatch.setattr(before, "VERSION", identify.VERSION + 1)
    refused = undone(database, owner_of_it, request)
    assert (refused.state, refused.reason) == ("refused", before.NEWER_VERSION)
    assert everything(database) == stood


def test_what_is_not_kept_any_more_cannot_be_undone(
    database: Database, account: int, owner_of_it: Viewer
) -> None:
    request = loaded(database, owner_of_it, Into(account, "", "amazon-us"), {"newer.txt": NEWER})
    shutil.rmtree(before.kept_in(request.import_id))
    assert not asking.may_be_undone(request)
    refused = undone(database, owner_of_it, request)
    assert (refused.state, refused.reason) == ("refused", before.GONE)


def test_a_copy_that_is_damaged_changes_nothing(
    database: Database, account: int, owner_of_it: Viewer
) -> None:
    request = loaded(database, owner_of_it, Into(account, "", "amazon-us"), {"newer.txt": NEWER})
    stood = everything(database)
    (before.kept_in(request.import_id) / "month_total.gz").write_bytes(b"no gzip")
    assert undone(database, owner_of_it, request).state == "refused"
    assert everything(database) == stood


def test_what_changed_nothing_keeps_nothing(
    database: Database, account: int, owner_of_it: Viewer
) -> None:
    request = loaded(database, owner_of_it, Into(account, "", "amazon-us"), {"again.txt": OLD})
    assert request.mark is None
    assert not before.kept_in(request.import_id).exists()


def test_nobody_undoes_what_somebody_else_has_loaded(
    database: Database, account: int, owner_of_it: Viewer
) -> None:
    request = loaded(database, owner_of_it, Into(account, "", "amazon-us"), {"newer.txt": NEWER})
    theirs = Wanted("Cleo", frozenset({Role.SELLER}), False, frozenset({account}))
    invite(database, BY_COMMAND, "cleo@own.example.com", theirs)
    cleo = absent_viewer(database, known_by(database, "cleo@own.example.com").person_id)
    assert cleo is not None
    with pytest.raises(NotAllowedError):
        asking.undo(database, cleo, request.import_id)


def test_the_copy_is_for_nobody_else_on_the_machine(
    database: Database, account: int, owner_of_it: Viewer
) -> None:
    request = loaded(database, owner_of_it, Into(account, "", "amazon-us"), {"newer.txt": NEWER})
    assert before.kept_in(request.import_id).stat().st_mode & 0o077 == 0


# All that an import may change ----------------------------------------------------------------


def test_all_that_an_import_may_write_is_put_back() -> None:
    """A new table that the loader writes belongs into PUT_BACK, or here with its reason."""
    written = {table for table, may in LEAST["loader"].items() if "insert" in may}
    otherwise = {"account", "channel"}  # people refer to them: put back by single columns
    assert written - otherwise == set(before.PUT_BACK)


def test_nothing_else_refers_to_what_is_put_back(database: Database) -> None:
    """It is emptied and filled: a key from elsewhere would stand in the way."""
    keys = every_row(
        database,
        """select conrelid::regclass::text, confrelid::regclass::text
        from pg_constraint where contype = 'f'""",
    )
    assert {
        (here, there)
        for here, there in keys
        if there in before.PUT_BACK and here not in before.PUT_BACK
    } == set()


def test_a_whole_world_is_as_it_was(sample_database: Database) -> None:
    """Tens of thousands of rows of every kind, and figures that follow from all of them."""
    with sample_database.owning() as connection:
        connection.execute(text("alter table account no force row level security"))
        connection.execute(text("update account set is_sample = false"))
        connection.execute(text("alter table account force row level security"))
    seller = seen_as(sample_database)
    account = next(one for one in seller.accounts if one.name == "Northwind Kitchen")
    stood = everything(sample_database)
    content = {"newer.txt": NEWER, "paid.txt": PAID}
    into = Into(account.account_id, "", "amazon-us")
    request = loaded(sample_database, seller, into, content)
    assert everything(sample_database) != stood
    assert undone(sample_database, seller, request).state == "done"
    assert everything(sample_database) == stood
