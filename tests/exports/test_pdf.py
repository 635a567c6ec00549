"""The page to send: one page, whose figures are the insights' own, whatever the names and sums."""

import io
from dataclasses import replace
from decimal import Decimal

import pytest
from pypdf import PdfReader

from components import palette
from services.access.local import local_viewer
from services.access.rights import Role
from services.calls.answers import CountedFrom
from services.database.engine import Database
from services.exports.page import drawing
from services.exports.page.drawing import Ink, Sheet, drawable, fitted, shrunk, width_of
from services.exports.pdf import drawn, summary_pdf
from services.exports.summary import Sent, Summary, read_summary
from services.insights.answers import Filters
from tests.common.worlds.insights import NOW, TODAY, USD, World, in_days
from wording.days import plain_date
from wording.money import money


def read(
    world: World,
    role: Role = Role.MANAGER,
    filters: Filters = USD,
    since: CountedFrom | None = None,
) -> Summary:
    viewer = local_viewer(world.database, listens_on="127.0.0.1", asks_from=None, role=role)
    return read_summary(viewer, world.database, Sent(world.account_id, filters, since), NOW)


def text_of(content: bytes) -> str:
    (page,) = PdfReader(io.BytesIO(content)).pages
    return page.extract_text().replace("\n", " ")


@pytest.fixture
def world(database: Database) -> World:
    """Something in every part of every bucket."""
    made = World(database)
    kettle = made.discrepancy(units=3, unit_amount="14.20", expires_on=in_days(2))
    made.discrepancy(opens_on=in_days(5), expires_on=in_days(60), unit_amount="7.77")
    made.discrepancy(units=2, unit_amount=None, expires_on=in_days(9), title="Nobody knows")
    made.discrepancy(expires_on=in_days(-4), unit_amount="1.23")
    made.discrepancy(denied_units=1, denied_on=in_days(-2), case_id="C1", unit_amount="4.56")
    made.discrepancy(in_progress_units=1, case_id="C2", unit_amount="8.80")
    paid = made.reimbursement(amount="1240.00", case_id="C1", external_id="R1")
    made.reimbursement(amount="33.40", approved_on=in_days(-40))
    made.reimbursement(amount="-15.25", is_reversal=True, original_key=paid, units_cash=-1)
    made.case("C1", requested_amount="50.00", status="not_eligible", closed_on=in_days(-2))
    made.case("C2", requested_amount="60.00", opened_on=in_days(-1))
    assert kettle
    return made.sum_up()


def test_sample_data_is_marked_on_the_page_and_nothing_else_is(world: World) -> None:
    told = read(world)
    assert "Sample data" not in text_of(drawn(told))
    content = drawn(replace(told, is_sample=True))
    assert "Sample data: these figures are invented" in text_of(content)
    assert "(sample data)" in str(PdfReader(io.BytesIO(content)).metadata["/Title"])  # type: ignore[index]
    assert read(World(world.database, "Try it", is_sample=True)).is_sample


def test_its_figures_are_those_of_the_insights(world: World) -> None:
    told = read(world)
    said = text_of(drawn(told))
    totals, claimed = told.totals, told.totals.claimed
    changed = told.changed
    for amount in (
        totals.unclaimed.amount, totals.ready.amount, totals.in_progress.amount,
        totals.future.amount, totals.lost.amount, totals.expired.amount, totals.denied.amount,
        claimed.net, claimed.via_case, claimed.automatic, claimed.gross, claimed.reversed,
        totals.within_7_days.amount, totals.within_30_days.amount, totals.lost_this_month.amount,
        sum((month.net for month in told.months), Decimal(0)), changed.found.amount,
        changed.recovered.amount, changed.reversed.amount, changed.expired.amount,
        changed.denied.amount, changed.cases.amount,
    ):  # fmt: skip
        assert money(amount, "USD") in said
    assert "$1,258.15" in said  # 1,240.00 + 33.40 - 15.25
    assert "2 days" in said
    assert f"{plain_date(in_days(2))}" in said
    assert "$42.60" in said  # 3 at 14.20
    assert "unknown" in said  # the amount that nobody knows is no nought
    assert "2 units without a known amount are not in these sums." in said
    assert "may be eligible" in said
    assert "owed" not in said
    assert "1 open · 1 not eligible" in said
    assert f"Amazon United States until {plain_date(TODAY)}" in said


