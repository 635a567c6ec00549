"""Text, lines and colours on one sheet. Coordinates run from the top left, as one reads."""

import io
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from reportlab.lib.colors import HexColor  # type: ignore[import-untyped]
from reportlab.lib.pagesizes import A4, LETTER  # type: ignore[import-untyped]
from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]
from reportlab.pdfbase.ttfonts import TTFont  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from services.settings import PROJECT

Side = Literal["left", "right", "middle"]

MARGIN: Final = 36.0
REGULAR, BOLD = "Inter", "Inter-SemiBold"
_FONTS: Final = {REGULAR: "inter-regular.ttf", BOLD: "inter-semibold.ttf"}
_ELLIPSIS: Final = "…"
_NO_SUCH_SIGN: Final = "?"

# The tokens of the light appearance: paper is white.
UNCLAIMED: Final = ("#1F4FD8", "#8FA8EE", "#D3DDF9")
CLAIMED: Final = ("#0F8A6A", "#6FB9A6")
LOST: Final = ("#C2410C", "#E8B49A")
SAMPLE: Final = ("#5B34B5", "#F4F0FC")
TEXT, MUTED, BORDER, GRID, SECOND = "#16181D", "#667085", "#E4E7EC", "#EDEFF3", "#F6F7F9"


@dataclass(frozen=True)
class Box:
    """A part of the sheet; `top` counts downwards."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height

    def inner(self, padding: float) -> "Box":
        return Box(
            self.left + padding,
            self.top + padding,
            self.width - 2 * padding,
            self.height - 2 * padding,
        )


@dataclass(frozen=True)
class Ink:
    """How words look."""

    size: float = 8.0
    font: str = REGULAR
    colour: str = TEXT
    side: Side = "left"


PLAIN: Final = Ink()
QUIET: Final = Ink(size=7.5, colour=MUTED)
HEADING: Final = Ink(size=10, font=BOLD)


class Sheet:
    """One page under the pen."""

    def __init__(self, title: str, *, is_letter: bool) -> None:
        _register_fonts()
        self._out = io.BytesIO()
        self.width, self.height = LETTER if is_letter else A4
        self.canvas = Canvas(self._out, (self.width, self.height), lang="en-US")
        self.canvas.setTitle(title)
        self.canvas.setSubject("What may be claimed, was recovered and was lost")
        self.canvas.setAuthor("Reimbursement")
        self.canvas.setCreator("Reimbursement")
        self.canvas.setViewerPreference("DisplayDocTitle", "true")

    @property
    def inside(self) -> Box:
        return Box(MARGIN, MARGIN, self.width - 2 * MARGIN, self.height - 2 * MARGIN)

    def finished(self) -> bytes:
        self.canvas.showPage()
        self.canvas.save()
        return self._out.getvalue()

    def words(self, text: str, x: float, y: float, ink: Ink = PLAIN, *, room: float = 0) -> float:
        """Written on the line `y`; what is wider than `room` is cut. Returns the width."""
        written = fitted(text, ink, room) if room else drawable(text, ink.font)
        width = width_of(written, ink)
        start = {"left": x, "right": x - width, "middle": x - width / 2}[ink.side]
        self.canvas.setFillColor(HexColor(ink.colour))
        self.canvas.setFont(ink.font, ink.size)
        self.canvas.drawString(start, self.height - y, written)
        return width

    def fill(self, box: Box, colour: str, *, border: str = "", radius: float = 0) -> None:
        self.canvas.setFillColor(HexColor(colour))
        self.canvas.setLineWidth(0.6)
        if border:
            self.canvas.setStrokeColor(HexColor(border))
        corners = (box.left, self.height - box.bottom, box.width, box.height)
        if radius:
            self.canvas.roundRect(*corners, radius, stroke=bool(border), fill=1)
        else:
            self.canvas.rect(*corners, stroke=bool(border), fill=1)

    def line(
        self, start: tuple[float, float], end: tuple[float, float], colour: str, width: float = 0.6
    ) -> None:
        self.canvas.setStrokeColor(HexColor(colour))
        self.canvas.setLineWidth(width)
        self.canvas.line(start[0], self.height - start[1], end[0], self.height - end[1])

    def dot(self, x: float, y: float, colour: str) -> None:
        self.canvas.setFillColor(HexColor("#FFFFFF"))
        self.canvas.setStrokeColor(HexColor(colour))
        self.canvas.setLineWidth(0.8)
        self.canvas.circle(x, self.height - y, 1.5, stroke=1, fill=1)


def width_of(text: str, ink: Ink) -> float:
    return float(pdfmetrics.stringWidth(text, ink.font, ink.size))


def drawable(text: str, font: str) -> str:
    """In one line, and without what the font cannot show: no empty boxes."""
    known = _known_signs(font)
    one_line = " ".join(text.split())
    return "".join(sign if ord(sign) in known else _NO_SUCH_SIGN for sign in one_line)


def fitted(text: str, ink: Ink, room: float) -> str:
    """As much of the text as there is room for."""
    whole = drawable(text, ink.font)
    if width_of(whole, ink) <= room:
        return whole
    length = len(whole)
    while length and width_of(whole[:length].rstrip() + _ELLIPSIS, ink) > room:
        length -= 1
    return whole[:length].rstrip() + _ELLIPSIS


def shrunk(text: str, ink: Ink, room: float) -> Ink:
    """The same ink, small enough for the whole text: a figure is never cut."""
    width = width_of(drawable(text, ink.font), ink)
    size = ink.size if width <= room else ink.size * room / width
    return Ink(size, ink.font, ink.colour, ink.side)


@cache
def _register_fonts() -> None:
    for name, file in _FONTS.items():
        pdfmetrics.registerFont(TTFont(name, str(PROJECT / "static" / "fonts" / file)))


@cache
def _known_signs(font: str) -> frozenset[int]:
    _register_fonts()
    return frozenset(pdfmetrics.getFont(font).face.charToGlyph)
