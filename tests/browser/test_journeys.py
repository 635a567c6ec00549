"""What people come for, from their first look to their last step, in a real browser."""

import csv
import io
import re
from urllib.parse import parse_qs, urlparse

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from tests.browser.driving import settle, taken
from tests.browser.looking import rows

# One server for the whole file: its tests stay in one process.
pytestmark = pytest.mark.xdist_group("browser")


def at(page: Page, address: str) -> None:
    page.goto(address)
    settle(page)


def parameters(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlparse(page.url).query)


def press_middle(page: Page, mark: Locator) -> None:
    box = mark.bounding_box()
    assert box, "the mark is not drawn"
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_first_look(page: Page, dashboard: str) -> None:
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    at(page, dashboard)
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    for bucket in ("Unclaimed", "Claimed", "Lost"):
        expect(page.get_by_text(bucket, exact=True).first).to_be_in_viewport()
    expect(page.get_by_text("Sample data").first).to_be_visible()
    expect(page.get_by_role("heading", name="Expires next")).to_be_in_viewport()
    expect(page.locator(".js-plotly-plot .point").first).to_be_visible()
    assert problems == []


def test_filter_by_a_bar_and_remove_it_again(page: Page, dashboard: str) -> None:
    at(page, dashboard)
    press_middle(page, page.locator(".st-key-unclaimed-by-type g.point path").first)
    chip = page.get_by_text(re.compile("^Marketplace: "))
    expect(chip).to_be_visible()
    settle(page)
    assert {"channel", "type"} <= set(parameters(page))
    # A copied link opens the same view.
    at(page, page.url)
    expect(chip).to_be_visible()
    chip.click()
    expect(chip).to_be_hidden()
    settle(page)
    assert "channel" not in parameters(page)


def test_a_row_opens_its_story(page: Page, dashboard: str) -> None:
    at(page, f"{dashboard}/expiring")
    rows(page).first.click()
    story = page.get_by_role("dialog")
    expect(story).to_be_visible()
    expect(story).to_contain_text("units")
    expect(story).to_contain_text(re.compile("row", re.IGNORECASE))


def test_files_are_taken_away_without_leaving_the_page(page: Page, dashboard: str) -> None:
    at(page, f"{dashboard}/overview?show=ready")
    unclaimed = page.get_by_test_id("stMetricValue").first.inner_text()
    page.get_by_role("button", name="Export").click()
    settle(page)
    as_rows, as_sheet, to_send = (taken(page, label) for label in ("CSV", "Excel", "One-page PDF"))
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    rows = list(csv.DictReader(io.StringIO(as_rows.decode("utf-8-sig"), newline="")))
    sheet = load_workbook(io.BytesIO(as_sheet))["List"]
    assert sheet.max_row == len(rows) + 1
    amount = next(cell.column for cell in sheet[1] if cell.value == "Amount")
    cells = [row[0].value for row in sheet.iter_rows(min_row=2, min_col=amount, max_col=amount)]
    assert cells == [float(row["Amount"]) if row["Amount"] else None for row in rows]
    (sheet_to_send,) = PdfReader(io.BytesIO(to_send)).pages
    assert unclaimed in sheet_to_send.extract_text()


def test_search_says_when_a_filter_hides_the_case(page: Page, dashboard: str) -> None:
    at(page, f"{dashboard}/cases")
    case_id = rows(page).first.locator("td").nth(1).text_content()
    assert case_id
    page.locator(".st-key-status-closed").get_by_role("button").click()
    page.wait_for_url("**status=closed**")
    settle(page)
    search = page.get_by_label("Search by any id")
    search.fill(case_id)
    search.press("Enter")
    settle(page)
    hidden = page.locator(".st-key-hidden-hits")
    expect(hidden).to_be_visible()
    expect(hidden).to_contain_text("hidden")
    page.locator(".st-key-show-hidden").get_by_role("button").click()
    expect(hidden).to_be_hidden()
    settle(page)
    assert "status" not in parameters(page)


def test_ask_how_to_claim_and_see_the_progress_after_a_reload(page: Page, dashboard: str) -> None:
    at(page, f"{dashboard}/amazon?claim=Amazon+Canada")
    page.get_by_label("Your name").fill("Ann Example")
    page.get_by_label("E-mail").fill("ann@example.com")
    page.get_by_label("Phone").fill("+1 506-234-5678")
    page.get_by_text("I agree that the service team").click()
    send = page.get_by_role("button", name="Send request")
    send.click()
    settle(page)
    expect(page.get_by_text("Requested").first).to_be_visible(timeout=15_000)
    expect(send).to_be_hidden()
    at(page, f"{dashboard}/amazon?claim=Amazon+Canada")
    expect(page.get_by_text("Requested").first).to_be_visible()
    expect(page.get_by_role("button", name="Send request")).to_be_hidden()
    expect(page.get_by_text("ann@example.com")).to_be_attached()


def test_walmart_outside_the_united_states_is_said_in_words(page: Page, dashboard: str) -> None:
    at(page, dashboard)
    page.get_by_role("combobox", name="Account").click()
    page.get_by_role("option", name="Maple Home").click()
    settle(page)
    page.get_by_role("link", name="Walmart").click()
    settle(page)
    expect(page.get_by_text("United States accounts only").first).to_be_visible()
    expect(page.get_by_role("button", name="Send request")).to_be_hidden()


@pytest.mark.parametrize("path", ["", "expiring", "cases", "amazon", "walmart", "data"])
def test_no_account_but_ones_own_by_its_number(page: Page, dashboard: str, path: str) -> None:
    at(page, f"{dashboard}/{path}?account=999999")
    expect(page.get_by_text("There is no such account here")).to_be_visible()
    assert page.get_by_text(re.compile(r"\$\d")).count() == 0
