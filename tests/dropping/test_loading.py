"""Loading what was dropped: by the worker, with the rights of now, and told file by file."""

import gzip
from datetime import date
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import text

from services.access.absent import absent_viewer
from services.access.people import BY_COMMAND, Wanted, change, invite, known_by
from services.access.rights import Role
from services.access.viewer import NotAllowedError, Viewer
from services.database.engine import Database
from services.dropping import asking, folder, queries
from services.dropping.asking import Into, NotAskedError
from services.landing import telling
from services.landing.importing import import_files
from services.settings import settings
from tests.common.dropping import done, dropped, loaded
from tests.common.full_disk import at_most
from tests.common.reports import files
from tests.common.reports.files import every_row, ledger_row, lost, one
from tests.common.signed import SIGN_IN
from tests.common.working import said_by_a_worker
from tests.common.worlds.activation import add_account, seen_as

LEDGER = files.ledger([ledger_row(), lost()])
PAID = files.reimbursements([files.reimbursement_row()])
NEW = Into(None, "ACME", "amazon-us")


# What it is, before anything lands -----------------------------------------------------------


def test_each_file_is_known_before_anything_lands(database: Database, seller: Viewer) -> None:
    drop = asking.new_drop(seller)
    known = dropped(
        database,
        drop,
        {
            "a/ledger.txt": LEDGER,
            "two.zip": files.zipped(
                one=LEDGER, other=files.reimbursements([files.reimbursement_row()])
            ),
            "packed.txt.gz": gzip.compress(LEDGER),
            "broken.csv": b"a,b\n1,2\n",
            "cut.zip": files.zipped(one=LEDGER)[:-30],
            "empty.txt": b"",
        },
    )
    assert asking.dropped(seller, drop) == tuple(known)
    told = {
        file.path: [(each.kind, each.rows, str(each.first)[:10]) for each in file.documents]
        for file in known
    }
    ledger = ("amazon_ledger_detail", 2, "2026-05-13")
    assert told["a/ledger.txt"] == [ledger]
    assert told["two.zip"] == [ledger, ("amazon_reimbursements", 1, "2026-05-12")]
    assert told["packed.txt.gz"] == [ledger]
    because = {file.path: file.documents[0].refused_because for file in known if not file.is_known}
    assert "no kind of report that we know" in because["broken.csv"]
    assert "damaged or cut off" in because["cut.zip"]
    assert because["empty.txt"] == "The file is empty."
    assert one(database, "select count(*) from account") == 0


@pytest.mark.parametrize("columns", [14, 16])
def test_what_is_said_before_is_what_lands(
    database: Database, seller: Viewer, columns: int
) -> None:
    """Rows and days as landing finds them: days first, and with every row rejected for its time."""
    day_first = files.ledger([ledger_row("13/05/2026"), lost("14/05/2026")], columns)
    drop = asking.new_drop(seller)
    (seen,) = dropped(database, drop, {"ledger.txt": day_first})[0].documents
    done(database, seller, asking.load(database, seller, drop, NEW))
    stored = every_row(database, "select rows_in_file, first_day, last_day from report_document")
    assert stored == [(seen.rows, seen.first, seen.last)]


def test_a_report_that_states_its_period_is_shown_with_it(
    database: Database, seller: Viewer
) -> None:
    recon = files.recon([files.recon_summary("6.38"), files.recon_row()])
    drop = asking.new_drop(seller)
    (seen,) = dropped(database, drop, {"recon.csv": recon})[0].documents
    done(database, seller, asking.load(database, seller, drop, Into(None, "ACME", "walmart-us")))
    stored = every_row(database, "select rows_in_file, first_day, last_day from report_document")
    assert stored == [(seen.rows, seen.first, seen.last)]
    assert seen.first is not None


