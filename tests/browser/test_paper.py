"""What a page is on paper: its figures and their parts, nothing to press, nothing cut."""

import io
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

import pypdfium2
import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from components.palette import LIGHT
from tests.browser.driving import at_a_screen, settle

# One server for the whole file: its tests stay in one process.
pytestmark = pytest.mark.xdist_group("browser")

_AMOUNT = r"\$[\d,]+\.\d\d"
CONTROLS = (
    "Copy link",
    "Export",
    "View as",
    "Case tracker",
    "Your settings",
    "Load your own",
    "All types",
    "All expiring",
    "Leave",
)


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """A screen far wider than paper: what is as wide as it would be cut."""
    context = at_a_screen(browser, viewport={"width": 1920, "height": 900})
    yield context.new_page()
    context.close()


def printed(page: Page, address: str) -> bytes:
    """With its chart, which comes last."""
    page.goto(address)
    settle(page)
    expect(page.locator(".js-plotly-plot .point").first).to_be_visible()
    return page.pdf(format="Letter")


def text_of(content: bytes) -> str:
    return "\n".join(one.extract_text() for one in PdfReader(io.BytesIO(content)).pages)


def widths_on_paper(content: bytes, colours: tuple[str, ...]) -> list[int]:
    """How many points of each colour stand in the row of the first page that has most of them."""
    picture = pypdfium2.PdfDocument(content)[0].render(scale=3).to_pil().convert("RGB")
    wanted = [tuple(bytes.fromhex(colour.removeprefix("#"))) for colour in colours]
    rows = [
        [sum(_alike(picture.getpixel((x, y)), one) for x in range(picture.width)) for one in wanted]
        for y in range(0, picture.height // 2, 4)
    ]
    return max(rows, key=sum)


def _alike(pixel: object, wanted: tuple[int, ...]) -> bool:
    return all(abs(have - want) < 4 for have, want in zip(pixel, wanted, strict=True))  # type: ignore[call-overload]


def amounts(said: str, *labels: str) -> list[Decimal]:
    found = [re.search(rf"{label}\s*\$([\d,]+\.\d\d)", said) for label in labels]
    return [Decimal(one[1].replace(",", "")) for one in found if one]


@pytest.mark.parametrize("path", ["overview", "present"])
def test_paper_shows_every_part_in_its_share_and_nothing_to_press(
    page: Page, dashboard: str, path: str
) -> None:
    content = printed(page, f"{dashboard}/{path}?account=1")
    said = text_of(content)
    assert "Sample data" in said
    assert [word for word in CONTROLS if word in said] == []
    for colours, labels in (
        (LIGHT.lost, ("Expired", "Denied")),
        (LIGHT.claimed, ("Via case", "Automatic")),
    ):
        first, second = amounts(said, *labels)
        drawn = widths_on_paper(content, colours)
        share = drawn[0] / sum(drawn)
        assert share == pytest.approx(float(first / (first + second)), abs=0.03), (path, labels)


def test_rows_of_a_list_are_on_paper(page: Page, dashboard: str) -> None:
    """Each row with its whole amount."""
    page.goto(f"{dashboard}/expiring?account=1")
    settle(page)
    rows = page.locator("table").first.locator("tbody tr")
    expect(rows).to_have_count(50)
    said = text_of(page.pdf(format="Letter"))
    amounts = re.findall(_AMOUNT, "\n".join(rows.all_inner_texts()))
    assert len(amounts) == 50
    missing = Counter(amounts) - Counter(re.findall(_AMOUNT, said))
    assert not missing


def test_nothing_of_the_framework_is_offered(page: Page, dashboard: str) -> None:
    page.goto(f"{dashboard}/overview?account=1")
    settle(page)
    for name in ("stMainMenu", "stAppDeployButton", "stToolbarActions"):
        assert page.get_by_test_id(name).locator("button").count() == 0, name
    for words in ("Deploy", "Rerun", "Record", "Made with"):
        expect(page.get_by_text(words)).to_have_count(0)
