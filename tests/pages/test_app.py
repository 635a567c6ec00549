"""Who gets in, what they are shown first, and what happens while the database is away."""

import ast
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pages.shared import trouble
from pages.shared.places import EVERY
from services.database import start, turns
from services.database.engine import Database, RoleUrls
from services.settings import PROJECT
from tests.common.looking import page, tables, words
from tests.common.worlds.insights import World

PAGES = ("overview", "expiring", "case_tracker", "data")
ALL_PAGE_FILES = [PROJECT / "pages" / f"{place.file}.py" for place in EVERY]
OTHER_FILES = sorted({*(PROJECT / "pages").rglob("*.py")} - {*ALL_PAGE_FILES})


def opened() -> AppTest:
    return AppTest.from_file(str(PROJECT / "app.py"), default_timeout=30).run()


def unreachable() -> Database:
    """A database whose server is gone: nothing listens on port 1."""
    nowhere = start.database().urls.app.set(host="127.0.0.1", port=1, query={})
    return Database(RoleUrls(**{one.name: nowhere for one in fields(RoleUrls)}))


@pytest.fixture
def landed(world: World) -> World:
    world.discrepancy(units=3, title="Enamel kettle", sku="KETTLE-17")
    world.case("C77")
    return world.sum_up()


def test_without_an_account_the_first_look_says_what_to_do(shown: Database) -> None:
    read = words(opened())
    assert "Begin with your own reports" in read
    assert "What will appear" in read
    assert "python -m services import" in read
    assert "python -m services sample" in read


@pytest.mark.parametrize("name", PAGES)
def test_an_account_without_reports_is_told_the_exact_command(world: World, name: str) -> None:
    world.channel("walmart-us")
    app = page(name, world.account_id)
    assert not app.exception
    read = words(app)
    assert "Nothing has been landed for this account yet" in read
    assert "--account 'Northwind Kitchen' --channel walmart-us" in read


@pytest.mark.parametrize("name", PAGES)
def test_an_unknown_account_shows_nobodys_data(landed: World, name: str) -> None:
    for account in (landed.account_id + 1, "0", "Northwind Kitchen", "1; drop table account"):
        app = page(name, account)
        assert not app.exception
        assert "There is no such account here, or you cannot open it" in words(app)
        assert not app.metric
        assert not tables(app)


@pytest.mark.parametrize("name", PAGES)
def test_two_accounts_never_show_each_others_rows(landed: World, name: str) -> None:
    other = World(landed.database, "Zebra")
    other.discrepancy(units=5, title="Stranger's lamp", sku="LAMP-99")
    other.case("C99")
    other.sum_up()
    own, theirs = (
        str(shown)
        for shown in map(
            _shown,
            (
                page(name, landed.account_id),
                page(name, other.account_id),
            ),
        )
    )
    assert "LAMP-99" not in own
    assert "C99" not in own
    assert "KETTLE-17" not in theirs
    assert "C77" not in theirs


def _shown(app: AppTest) -> list[object]:
    assert not app.exception
    return [words(app), tables(app)]


@pytest.mark.parametrize("name", PAGES)
def test_another_machine_is_turned_away(
    landed: World, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    app = page(name, landed.account_id)
    monkeypatch.setattr(type(st.context), "ip_address", "192.168.1.7")
    app.run()
    assert "This dashboard serves its own machine only" in words(app)
    assert not app.metric
    assert not tables(app)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_waits_for_the_database_and_comes_back(
    landed: World, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    app = page(name, landed.account_id)
    gone, here = unreachable(), start.open_database
    monkeypatch.setattr(start, "open_database", lambda **_: gone)
    start.database.cache_clear()
    app.run()
    assert not app.exception
    assert "The database does not answer" in words(app)
    assert not tables(app)
    monkeypatch.setattr(start, "open_database", here)
    start.database.cache_clear()
    app.run()
    assert "The database does not answer" not in words(app)
    assert app.title[0].value


def test_a_database_that_dies_under_a_page_is_waited_for(
    landed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The accounts are still listed; the page's own questions fail."""
    gone = unreachable()
    monkeypatch.setattr(start.database(), "reading", gone.reading)
    app = page("overview", landed.account_id)
    assert not app.exception
    assert "The database does not answer" in words(app)


def test_a_page_that_waits_its_turn_says_so_and_nothing_of_a_database_that_is_away(
    landed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All connections are in use: first it says that it waits, then that it asks again."""
    told: list[float] = []
    monkeypatch.setattr(turns, "UNTOLD_SECONDS", 0.05)
    monkeypatch.setattr(turns, "TELL_EVERY_SECONDS", 0.05)
    monkeypatch.setattr(turns, "PATIENCE_SECONDS", 0.5)
    tell = trouble._Turn.tell

    def listen(turn: trouble._Turn, seconds: float | None) -> None:
        tell(turn, seconds)
        told.extend([seconds] if seconds else [])

    monkeypatch.setattr(trouble._Turn, "tell", listen)
    with everybody_else(start.database()) as leave:
        app = page("overview", landed.account_id)
        assert not app.exception
        assert "The database has much to do just now" in words(app)
        assert "does not answer" not in words(app)
        assert told
        monkeypatch.setattr(turns, "PATIENCE_SECONDS", 60)
        threading.Timer(1, leave.set).start()
        app.run()
    assert not app.exception
    assert app.title[0].value
    assert "waits its turn" not in words(app)


@contextmanager
def everybody_else(database: Database) -> Iterator[threading.Event]:
    """They have all turns of the pages' role until they are told to leave."""
    leave, inside = threading.Event(), threading.Semaphore(0)

    def stay() -> None:
        with database.reading(1):
            inside.release()
            leave.wait(60)

    connections = database.share("app")
    taken = connections - max(1, connections // 8)
    with ThreadPoolExecutor(taken) as people:
        for _ in range(taken):
            people.submit(stay)
        for _ in range(taken):
            assert inside.acquire(timeout=30)
        try:
            yield leave
        finally:
            leave.set()


@pytest.mark.parametrize("path", ALL_PAGE_FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_page_asks_first_who_is_there(path: Path) -> None:
    """Streamlit can run a page file by itself: only imports and words may stand before it."""
    tree = ast.parse(path.read_text("utf-8"))
    statements = [node for node in tree.body if not _is_harmless(node)]
    assert re.search(r"\b(signed_in|staff)\(", ast.unparse(statements[0]))


def test_what_is_no_page_does_nothing_by_itself() -> None:
    """So a page that was forgotten in places.EVERY, and asks nobody, would be found."""
    kinds = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign)
    for path in OTHER_FILES:
        for node in ast.parse(path.read_text("utf-8")).body:
            assert isinstance(node, kinds) or _is_harmless(node), f"{path}: {ast.unparse(node)}"


def _is_harmless(node: ast.stmt) -> bool:
    if isinstance(node, ast.Import | ast.ImportFrom):
        return True
    words = isinstance(node, ast.Expr | ast.Assign | ast.AnnAssign)
    return words and isinstance(node.value, ast.Constant)


def test_no_page_file_lies_where_streamlit_would_serve_it_by_itself() -> None:
    assert [path.name for path in (PROJECT / "pages").glob("*.py")] == ["__init__.py"]
    room = ast.parse((PROJECT / "pages" / "__init__.py").read_text("utf-8"))
    assert ast.get_docstring(room)
    assert len(room.body) == 1


def test_pages_only_compose() -> None:
    longest = max(ALL_PAGE_FILES, key=lambda path: len(path.read_text("utf-8").splitlines()))
    assert len(longest.read_text("utf-8").splitlines()) <= 60, longest.name