def test_requests_that_are_long_over_go_and_those_that_count_stay(
    database: Database, seller: Viewer
) -> None:
    first = loaded(database, seller, NEW, {"ledger.txt": LEDGER})
    second = asking.undo(database, seen_as(database), first.import_id)
    said_by_a_worker(database)
    loaded(database, seen_as(database), Into(first.account_id, "", "amazon-us"), {"p.txt": PAID})

    def over(import_id: int) -> None:
        with database.owning() as connection:
            connection.execute(
                text("""
                    update import_request set ended_at = now() - make_interval(days => :days)
                    where import_id = :import_id
                """),
                {"days": queries.KEPT_DAYS + 1, "import_id": import_id},
            )

    def left() -> list[object]:
        with database.loading() as connection:
            queries.take_away_old(connection)
        return [row[0] for row in every_row(database, "select import_id from import_request")]

    assert len(left()) == 3
    over(first.import_id)
    assert first.import_id in left(), "what took it back is still told"
    over(second)
    assert left() == [second + 1]


# The days that it was asked for --------------------------------------------------------------

APRIL: Final = (date(2026, 4, 1), date(2026, 4, 30))
MAY: Final = (date(2026, 5, 1), date(2026, 5, 31))
RETURNS: Final = files.table(files.RETURNS, []).encode()
COVERED: Final = """
    select kind, part, min(day), max(day), count(*) from report_coverage group by 1, 2 order by 1, 2
"""


def test_an_empty_report_says_nothing_until_its_days_are_said(
    database: Database, seller: Viewer
) -> None:
    drop = asking.new_drop(seller)
    [empty] = dropped(database, drop, {"returns.txt": RETURNS})
    assert empty.can_be_asked
    assert (empty.documents[0].rows, empty.documents[0].first) == (0, None)
    request = done(database, seller, asking.load(database, seller, drop, NEW))
    assert every_row(database, COVERED) == []
    drop = asking.new_drop(seller)
    dropped(database, drop, {"again.txt": RETURNS})
    asking.was_asked(seller, drop, 1, APRIL, "America/Los_Angeles")
    assert asking.dropped(seller, drop)[0].asked == APRIL
    into = Into(request.account_id, "", "amazon-us")
    done(database, seen_as(database), asking.load(database, seen_as(database), drop, into))
    assert every_row(database, COVERED) == [("amazon_customer_returns", "amazon-us", *APRIL, 30)]
    stored = "select asked_from, asked_to, first_day, last_day from report_document order by 1"
    assert every_row(database, stored) == [(*APRIL, *APRIL), (None,) * 4]


def test_it_lands_as_with_the_days_of_the_command(
    database: Database, seller: Viewer, tmp_path: Path
) -> None:
    """Quiet days at both ends, of two files each with its own."""
    content = {"ledger.txt": LEDGER, "returns.txt": RETURNS}
    drop = asking.new_drop(seller)
    dropped(database, drop, content)
    asking.was_asked(seller, drop, 1, MAY, "America/Los_Angeles")
    asking.was_asked(seller, drop, 2, APRIL, "America/Los_Angeles")
    done(database, seller, asking.load(database, seller, drop, NEW))
    in_browser = every_row(database, COVERED)
    with database.owning() as connection:
        connection.execute(text("update account set name = 'Other'"))
        connection.execute(text("delete from report_coverage"))
    for name, asked in (("ledger.txt", MAY), ("returns.txt", APRIL)):
        path = tmp_path / name
        path.write_bytes(content[name])
        import_files(database, [path], account="ACME", channel="amazon-us", asked=asked)
    assert every_row(database, COVERED) == in_browser
    assert ("amazon_ledger_detail", "US", *MAY, 31) in in_browser


@pytest.mark.parametrize(
    ("days", "because"),
    [
        ((MAY[1], MAY[0]), "The first day is after the last one"),
        ((date(2026, 5, 14), MAY[1]), "It holds rows of 13 to 14 May 2026"),
        ((MAY[0], date(2026, 5, 13)), "It holds rows of 13 to 14 May 2026"),
        ((MAY[0], date(2999, 1, 1)), "A day that is still to come"),
    ],
)
def test_days_that_cannot_be_are_refused_at_once(
    database: Database, seller: Viewer, days: tuple[date, date], because: str
) -> None:
    drop = asking.new_drop(seller)
    dropped(database, drop, {"ledger.txt": LEDGER})
    with pytest.raises(NotAskedError, match=because):
        asking.was_asked(seller, drop, 1, days, "America/Los_Angeles")
    assert asking.dropped(seller, drop)[0].asked is None


