"""A newcomer without a terminal: files dropped in a real browser, by mouse, keyboard and finger,
loaded by a worker, and taken back.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import URL

from services.database.engine import Database
from services.settings import settings
from tests.browser.driving import at_a_screen, settle
from tests.browser.looking import SCREENS, rows, stands_well
from tests.common.databases import emptied, fresh_database
from tests.common.reports import files
from tests.common.reports.files import ledger_row, lost
from tests.common.serving.dashboards import served
from tests.common.working import a_worker_waits
from tests.common.worlds.activation import add_account

# One server for the whole file: its tests stay in one process.
pytestmark = pytest.mark.xdist_group("dropping")

CONTENT: Final = {
    "ledger.txt": files.ledger([ledger_row(), lost(unreconciled="2"), ledger_row(quantity="x")]),
    "paid.txt": files.reimbursements([files.reimbursement_row()]),
    "more.zip": files.zipped(
        **{"older.txt": files.ledger([lost("04/14/2026", "X009", "-3", unreconciled="3")])}
    ),
    "broken.csv": b"a,b,c\n1,2,3\n",
}
SECONDS: Final = 60_000  # milliseconds in which a worker has done what was asked


@pytest.fixture(scope="module")
def started(
    server: URL, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Database]]:
    """A dashboard on a database and a disk that a worker of this process shares."""
    folder = tmp_path_factory.mktemp("dropping")
    with pytest.MonkeyPatch.context() as own, fresh_database(server, template) as database:
        own.setenv("DATA_DIRECTORY", str(folder / "data"))
        settings.cache_clear()
        with served(database, folder) as address:
            yield address, database
    settings.cache_clear()


@pytest.fixture
def empty(started: tuple[str, Database]) -> Iterator[tuple[str, Database]]:
    """Before anybody has made an account; a worker is there."""
    address, database = started
    with emptied(database), a_worker_waits(database):
        yield address, database


@pytest.fixture
def on_disk(tmp_path: Path) -> dict[str, Path]:
    """What somebody has downloaded, by its name."""
    paths = {name: tmp_path / name for name in CONTENT}
    for name, path in paths.items():
        path.write_bytes(CONTENT[name])
    return paths


def drop(page: Page, content: dict[str, bytes]) -> None:
    """As a mouse lets go of files: the browser is told of each by its name and bytes."""
    given = {name: list(said) for name, said in content.items()}
    transfer = page.evaluate_handle(
        """(given) => {
            const transfer = new DataTransfer();
            for (const [name, said] of Object.entries(given))
                transfer.items.add(new File([new Uint8Array(said)], name));
            return transfer;
        }""",
        given,
    )
    zone = page.locator(".zone")
    zone.dispatch_event("dragover", {"dataTransfer": transfer})
    zone.dispatch_event("drop", {"dataTransfer": transfer})


def choose(page: Page, paths: list[Path], button: str = "Choose files") -> None:
    """By keyboard: the button, and what the system's own window gives back."""
    with page.expect_file_chooser() as opened:
        page.get_by_role("button", name=button).press("Enter")
    opened.value.set_files(paths)


def loads(page: Page, button: str) -> None:
    """Press it, and see how it goes on to where it is told."""
    page.get_by_role("button", name=button).click()
    expect(page.get_by_text("Last import")).to_be_visible(timeout=SECONDS)
    settle(page)


def cells(page: Page) -> list[list[str]]:
    """The first table of ours, as it is read."""
    return [line.locator("td").all_inner_texts() for line in rows(page).all()]


def test_a_newcomer_drops_files_and_sees_their_figures(
    page: Page, empty: tuple[str, Database]
) -> None:
    address, _ = empty
    page.goto(address)
    settle(page)
    expect(page.get_by_text("Begin with your own reports")).to_be_visible()
    expect(page.get_by_role("heading", name="What will appear")).to_be_visible()
    drop(page, CONTENT)
    expect(page.get_by_role("button", name="Load 3 files")).to_be_enabled()
    settle(page)
    assert [line[0] for line in cells(page)] == list(CONTENT)
    ledger, _, archive, broken = cells(page)
    assert ledger[1:] == ["Amazon inventory ledger, detail", "13 to 14 May 2026", "3"]
    assert archive[1:] == ["Amazon inventory ledger, detail (1 file)", "14 Apr 2026", "1"] or (
        archive[1].startswith("Amazon inventory ledger, detail")
    )
    assert broken[1].startswith("Cannot be loaded. This is no kind of report that we know.")
    page.get_by_label("Its name").fill("Enamel & Co")
    page.get_by_label("Its name").press("Tab")
    settle(page)
    loads(page, "Load 3 files")
    assert "/data" in page.url
    told = {line[0]: line[1] for line in cells(page)}
    assert "3 rows: 2 landed, 0 passed over, 1 rejected" in told["ledger.txt"]
    assert "1 row: 1 landed" in told["paid.txt"]
    page.get_by_role("link", name="Overview").click()
    settle(page)
    expect(page.get_by_text("Enamel & Co")).to_be_visible()
    expect(page.get_by_text("Unclaimed", exact=True).first).to_be_visible()


