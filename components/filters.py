"""Filters that live in the address, so that a copied link opens the same view."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import streamlit as st

from components.figures import Choice
from components.links import AWAITED
from components.markdown import escape_markdown

_MOST_SIDE_BY_SIDE: Final = 3
_MOST_AT_A_GLANCE: Final = 9
_SELECT_WIDTH: Final = 176


@dataclass(frozen=True)
class Filter:
    """One question to narrow by. The first option is the widest and is not written in the address.

    The address carries the option's words, so no two options may read the same.
    """

    key: str
    label: str
    options: Mapping[str, str]
    # A currency is a unit to read in, not something left out: it is chosen, never removed.
    removable: bool = True

    @property
    def widest(self) -> str:
        return next(iter(self.options))


@dataclass(frozen=True)
class Chip:
    """An active filter that no control shows, such as a clicked month."""

    key: str
    label: str
    on_remove: Callable[[], None]


def filter_bar(
    filters: Sequence[Filter], *, phone: bool, chips: Sequence[Chip] = ()
) -> dict[str, str]:
    """One line of controls; on a phone one button. Answers with the value of every filter."""
    for one in filters:
        _take_over(one)
    offered = [one for one in filters if len(one.options) > 1]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        values = _folded(offered) if phone else _in_line(offered)
        _chips([*_own_chips(offered, values), *chips])
    return {one.key: values.get(one.key, one.widest) for one in filters}


def _in_line(filters: Sequence[Filter]) -> dict[str, str]:
    return {one.key: _control(one) for one in filters}


def _folded(filters: Sequence[Filter]) -> dict[str, str]:
    active = sum(current(one) != one.widest for one in filters if one.removable)
    label = f"Filters · {active}" if active else "Filters"
    with st.popover(label, icon=":material/tune:", key="filters"):
        return {one.key: _pills(one) for one in filters}


def _control(one: Filter) -> str:
    return segments(one) if len(one.options) <= _MOST_SIDE_BY_SIDE else select(one)


def search(label: str, *, key: str, placeholder: str, longest: int | None = None) -> str:
    """What is typed, up to so many characters: the address may hold more than the field takes."""
    typed = st.text_input(
        label,
        key=key,
        bind="query-params",
        icon=":material/search:",
        placeholder=placeholder,
        label_visibility="collapsed",
        type="search",
    )
    return (typed or "")[:longest]


def segments(one: Filter) -> str:
    """A control that shows every option; answers with the chosen one."""
    return (
        st.segmented_control(
            one.label,
            list(one.options),
            default=one.widest,
            required=True,
            format_func=one.options.__getitem__,
            key=one.key,
            bind="query-params",
            label_visibility="collapsed",
        )
        or one.widest
    )


def _pills(one: Filter) -> str:
    return (
        st.pills(
            one.label,
            list(one.options),
            default=one.widest,
            required=True,
            format_func=one.options.__getitem__,
            key=one.key,
            bind="query-params",
        )
        or one.widest
    )


def select(one: Filter) -> str:
    """A control that shows the chosen option alone; answers with it."""
    return (
        st.selectbox(
            one.label,
            list(one.options),
            format_func=one.options.__getitem__,
            key=one.key,
            bind="query-params",
            label_visibility="collapsed",
            width=_SELECT_WIDTH,
            filter_mode="contains" if len(one.options) > _MOST_AT_A_GLANCE else None,
        )
        or one.widest
    )


def current(one: Filter) -> str:
    """What the filter holds before its control is drawn: the button's count stands above it."""
    _take_over(one)
    held = st.session_state.get(one.key)
    if held in one.options:
        return str(held)
    words = st.query_params.get(one.key)
    return next((value for value, said in one.options.items() if said == words), one.widest)


def _take_over(one: Filter) -> None:
    """What a link that was followed wants of this filter, once: before its control is drawn.

    What it holds of another account, which offers other options, is let go.
    """
    if st.session_state.get(one.key, one.widest) not in one.options:
        del st.session_state[one.key]
    words = st.session_state.get(AWAITED, {}).pop(one.key, None)
    for value, said in one.options.items():
        if said == words:
            st.session_state[one.key] = value


def _own_chips(filters: Sequence[Filter], values: Mapping[str, str]) -> list[Chip]:
    return [
        Chip(one.key, f"{one.label}: {one.options[values[one.key]]}", partial(clear, one))
        for one in filters
        if one.removable and values[one.key] != one.widest
    ]


def _chips(chips: Sequence[Chip]) -> None:
    """Switched-on pills; switching one off removes the filter that it names."""
    if not chips:
        return
    by_label = {escape_markdown(chip.label) + " :material/close:": chip for chip in chips}
    # A new set of chips is a new widget: an old one would remember which pills were on.
    key = "chips-" + "-".join(by_label)
    st.pills(
        "Active filters, press one to remove it",
        list(by_label),
        default=list(by_label),
        selection_mode="multi",
        key=key,
        label_visibility="collapsed",
        on_change=_remove_switched_off,
        args=(key, by_label),
    )


def _remove_switched_off(key: str, by_label: Mapping[str, Chip]) -> None:
    for label in by_label.keys() - set(st.session_state[key]):
        by_label[label].on_remove()


def clear(one: Filter) -> None:
    st.session_state[one.key] = one.widest


def choose(choice: Choice, filters: Sequence[Filter]) -> None:
    """Takes a click over into the filters; the same click again takes it back.

    Call it from a chart's `on_choose`, which runs before the controls are drawn.
    """
    asked = [(one, choice.values[one.key]) for one in filters if one.key in choice.values]
    known = [(one, value) for one, value in asked if value in one.options]
    again = all(current(one) == value for one, value in known)
    for one, value in known:
        st.session_state[one.key] = one.widest if again else value


def in_address(filters: Sequence[Filter], values: Mapping[str, str]) -> dict[str, str]:
    """Every filter as the address writes it, the widest too: a copied link must not drift."""
    return {one.key: one.options[values[one.key]] for one in filters}