def test_days_can_be_taken_back(database: Database, seller: Viewer) -> None:
    drop = asking.new_drop(seller)
    dropped(database, drop, {"ledger.txt": LEDGER})
    asking.was_asked(seller, drop, 1, MAY, "America/Los_Angeles")
    asking.was_asked(seller, drop, 1, None, "America/Los_Angeles")
    done(database, seller, asking.load(database, seller, drop, NEW))
    assert every_row(database, COVERED)[0][2:4] == (date(2026, 5, 13), date(2026, 5, 14))


def test_what_speaks_for_no_days_or_for_several_is_asked_for_none(
    database: Database, seller: Viewer
) -> None:
    drop = asking.new_drop(seller)
    known = dropped(
        database,
        drop,
        {
            "recon.csv": files.recon([files.recon_summary("6.38"), files.recon_row()]),
            "two.zip": files.zipped(one=LEDGER, other=PAID),
            "packed.txt.gz": gzip.compress(LEDGER),
            "no.csv": b"a,b\n1,2\n",
        },
    )
    assert [one.can_be_asked for one in known] == [False, False, True, False]
    with pytest.raises(NotAskedError, match="cannot be said"):
        asking.was_asked(seller, drop, 2, MAY, "America/Los_Angeles")
    with pytest.raises(NotAskedError, match="cannot be said"):
        asking.was_asked(seller, drop, 99, MAY, "America/Los_Angeles")


def test_a_removal_is_asked_for_by_the_day_of_its_order(database: Database, seller: Viewer) -> None:
    row = dict.fromkeys(files.REMOVAL_SHIPMENTS, "") | {
        "request-date": "2026-05-02T08:00:00+00:00",
        "order-id": "removal-1",
        "shipment-date": "2026-05-20T08:00:00+00:00",
        "sku": "SKU-A",
        "fnsku": "X001",
        "disposition": "Sellable",
        "shipped-quantity": "1",
        "tracking-number": "1Z1",
    }
    content = files.table(files.REMOVAL_SHIPMENTS, [list(row.values())]).encode()
    drop = asking.new_drop(seller)
    [one] = dropped(database, drop, {"removals.txt": content})
    assert asking.days_of_rows(one, "UTC") == (date(2026, 5, 2), date(2026, 5, 2))
    asking.was_asked(seller, drop, 1, (date(2026, 5, 1), date(2026, 5, 10)), "UTC")
    request = done(database, seller, asking.load(database, seller, drop, NEW))
    assert request.result is not None
    assert telling.of_plain(request.result).files[0].status == "landed"


def test_the_channel_that_it_goes_to_says_whose_days_they_are(
    database: Database, seller: Viewer
) -> None:
    """A moment that is the 14th in Japan, and the 13th in Los Angeles."""
    row = files.return_row(at="2026-05-13T20:00:00+00:00")
    drop = asking.new_drop(seller)
    dropped(database, drop, {"returns.txt": files.table(files.RETURNS, [row]).encode()})
    from_the_14th = (date(2026, 5, 14), date(2026, 5, 20))
    asking.was_asked(seller, drop, 1, from_the_14th, "Asia/Tokyo")
    with pytest.raises(NotAskedError, match=r"returns\.txt: It holds rows of 13 May"):
        asking.load(database, seller, drop, NEW)
    assert asking.load(database, seller, drop, Into(None, "ACME", "amazon-jp"))


# Loading -------------------------------------------------------------------------------------


def test_a_new_account_is_made_and_told_file_by_file(database: Database, seller: Viewer) -> None:
    request = loaded(
        database,
        seller,
        NEW,
        {"ledger.txt": LEDGER, "more/ledger.txt": LEDGER, "no.csv": b"a\n1\n"},
    )
    assert (request.state, request.files) == ("done", 2)
    assert request.result is not None
    result = telling.of_plain(request.result)
    assert [(one.file, one.status) for one in result.files] == [
        ("ledger.txt", "landed"),
        ("ledger.txt", "already_landed"),
    ]
    assert every_row(database, "select name from account") == [("ACME",)]
    assert seen_as(database).require_account(request.account_id or 0).name == "ACME"


def test_the_files_are_gone_when_they_are_loaded(
    database: Database, seller: Viewer, scratch: Path
) -> None:
    loaded(database, seller, NEW, {"ledger.txt": LEDGER})
    assert list(scratch.rglob("*ledger.txt")) == []


