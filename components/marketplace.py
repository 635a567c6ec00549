"""What stands on a marketplace's page: its channels, its money by subtype, its claim windows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal, TypeAlias

import streamlit as st

from components.charts import Segment, parts_bar
from components.columns import two_columns
from components.device import is_phone
from components.markdown import escape_markdown
from components.palette import BucketName, palette, quiet, square
from components.tables import Column, Row, money_table
from wording.buckets import BUCKETS, STATES
from wording.money import money

CARD_WIDTH: Final = 280
MOST_ABREAST: Final = 3
ServiceState: TypeAlias = Literal["not_started", "requested", "declined", "active", "unsupported"]

_SERVICE: Final[dict[ServiceState, str]] = {
    "not_started": ":gray-badge[Service not started]",
    "requested": ":blue-badge[:material/schedule: Requested]",
    "declined": ":orange-badge[:material/info: Request declined]",
    "active": ":green-badge[:material/check: Service active]",
    "unsupported": ":gray-badge[:material/block: Not available]",
}
_NEXT: Final[dict[ServiceState, str]] = {
    "not_started": "How to claim",
    "requested": "See its progress",
    "declined": "See why, and ask again",
}


@dataclass(frozen=True)
class ChannelCard:
    """One connected marketplace; `facts` are ready to read.

    connect: what the button to its connection is called; '': there is none.
    """

    code: str
    name: str
    service: ServiceState
    facts: Sequence[str]
    warnings: Sequence[str] = ()
    connect: str = ""


@dataclass(frozen=True)
class Asking:
    """Whose How to claim was pressed, what a press does, and what to draw for it."""

    code: str | None
    on_press: Callable[[str], None]
    draw: Callable[[], None]


def channel_cards(cards: Sequence[ChannelCard], asking: Asking, *, key: str) -> str | None:
    """What was asked for stands in sight of the press: on a phone, where cards are many screens
    high, right below its card, elsewhere below all of them. Answers with the channel whose
    connection was pressed."""
    pressed = None
    if is_phone():
        for card in cards:
            pressed = _channel_card(card, asking, key) or pressed
            if card.code == asking.code:
                asking.draw()
        return pressed
    with st.grid(min(len(cards), MOST_ABREAST), min_column_width=CARD_WIDTH, gap="small"):
        for card in cards:
            pressed = _channel_card(card, asking, key) or pressed
    if asking.code:
        asking.draw()
    return pressed


def _channel_card(card: ChannelCard, asking: Asking, key: str) -> str | None:
    """Its code where its connection was pressed."""
    with st.container(border=True, height="stretch", gap="xsmall", key=f"{key}-{card.code}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{escape_markdown(card.name)}**", width="content")
            st.markdown(_SERVICE[card.service], width="content")
        st.markdown(quiet(escape_markdown(" · ".join(card.facts))))
        for warning in card.warnings:
            st.markdown(f":orange[:material/error:] {quiet(escape_markdown(warning))}")
        with st.container(horizontal=True, gap="small"):
            _way_on(card, asking, key)
            return card.code if _connection(card, key) else None


def _connection(card: ChannelCard, key: str) -> bool:
    return bool(card.connect) and st.button(
        f":small[{card.connect}]",
        key=f"{key}-{card.code}-connect",
        type="tertiary",
        icon=":material/link:",
    )


def _way_on(card: ChannelCard, asking: Asking, key: str) -> None:
    """Where there is something to do or to follow; a second press closes it."""
    words = _NEXT.get(card.service)
    if words:
        is_open = card.code == asking.code
        st.button(
            ":small[Close]" if is_open else f":small[{words}]",
            key=f"{key}-{card.code}-claim",
            type="tertiary",
            icon=":material/close:" if is_open else ":material/arrow_forward:",
            on_click=asking.on_press,
            args=(card.code,),
        )


# Money ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class BucketSum:
    """One bucket of the whole marketplace with its parts, in the bucket's own order."""

    name: BucketName
    title: str
    meaning: str
    amount: Decimal | None
    parts: Sequence[Segment]


@dataclass(frozen=True)
class SubtypeRow:
    """One subtype in one currency, with an amount for each money column."""

    key: str
    type_label: str
    label: str
    amounts: dict[str, Decimal | None]


COLUMNS: Final = (
    Column("what", "What", phone=True),
    Column("type", "Type"),
    Column("unclaimed", BUCKETS["unclaimed"].title, "money", phone=True),
    Column("ready", STATES["ready"], "money"),
    Column("in_progress", STATES["in_progress"], "money"),
    Column("future", STATES["future"], "money"),
    Column("claimed", BUCKETS["claimed"].title, "money", phone=True),
    Column("lost", BUCKETS["lost"].title, "money"),
)


def bucket_sums(sums: Sequence[BucketSum], currency: str, *, key: str) -> None:
    with st.grid(len(sums), min_column_width=CARD_WIDTH, gap="small"):
        for each in sums:
            with st.container(border=True, height="stretch", gap="xsmall"):
                _bucket_sum(each, currency, f"{key}-{each.name}")


def _bucket_sum(each: BucketSum, currency: str, key: str) -> None:
    colours = palette().bucket(each.name)
    st.markdown(f"**{each.title}** {quiet(each.meaning)}", wrap=False)
    st.metric(each.title, money(each.amount, currency), label_visibility="collapsed")
    parts_bar(each.parts, currency, colours, key=key, name=each.title)
    with st.container(horizontal=True, horizontal_alignment="distribute", gap="small"):
        for part, colour in zip(each.parts, colours, strict=False):
            name = quiet(part.short or part.label)
            amount = escape_markdown(money(part.amount, currency))
            st.markdown(f"{square(colour)} {name}  \n{amount}", width="content")


def subtype_table(
    rows: Sequence[SubtypeRow], currency: str, *, key: str, phone: bool
) -> str | None:
    """Largest first as given; answers with the subtype that was pressed."""
    cells = [
        Row(row.key, {"what": row.label, "type": row.type_label, **row.amounts}, currency)
        for row in rows
    ]
    alt = f"Unclaimed, claimed and lost by subtype, {len(rows)} rows"
    return money_table(COLUMNS, cells, key=key, alt=alt, phone=phone)


# Claim windows --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Window:
    """One rule in words: for what, when, who says so, how sure that is."""

    what: str
    where: str
    rule: str
    certainty: str
    sure: bool
    source: str
    note: str = ""


@dataclass(frozen=True)
class WindowGroup:
    title: str
    windows: Sequence[Window]


def claim_windows(groups: Sequence[WindowGroup]) -> None:
    """By type, side by side; on a phone one below another."""
    for column, group in two_columns(groups, lambda each: 1 + 3 * len(each.windows)):
        with column.container(gap="small"):
            st.subheader(group.title, anchor=False)
            for window in group.windows:
                _window(window)


def _window(window: Window) -> None:
    where = f" {quiet(escape_markdown(f'· {window.where}'))}" if window.where else ""
    certainty = escape_markdown(window.certainty)
    shade = "gray" if window.sure else "orange"
    lines = (
        f"**{escape_markdown(window.what)}**{where}",
        escape_markdown(window.rule),
        f":small[:{shade}[{certainty}]] {_source(window.source)}",
    )
    st.markdown("  \n".join(lines), help=escape_markdown(window.note) or None)


def _source(source: str) -> str:
    """A link where the source is an https address of our own data; else the words as they are."""
    if source.startswith("https://"):
        address = source.replace("(", "%28").replace(")", "%29").replace(" ", "%20")
        return f":small[[Source :material/open_in_new:](<{address}>)]"
    return f":small[:gray[{escape_markdown(source)}]]"
