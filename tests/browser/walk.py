"""A walk through the product that presses everything there is to press, as each person.

What can be pressed is found on the page, not listed here: a new table, chart, link or dialog is
walked from the day it is drawn. A press must do something that a person notices and break nothing;
Esc closes what it opened, and Back leads to where it was pressed.
"""

import json
import re
import shutil
import sys
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Literal
from urllib.parse import parse_qsl, urlsplit
from zlib import crc32

from playwright.sync_api import ConsoleMessage, Locator, Page, Response, sync_playwright
from playwright.sync_api import Error as BrowserError

from tests.browser.driving import at_a_screen, settle
from tests.browser.looking import cut_money

Hand = Literal["mouse", "keyboard"]

_FOUND: Final = (Path(__file__).parent / "walk.js").read_text("utf-8")
# All that somebody sees: where they are, whether the sidebar is folded, the page's words and all
# others, what is open, chosen or in hand.
_SEEN: Final = """() => JSON.stringify([
  location.href,
  document.querySelector('[data-testid=stSidebar]')?.getBoundingClientRect().x,
  document.querySelector('[data-testid=stMain]')?.innerText,
  document.body.innerText,
  document.querySelectorAll('[role=dialog], [role=listbox], [role=menu], [role=tooltip]').length,
  document.querySelectorAll('[aria-expanded=true], [aria-selected=true], [aria-checked=true],'
    + '[aria-pressed=true], :checked, [data-testid$=Active]').length,
  /^(INPUT|TEXTAREA)$/.test(document.activeElement?.tagName) && document.activeElement.ariaLabel,
  document.querySelector('[data-testid=stMain]')?.scrollTop > 20,
])"""
# As whom a visit begins in local mode.
_FIRST_PERSON: Final = "Seller"
_FORGET: Final = "() => location.origin === 'null' || localStorage.clear()"
# As Back and Forward do it: the visit goes on, at another address.
_GO: Final = """(path) => {
  history.pushState(null, '', path);
  dispatchEvent(new PopStateEvent('popstate'));
}"""
_LAYER: Final = (
    "[role=dialog]:visible, [role=listbox]:visible, [role=menu]:visible,"
    " [data-testid=stPopoverBody]:visible"
)
_BROKEN: Final = re.compile(
    r"[^\n]*(?:cannot be shown right now|does not answer|Traceback|not yours to open)[^\n]*"
)
# By these the interface finds out below which address it lives.
_FEELERS: Final = ("/_stcore/health", "/_stcore/host-config")
_WAIT_MILLISECONDS: Final = 4_000
# Figures in a name: with other figures it is the same thing to press.
_FIGURES: Final = re.compile(r"[−+-]?[A-Z]{0,3}[$€£]?\d[\d,.]*")
# Rows of a table and bars of a chart are alike: a short walk presses two of each.
_ALIKE: Final = ("row", "bar", "option")
# What a hand on the keyboard finds beside it: a bar's own button, the list's arrows.
_BY_MOUSE: Final = ("bar", "option")


@dataclass(frozen=True)
class Press:
    """Something to press: what kind of thing it is, what it is called, which of those alike."""

    kind: str
    name: str
    nth: int

    def __str__(self) -> str:
        return f"{self.kind} “{self.name}”" + (f" ({self.nth + 1})" if self.nth else "")


@dataclass(frozen=True)
class Part:
    """One of so many equal parts of all presses, whichever those are."""

    number: int
    of: int

    def has(self, group: Sequence[str]) -> bool:
        return crc32("|".join(group).encode()) % self.of == self.number % self.of


Way = tuple[Press, ...]  # what was pressed, one after another, from a page on


@dataclass(frozen=True)
class View:
    """A page at an address, and as whom it is looked at."""

    path: str
    person: str = _FIRST_PERSON

    @property
    def page(self) -> str:
        return urlsplit(self.path).path

    @property
    def look(self) -> str:
        """With another account or currency, the same table holds other rows."""
        asked = dict(parse_qsl(urlsplit(self.path).query))
        return f"{asked.get('account')} {asked.get('currency')}"

    def __str__(self) -> str:
        return f"{self.path} as {self.person}"


@dataclass
class Faults:
    """How much there was to press, how much of it was tried, and what went wrong."""

    found: int = 0
    pressed: int = 0
    told: list[str] = field(default_factory=list)