def test_it_lands_as_an_import_from_a_terminal_does(
    database: Database, seller: Viewer, tmp_path: Path
) -> None:
    content = {"ledger.txt": LEDGER, "paid.txt": PAID}
    loaded(database, seller, NEW, content)
    paths = files.written(tmp_path, content.items())
    import_files(database, paths, account="Other", channel="amazon-us")
    figures = """select units, unit_amount, basis from discrepancy
        join account using (account_id) where name = :name"""
    from_the_page = every_row(database, figures, name="ACME")
    assert from_the_page
    assert from_the_page == every_row(database, figures, name="Other")


def test_files_of_another_marketplace_wait_for_a_channel_of_theirs(
    database: Database, seller: Viewer
) -> None:
    drop = asking.new_drop(seller)
    recon = files.recon([files.recon_summary("6.38"), files.recon_row()])
    both = files.zipped(ledger=LEDGER, recon=recon)
    dropped(database, drop, {"ledger.txt": LEDGER, "recon.csv": recon, "both.zip": both})
    request = done(database, seller, asking.load(database, seller, drop, NEW))
    assert request.files == 2
    assert [one.path for one in asking.dropped(seller, drop)] == ["recon.csv", "both.zip"]
    walmart = Into(request.account_id, "", "walmart-us")
    seller = seen_as(database)  # with the account that has just been made
    done(database, seller, asking.load(database, seller, drop, walmart))
    assert asking.dropped(seller, drop) == ()
    assert one(database, "select count(*) from report_document") == 2


def test_where_all_is_refused_nothing_is_made(database: Database, seller: Viewer) -> None:
    """Known by its header, and refused as it is read."""
    torn = LEDGER.replace(b'Quantity"', b'Quantity"\t"Quantity"')
    drop = asking.new_drop(seller)
    dropped(database, drop, {"ledger.txt": LEDGER})
    (there,) = folder.files(drop)
    path = drop.folder / str(there.number) / "file" / "ledger.txt"
    path.write_bytes(torn)  # exchanged on the disk since it was looked at
    request = done(database, seller, asking.load(database, seller, drop, NEW))
    assert (request.state, request.account_id, request.mark) == ("done", None, None)
    assert request.result is not None
    assert telling.of_plain(request.result).files[0].status == "refused"
    assert one(database, "select count(*) from account") == 0


def test_done_twice_is_done_once(database: Database, seller: Viewer) -> None:
    """A worker that dies after the commit leaves the job to be begun again."""
    request = loaded(database, seller, NEW, {"ledger.txt": LEDGER})
    before = every_row(database, "select * from import_request")
    with database.asking((), seller.person_id) as connection:
        asking.later.defer(
            connection, asking.DO, lane=asking.lanes.IMPORTS, import_id=request.import_id
        )
    assert said_by_a_worker(database) == []
    assert every_row(database, "select * from import_request") == before


# Who may ------------------------------------------------------------------------------------


@pytest.fixture
def client(database: Database, monkeypatch: pytest.MonkeyPatch) -> Viewer:
    """A seller who signs in, with one account of their own."""
    for name, value in SIGN_IN.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    own = add_account(database, "Own")
    add_account(database, "Foreign")
    wanted = Wanted("Cleo", frozenset({Role.SELLER}), False, frozenset({own}))
    invite(database, BY_COMMAND, "cleo@own.example.com", wanted)
    known = known_by(database, "cleo@own.example.com")
    viewer = absent_viewer(database, known.person_id)
    assert viewer is not None
    return viewer


def _id(database: Database, name: str) -> int:
    found = one(database, "select account_id from account where name = :name", name=name)
    assert isinstance(found, int)
    return found


def test_a_seller_loads_into_their_own_account_and_no_other(
    database: Database, client: Viewer
) -> None:
    request = loaded(
        database, client, Into(_id(database, "Own"), "", "amazon-us"), {"a.txt": LEDGER}
    )
    assert request.state == "done"
    drop = asking.new_drop(client)
    dropped(database, drop, {"a.txt": LEDGER})
    with pytest.raises(NotAllowedError):
        asking.load(database, client, drop, Into(_id(database, "Foreign"), "", "amazon-us"))
    with pytest.raises(NotAllowedError):
        asking.load(database, client, drop, Into(None, "Foreign", "amazon-us"))
    assert one(database, "select count(*) from report_document") == 1