def test_by_keyboard_a_file_is_chosen_looked_at_left_out_and_loaded(
    page: Page, empty: tuple[str, Database], on_disk: dict[str, Path]
) -> None:
    address, database = empty
    page.goto(f"{address}/overview?account={add_account(database)}")
    settle(page)
    choose(page, [on_disk["ledger.txt"], on_disk["broken.csv"], on_disk["paid.txt"]])
    expect(page.get_by_role("button", name="Load 2 files")).to_be_enabled()
    settle(page)
    page.get_by_role("button", name="paid.txt").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Amazon FBA reimbursements")
    dialog.get_by_role("button", name="Leave it out").focus()
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    load = page.get_by_role("button", name="Load 1 file")
    expect(load).to_be_enabled()
    settle(page)
    load.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Last import")).to_be_visible(timeout=SECONDS)
    settle(page)
    assert [line[0] for line in cells(page)] == ["ledger.txt"]


def test_a_folder_brings_what_is_in_it_and_nothing_hidden(
    page: Page, empty: tuple[str, Database], tmp_path: Path
) -> None:
    address, database = empty
    folder = tmp_path / "reports"
    (folder / "May").mkdir(parents=True)
    (folder / "May" / "ledger.txt").write_bytes(CONTENT["ledger.txt"])
    (folder / "May" / ".DS_Store").write_bytes(b"x")
    page.goto(f"{address}/data?account={add_account(database)}")
    settle(page)
    with page.expect_file_chooser() as opened:
        page.get_by_role("button", name="Choose a folder").click()
    opened.value.set_files(folder)
    expect(page.get_by_role("button", name="Load 1 file")).to_be_enabled()
    settle(page)
    assert [line[0] for line in cells(page)] == ["reports/May/ledger.txt"]


def test_on_a_phone_it_is_loaded_and_taken_back(
    browser: Browser, empty: tuple[str, Database], on_disk: dict[str, Path]
) -> None:
    address, database = empty
    finger: dict[str, Any] = SCREENS["phone"]
    with at_a_screen(browser, **finger) as context:
        page = context.new_page()
        page.goto(f"{address}/overview?account={add_account(database)}")
        stands_well(page, "dropping-phone-begin")
        expect(page.get_by_role("button", name="Choose a folder")).to_be_hidden()
        choose(page, [on_disk["ledger.txt"], on_disk["broken.csv"]])
        expect(page.get_by_role("button", name="Load 1 file")).to_be_enabled()
        stands_well(page, "dropping-phone-found")
        loads(page, "Load 1 file")
        stands_well(page, "dropping-phone-loaded")
        page.get_by_role("button", name="Undo this import").click()
        page.get_by_role("dialog").get_by_role("button", name="Undo it").click()
        expect(page.get_by_text("The last import was undone")).to_be_visible(timeout=SECONDS)
        expect(page.get_by_text("Nothing has been landed for this account yet")).to_be_visible()


def test_at_a_desk_every_step_stands_well(
    page: Page, empty: tuple[str, Database], on_disk: dict[str, Path]
) -> None:
    address, database = empty
    page.goto(f"{address}/overview?account={add_account(database)}")
    stands_well(page, "dropping-begin")
    choose(page, [*on_disk.values()])
    expect(page.get_by_role("button", name="Load 3 files")).to_be_enabled()
    stands_well(page, "dropping-found")
    loads(page, "Load 3 files")
    stands_well(page, "dropping-loaded")


@pytest.mark.parametrize("screen", SCREENS)
def test_the_days_of_an_empty_report_are_said_and_count(
    browser: Browser, empty: tuple[str, Database], tmp_path: Path, screen: str
) -> None:
    address, database = empty
    nothing = tmp_path / "returns.txt"
    nothing.write_text(files.table(files.RETURNS, []))
    given: dict[str, Any] = SCREENS[screen]
    with at_a_screen(browser, **given) as context:
        page = context.new_page()
        page.goto(f"{address}/overview?account={add_account(database)}")
        settle(page)
        choose(page, [nothing])
        expect(page.get_by_text("1 file holds no rows.")).to_be_visible()
        settle(page)
        page.get_by_role("button", name="returns.txt").press("Enter")
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("It holds no rows")
        stands_well(page, f"dropping-days-{screen}")
        for label, day in (("First day", "20260401"), ("Last day", "20260430")):
            dialog.get_by_role("spinbutton", name=f"year, {label} asked for").focus()
            page.keyboard.type(day)
        dialog.get_by_role("button", name="Keep these days").press("Enter")
        expect(dialog).to_be_hidden()
        expect(page.get_by_text("1 file holds no rows.")).to_be_hidden()
        settle(page)
        stands_well(page, f"dropping-days-said-{screen}")
        loads(page, "Load 1 file")
        spoken = files.every_row(database, "select min(day), max(day) from report_coverage")
        assert spoken == [(date(2026, 4, 1), date(2026, 4, 30))]


def test_what_nobody_loads_goes_when_the_page_is_left(
    page: Page, empty: tuple[str, Database], on_disk: dict[str, Path]
) -> None:
    address, database = empty
    page.goto(f"{address}/overview?account={add_account(database)}")
    settle(page)
    before = set((settings().data_directory / "dropped").rglob("*.txt"))
    choose(page, [on_disk["ledger.txt"]])
    expect(page.get_by_role("button", name="Load 1 file")).to_be_enabled()
    dropped = settings().data_directory / "dropped"
    (kept,) = set(dropped.rglob("*.txt")) - before
    page.goto("about:blank")
    for _ in range(100):
        if not kept.exists():
            return
        page.wait_for_timeout(50)
    pytest.fail("what was dropped is still there")