class Walker:
    """One browser. A short walk presses one part of what stands on the pages, all that lies open
    after it, a few of what is alike, and what is everywhere once.
    """

    def __init__(
        self, page: Page, address: str, *, part: Part | None = None, hand: Hand = "mouse"
    ) -> None:
        self.page, self.address, self.part, self.hand = page, address, part, hand
        self.faults = Faults()
        self._depth = 2 if part else 3
        self._tried: Counter[tuple[str, ...]] = Counter()
        self._problems: list[str] = []
        self._start = ""
        self._views: deque[View] = deque()
        self._pages: set[str] = set()
        self._went_elsewhere = 0
        page.on("pageerror", lambda error: self._problems.append(str(error)))
        page.on("console", self._hear)
        page.on("response", self._answered)
        page.on("download", lambda _file: self._leave())
        page.on("filechooser", lambda _chooser: self._leave())  # the system's own window
        page.context.on("page", self._close)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self._problems.append(message.text)

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and not response.url.endswith(_FEELERS):
            self._problems.append(f"{response.status} {response.url}")

    def _leave(self) -> None:
        self._went_elsewhere += 1

    def _close(self, other: Page) -> None:
        """A link to another window did something; there is nobody to read it."""
        self._leave()
        other.close()

    def everywhere(self, *views: View) -> set[str]:
        """These views, and each page that a press on one of them leads to; answers their names."""
        self._views.extend(views)
        self._pages = {view.page for view in views}
        while self._views:
            self.walk(self._views.popleft())
        return self._pages

    # From a view, way by way ---------------------------------------------------------------

    def walk(self, view: View) -> None:
        """Presses what there is, and what that opens, each time from that very view."""
        self._arrive(view)
        self._check(view, ())
        ways: list[Way] = [()]
        while ways:
            way = ways.pop(0)
            if not self._stands_at(view, way):
                continue
            for press in self._untried(view, way):
                deeper = self._stands_at(view, way, press) and self._try(view, (*way, press))
                if deeper and len(way) + 1 < self._depth:
                    ways.append((*way, press))
        self._go_back_to(view, ())

    def _stands_at(self, view: View, way: Way, press: Press | None = None) -> bool:
        """Back where something may be pressed; False where an earlier press has taken it away."""
        try:
            self._go_back_to(view, way)
            if press and press not in self._found():
                self._arrive(view)
                self._repeat(way)
        except BrowserError:
            self._arrive(view)
            return False
        return not press or press in self._found()

    def _arrive(self, view: View) -> None:
        """As for the first time: the browser keeps nothing of an earlier visit."""
        self.page.evaluate(_FORGET)
        if view.person == _FIRST_PERSON:
            self._open(f"{self.address}{view.path}")
        else:
            self._become(view.person)
            self.page.evaluate(_GO, view.path)
        self._rest()
        self._start = self._seen()

    def _open(self, address: str) -> None:
        """A step that a press before has begun may still end this one: then once more."""
        try:
            self.page.goto(address)
        except BrowserError:
            self.page.goto(address)

    def _become(self, person: str) -> None:
        """The person's own first page opens; from there on it is the same visit."""
        self._open(self.address)
        settle(self.page)
        self.page.get_by_role("combobox", name="View as").click()
        self.page.get_by_role("option", name=person).click()
        self._rest()

    def _untried(self, view: View, way: Way) -> list[Press]:
        """What a view, or what lies open on it, offers; of what is alike, a few."""
        return [press for press in self._found() if self._is_new(view, way, press)]

    def _is_new(self, view: View, way: Way, press: Press) -> bool:
        group = self._group(view, way, press)
        self._tried[group] += 1
        self.faults.found += 1
        if self.hand == "keyboard" and press.kind.endswith(_BY_MOUSE):
            return False
        if not self.part:
            return True
        most = 2 if press.kind.endswith(_ALIKE) else 1
        return self._tried[group] <= most and (bool(way) or self.part.has(group))

    def _group(self, view: View, way: Way, press: Press) -> tuple[str, ...]:
        """Those alike: all rows of a table; a part of the frame, on whatever page it stands."""
        spot = (
            view.person if press.kind.startswith("sidebar") else "",
            *(one.kind for one in way),
        )
        if press.kind.endswith(_ALIKE):
            return (view.look, *spot, press.kind)
        return (*spot, press.kind, _FIGURES.sub("#", press.name))

    def _found(self) -> dict[Press, int]:
        """What can be pressed now, and the number that it is marked with."""
        return {
            Press(one["kind"], one["name"], one["nth"]): one["number"]
            for one in self.page.evaluate(_FOUND)
        }

    # One press -----------------------------------------------------------------------------

    def _try(self, view: View, way: Way) -> bool:
        """Whether something lies open now that was not before."""
        self.faults.pressed += 1
        before, elsewhere = self._seen(), self._went_elsewhere
        layers = self.page.locator(_LAYER).count()
        try:
            self._press(way[-1])
        except BrowserError as problem:
            self._tell(view, way, f"cannot be pressed: {str(problem).splitlines()[0]}")
            return False
        if not self._noticed(before, elsewhere) and not self._leads_here(way[-1]):
            self._tell(view, way, "does nothing")
        self._rest()
        self._check(view, way)
        self._discover(view)
        return self.page.locator(_LAYER).count() > layers

    def _discover(self, view: View) -> None:
        """A page that nobody named is walked too: as the same person, by the address it has."""
        at = urlsplit(self.page.url)
        if at.path not in self._pages and self.page.url.startswith(self.address):
            self._pages.add(at.path)
            self._views.append(replace(view, path=f"{at.path}?{at.query}"))

    def _press(self, press: Press) -> None:
        mark = self._mark(press)
        if self.hand == "keyboard":
            mark.focus(timeout=3_000)
            self.page.keyboard.press("Enter")
        elif press.kind.endswith("bar"):
            self._press_middle(mark)
        else:
            mark.click(timeout=5_000)

    def _mark(self, press: Press) -> Locator:
        """Where it stands now; what is drawn late is waited for."""
        for _ in range(_WAIT_MILLISECONDS // 100):
            number = self._found().get(press)
            if number is not None:
                return self.page.locator(f'[data-walk="{number}"]').first
            self.page.wait_for_timeout(100)
        raise BrowserError(f"it is not there any more: {press}")

    def _press_middle(self, mark: Locator) -> None:
        mark.scroll_into_view_if_needed(timeout=3_000)
        box = mark.bounding_box()
        if not box:
            raise BrowserError("it is not drawn")
        self.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    def _noticed(self, before: str, elsewhere: int) -> bool:
        for _ in range(_WAIT_MILLISECONDS // 50):
            if self._went_elsewhere > elsewhere or self._changed(before):
                return True
            self.page.wait_for_timeout(50)
        return False

    def _changed(self, before: str) -> bool:
        try:
            return self._seen() != before
        except BrowserError:  # another page opens at this very moment
            return True

    def _leads_here(self, press: Press) -> bool:
        """The product's mark, and a page's own name in the sidebar, lead to where one stands."""
        return press.kind.startswith("sidebar") and not press.kind.endswith("combobox")

    def _rest(self) -> None:
        """A press is on its way for a moment before anything moves; what moves comes to rest."""
        self.page.wait_for_timeout(150)
        settle(self.page)
        before = ""
        while (now := self._seen()) != before:
            before = now
            self.page.wait_for_timeout(100)

    def _check(self, view: View, way: Way) -> None:
        broken = _BROKEN.search(self.page.locator("body").inner_text())
        if broken:
            self._tell(view, way, f"an error box: {broken.group()}")
        if self.page.locator("[data-testid=stException]").count():
            self._tell(view, way, "an exception on the page")
        for cut in cut_money(self.page):
            self._tell(view, way, f"money is cut: {cut}")
        for problem in dict.fromkeys(self._problems):
            self._tell(view, way, f"the browser says: {problem[:300]}")
        self._problems.clear()

    def _tell(self, view: View, way: Way, what: str) -> None:
        self.faults.told.append(" · ".join([str(view), *map(str, way), what]))

    # And back ------------------------------------------------------------------------------

    def _go_back_to(self, view: View, way: Way) -> None:
        """Esc closes what lies open, Back leads to the page; what still differs is begun afresh."""
        self._close_layers(view)
        if self._is_still(view.person):
            self._step_back(view)
        if not self._is_as_found():
            self._arrive(view)
        self._repeat(way)

    def _repeat(self, way: Way) -> None:
        for press in way:
            self._press(press)
            self._rest()

    def _close_layers(self, view: View) -> None:
        for _ in range(self._depth):
            if not self.page.locator(_LAYER).count():
                return
            self.page.keyboard.press("Escape")
            self._rest()
        if self.page.locator(_LAYER).count():
            self._tell(view, (), "Esc does not close what lies open")

    def _is_still(self, person: str) -> bool:
        """Whoever has become somebody else cannot go back to what was another's."""
        persona = self.page.get_by_role("combobox", name="View as")
        return not persona.count() or persona.input_value() == person

    def _step_back(self, view: View) -> None:
        start = json.loads(self._start)[0]
        if _page_of(self.page.url) == _page_of(start):
            return
        self.page.go_back()
        self._rest()
        if _page_of(self.page.url) != _page_of(start):
            self._tell(view, (), f"Back leads to {self.page.url}, not to {start}")

    def _is_as_found(self) -> bool:
        """Where it lies and what it says: what is told aside or in hand makes no other page."""
        return bool(json.loads(self._seen())[:3] == json.loads(self._start)[:3])

    def _seen(self) -> str:
        return str(self.page.evaluate(_SEEN))


def _page_of(address: str) -> str:
    return address.partition("?")[0]


def main(address: str, *views: str) -> int:
    """Walks a running dashboard, from each view (`/overview?account=1` or `/people Operator`)."""
    chromium = {"executable_path": shutil.which("chromium"), "args": ["--no-sandbox"]}
    with sync_playwright() as playwright, playwright.chromium.launch(**chromium) as browser:  # type: ignore[arg-type]
        page = at_a_screen(browser, viewport={"width": 1440, "height": 900}).new_page()
        walker = Walker(page, address)
        walker.everywhere(*(View(*view.split(" ", 1)) for view in views))
    for told in walker.faults.told:
        print(told)  # noqa: T201
    print(f"{len(walker.faults.told)} of {walker.faults.pressed} presses failed")  # noqa: T201
    return 1 if walker.faults.told else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