def test_an_account_manager_reads_since_the_call_of_the_page_and_others_thirty_days(
    world: World,
) -> None:
    assert f"Since {plain_date(in_days(-30))}" in text_of(drawn(read(world)))
    for call, words in (
        ("last", "Since our last call, "),
        ("earlier", "Since our call on "),
        ("none", "Since "),
    ):
        since = CountedFrom(in_days(-4), call)  # type: ignore[arg-type]
        assert f"{words}{plain_date(in_days(-4))}" in text_of(drawn(read(world, since=since)))
        assert f"Since {plain_date(in_days(-30))}" in text_of(
            drawn(read(world, Role.SELLER, since=since))
        )


def test_it_is_one_tagged_page_on_the_paper_of_the_country(world: World) -> None:
    reader = PdfReader(io.BytesIO(drawn(read(world))))
    assert len(reader.pages) == 1
    assert tuple(reader.pages[0].mediabox)[2:] == (612, 792)
    assert reader.metadata is not None
    assert reader.metadata.title == "Recovery summary: Northwind Kitchen"
    assert reader.trailer["/Root"]["/Lang"] == "en-US"  # type: ignore[index]
    fonts = reader.pages[0]["/Resources"]["/Font"]  # type: ignore[index]
    embedded = {font.get_object()["/BaseFont"].split("+")[-1] for font in fonts.values()}
    assert {"Inter-Regular", "Inter-SemiBold"} <= embedded


def test_in_europe_it_is_a4_in_the_channels_currency(database: Database) -> None:
    world = World(database, "Baltic Outdoor")
    world.discrepancy("amazon-de", currency="EUR", unit_amount="3.30")
    world.sum_up()
    content = drawn(read(world, filters=Filters("EUR")))
    box = PdfReader(io.BytesIO(content)).pages[0].mediabox
    assert [round(float(side)) for side in tuple(box)[2:]] == [595, 842]
    assert "€3.30" in text_of(content)


def test_long_names_and_huge_sums_stay_on_the_page(database: Database) -> None:
    world = World(database, "The Extraordinarily Long-Winded " * 5 + "名前 Kitchen 🍳")
    for number in range(12):
        world.discrepancy(
            units=999_999,
            unit_amount="99999999.99",
            title="W" * 300,
            expires_on=in_days(number),
            sku="S" * 200,
        )
        world.case(f"CASE-{number}-{'9' * 60}", requested_amount="9999999999999.99")
    world.reimbursement(amount="9999999999999.99")
    world.sum_up()
    told = read(world)
    content = drawn(told)
    assert money(told.totals.unclaimed.amount, "USD") in text_of(content)
    inside = Sheet("x", is_letter=True).inside
    at: list[tuple[float, float]] = []
    (page,) = PdfReader(io.BytesIO(content)).pages
    page.extract_text(visitor_text=lambda text, _c, tm, _f, _s: text.strip() and at.append(tm[4:6]))
    assert len(at) > 50
    assert all(inside.left - 1 <= x <= inside.right and 0 < y < 792 for x, y in at)


def test_words_and_figures_fit_their_room() -> None:
    ink = Ink(size=9)
    assert fitted("short", ink, 100) == "short"
    cut = fitted("a very long name of something", ink, 60)
    assert cut.endswith("…")
    assert width_of(cut, ink) <= 60
    figure = "$999,999,999,999.99"
    assert width_of(figure, shrunk(figure, ink, 40)) == pytest.approx(40)
    assert drawable("Größe\n名 \u2212€", "Inter") == "Größe ? \u2212€"


def test_an_empty_account_says_so(database: Database) -> None:
    world = World(database)
    world.channel("amazon-us")
    said = text_of(
        summary_pdf(
            local_viewer(database, listens_on="127.0.0.1", asks_from=None),
            database,
            Sent(world.account_id, USD),
            NOW,
        )
    )
    for words in ("Nothing runs out.", "No cases.", "Nothing was paid"):
        assert words in said
    assert "Amazon United States none yet" in said


def test_its_colours_are_those_of_the_pages() -> None:
    light = palette.LIGHT
    drawn_in = (drawing.UNCLAIMED, drawing.CLAIMED, drawing.LOST)
    assert drawn_in == (light.unclaimed, light.claimed, light.lost)
    assert (light.text, light.muted) == (drawing.TEXT, drawing.MUTED)
    assert (
        light.border,
        light.grid,
        light.second,
    ) == (drawing.BORDER, drawing.GRID, drawing.SECOND)
