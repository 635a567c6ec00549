"""One activation request at work: what comes next, the checklist, who asks, what happened.

What is pressed is told to a callback: that runs before the page is drawn anew, so it speaks of the
request as it stood on the screen, even where somebody has changed it since.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import streamlit as st

from components.device import is_phone
from components.forms import send_typed
from components.markdown import escape_markdown
from components.palette import on_primary, quiet
from wording.filters import show_them

Tone: TypeAlias = Literal["green", "orange"]
_FIELD_HEIGHT: Final = 110
_CONTROL: Final = 250  # px: three words side by side
_ITEM: Final = 320  # px: beside them on a desk, above them on a phone


def said(words: str, tone: Tone) -> None:
    """What became of the last press, once."""
    mark = ":material/check_circle:" if tone == "green" else ":material/info:"
    st.markdown(f":{tone}[{mark} **{escape_markdown(words)}**]")


def status_badge(words: str, tone: str) -> None:
    st.markdown(f":{tone}-badge[{escape_markdown(words)}]", width="content")


# The next step --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Press:
    """A button; `waits_for` says why it cannot be pressed yet."""

    label: str
    icon: str = ""
    waits_for: str = ""


def primary(press: Press, *, key: str, on_press: Callable[[], None]) -> None:
    st.button(
        press.label if press.waits_for else on_primary(press.label),
        key=key,
        icon=press.icon or None,
        type="primary",
        disabled=bool(press.waits_for),
        help=press.waits_for or None,
        on_click=on_press,
    )


@dataclass(frozen=True)
class Writing:
    """Something to write: where it opens, what it is for, and how it is sent."""

    label: str
    icon: str
    hint: str
    send: str
    first: str = ""  # written already
    is_primary: bool = False


def written(
    writing: Writing, *, key: str, most_characters: int, on_send: Callable[[str], None]
) -> None:
    kind: Literal["primary", "tertiary"] = "primary" if writing.is_primary else "tertiary"
    label = on_primary(writing.label) if writing.is_primary else writing.label
    if key not in st.session_state and writing.first:
        st.session_state[key] = writing.first
    with (
        st.popover(label, icon=writing.icon, type=kind, key=f"{key}-open"),
        st.form(f"{key}-form", border=False, enter_to_submit=False),
    ):
        st.text_area(writing.hint, key=key, height=_FIELD_HEIGHT, max_chars=most_characters)
        st.form_submit_button(
            on_primary(writing.send),
            type="primary",
            key=f"{key}-send",
            on_click=send_typed,
            args=(key, on_send),
        )


def hand_over(
    colleagues: Mapping[int, str],
    *,
    key: str,
    on_give: Callable[[int], None],
    on_release: Callable[[], None],
) -> None:
    """To whom, or to nobody in particular."""
    with st.popover("Hand over", icon=":material/move_up:", type="tertiary", key=f"{key}-open"):
        if colleagues:
            st.selectbox("Colleague", list(colleagues), key=key, format_func=colleagues.__getitem__)
            st.button("Hand over", key=f"{key}-give", on_click=_give, args=(key, on_give))
            st.markdown(quiet("Or leave it for whoever comes next."))
        st.button("Put it back", key=f"{key}-release", on_click=on_release)


def _give(key: str, on_give: Callable[[int], None]) -> None:
    on_give(st.session_state[key])


# The checklist --------------------------------------------------------------------------------


@dataclass(frozen=True)
class CheckRow:
    """One item; `by` says who ticked it off and when, and takes the place of the detail."""

    key: str
    item: str
    level: str
    detail: str
    state: str | None
    by: str = ""


@dataclass(frozen=True)
class CheckGroup:
    title: str
    rows: Sequence[CheckRow]

    @property
    def untouched(self) -> list[str]:
        return [row.key for row in self.rows if row.state is None]


@dataclass(frozen=True)
class Ticking:
    """What an item may be, each in its word, and who is told; `on_tick` None: only to be read."""

    states: Mapping[str, str]
    key: str
    on_tick: Callable[[dict[str, str]], None] | None


def checklist(groups: Sequence[CheckGroup], ticking: Ticking) -> None:
    """On a phone a control wraps below its item: nearer to it than to the next one."""
    phone = is_phone()
    for number, group in enumerate(groups):
        with st.container(gap="small" if phone else "xsmall"):
            _group_title(group, f"{ticking.key}-{number}", ticking.on_tick)
            for row in group.rows:
                _check(row, ticking, phone=phone)


def _group_title(
    group: CheckGroup, key: str, on_tick: Callable[[dict[str, str]], None] | None
) -> None:
    left = len(group.untouched)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{escape_markdown(group.title)}**", width="content")
        if not on_tick or not left:
            return
        st.space("stretch")
        st.button(
            "Mark all done" if left == len(group.rows) else f"Mark the other {left} done",
            key=f"{key}-all",
            type="tertiary",
            icon=":material/done_all:",
            on_click=on_tick,
            args=(dict.fromkeys(group.untouched, "done"),),
        )


def _check(row: CheckRow, ticking: Ticking, *, phone: bool) -> None:
    key = f"{ticking.key}-{row.key}"
    with st.container(
        horizontal=True,
        horizontal_alignment="distribute",
        vertical_alignment="center",
        gap="xxsmall" if phone else "small",
    ):
        if not ticking.on_tick:
            st.markdown(_item(row), width="content")
            words = ticking.states.get(row.state or "", "Open")
            st.markdown(quiet(escape_markdown(words)), width="content")
            return
        st.markdown(_item(row), width=_ITEM)
        st.segmented_control(
            row.item,
            list(ticking.states),
            default=row.state,
            required=row.state is not None,
            key=key,
            format_func=ticking.states.__getitem__,
            label_visibility="collapsed",
            width=_CONTROL,
            on_change=_tick,
            args=(key, row.key, ticking.on_tick),
        )


def _tick(key: str, item: str, on_tick: Callable[[dict[str, str]], None]) -> None:
    chosen = st.session_state.get(key)
    if chosen:
        on_tick({item: chosen})


def _item(row: CheckRow) -> str:
    level = f" · **{escape_markdown(row.level)}**" if row.level else ""
    more = row.by or row.detail
    below = f"  \n{quiet(escape_markdown(more))}" if more else ""
    return f"{_mark(row.state)} {escape_markdown(row.item)}{level}{below}"


def _mark(state: str | None) -> str:
    """A shape for each state, so that colour only repeats it."""
    return {
        "done": ":green[:material/check_circle:]",
        "missing": ":orange[:material/error:]",
        "not_needed": ":gray[:material/do_not_disturb_on:]",
    }.get(state or "", ":gray[:material/radio_button_unchecked:]")


# Who asks, and what happened ------------------------------------------------------------------


def contact(lines: Sequence[tuple[str, str]], message: str) -> None:
    """What each line is, small, and people's own words as text and nothing else."""
    with st.grid(2, min_column_width=150, gap="small"):
        for what, words in lines:
            with st.container(gap=None):
                st.markdown(quiet(what))
                st.text(words)
    if message:
        with st.container(gap=None):
            st.markdown(quiet("Message"))
            st.text(message)


@dataclass(frozen=True)
class HistoryLine:
    """One step; `words` are somebody's own, `by` says who and when."""

    title: str
    icon: str
    by: str
    words: str = ""
    is_internal: bool = False


def history(lines: Sequence[HistoryLine]) -> None:
    """The latest first. What sellers do not see is marked."""
    for line in lines:
        with st.container(gap=None):
            internal = " :gray-badge[internal]" if line.is_internal and line.words else ""
            st.markdown(
                f":gray[{line.icon}] **{escape_markdown(line.title)}** "
                f"{quiet(escape_markdown(line.by))}{internal}"
            )
            if line.words:
                st.text(line.words)


def hits_hidden(count: int, words: str) -> bool:
    """A search that finds something which a filter does not show says so; True: show it."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="hidden-hits"):
        st.markdown(
            f":material/visibility_off: **{escape_markdown(words)}**",
            width="content",
        )
        return st.button(show_them(count), key="show-hidden")