def test_a_name_written_past_the_page_opens_no_account(database: Database, client: Viewer) -> None:
    """The dashboard's role may write any name down: what it may mean the worker asks anew."""
    drop = asking.new_drop(client)
    own = Into(_id(database, "Own"), "", "amazon-us")
    dropped(database, drop, {"a.txt": LEDGER})
    import_id = asking.load(database, client, drop, own)
    with database.owning() as connection:
        connection.execute(text("alter table import_request no force row level security"))
        connection.execute(
            text("update import_request set account_id = null, account_name = 'Foreign'")
        )
        connection.execute(text("alter table import_request force row level security"))
    request = done(database, client, import_id)
    assert (request.state, request.reason) == (
        "refused",
        "You may not load reports into this account any more.",
    )
    assert one(database, "select count(*) from report_document") == 0


def test_a_right_that_ends_while_it_waits_ends_it(
    database: Database, client: Viewer, scratch: Path
) -> None:
    drop = asking.new_drop(client)
    dropped(database, drop, {"a.txt": LEDGER})
    import_id = asking.load(database, client, drop, Into(_id(database, "Own"), "", "amazon-us"))
    nothing = Wanted("Cleo", frozenset({Role.SELLER}), False, frozenset())
    change(database, BY_COMMAND, client.person_id, nothing)
    request = done(database, client, import_id)
    assert request.state == "refused"
    assert one(database, "select count(*) from report_document") == 0
    assert list(scratch.rglob("a.txt")) == []


def test_an_account_manager_loads_nothing(database: Database) -> None:
    with pytest.raises(NotAllowedError):
        asking.new_drop(seen_as(database, Role.MANAGER))


def test_a_sample_takes_no_reports(database: Database, seller: Viewer) -> None:
    add_account(database, "Shown")
    with database.loading() as connection:
        connection.execute(text("update account set is_sample = true"))
    looking = seen_as(database)
    assert asking.places_to_load(looking) == ()
    drop = asking.new_drop(looking)
    dropped(database, drop, {"a.txt": LEDGER})
    for into in (Into(_id(database, "Shown"), "", "amazon-us"), Into(None, "Shown", "amazon-us")):
        with pytest.raises(NotAskedError):
            asking.load(database, looking, drop, into)


@pytest.mark.parametrize(
    ("into", "said"),
    [
        (Into(None, " ", "amazon-us"), "1 to 200 characters"),
        (Into(None, "A\u202eB", "amazon-us"), "hidden one"),
        (Into(None, "ACME", "amazon-xx"), "no such channel"),
        (Into(None, "ACME", "walmart-us"), "no file to load"),
    ],
)
def test_what_cannot_be_asked_is_said(
    database: Database, seller: Viewer, into: Into, said: str
) -> None:
    drop = asking.new_drop(seller)
    dropped(database, drop, {"a.txt": LEDGER})
    with pytest.raises(NotAskedError, match=said):
        asking.load(database, seller, drop, into)
    assert one(database, "select count(*) from import_request") == 0
    assert len(asking.dropped(seller, drop)) == 1


def test_only_so_many_wait_at_once(database: Database, seller: Viewer) -> None:
    for _ in range(asking.MOST_WAITING):
        drop = asking.new_drop(seller)
        dropped(database, drop, {"a.txt": LEDGER})
        asking.load(database, seller, drop, NEW)
    drop = asking.new_drop(seller)
    dropped(database, drop, {"a.txt": LEDGER})
    with pytest.raises(NotAskedError, match="are waiting"):
        asking.load(database, seller, drop, NEW)


def test_without_room_for_what_stood_before_nothing_is_begun(
    database: Database, seller: Viewer, scratch: Path
) -> None:
    drop = asking.new_drop(seller)
    dropped(database, drop, {"a.txt": LEDGER})
    import_id = asking.load(database, seller, drop, NEW)
    with at_most(10):
        request = done(database, seller, import_id)
    assert request.state == "refused"
    assert "There is no room for it" in str(request.reason)
    assert one(database, "select count(*) from account") == 0
    assert not list((scratch / "before").glob("*"))
