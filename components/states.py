"""What stands where figures cannot: nothing yet, something broken, something old, still loading."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Final

import streamlit as st

from components.links import Link, draw_link
from components.markdown import escape_markdown
from components.palette import coloured, palette, quiet
from wording.notices import INVENTED

CHART_HEIGHT: Final = 190
PAGE_HEIGHT: Final = 560
_LOAD_WIDTH: Final = 116


def empty_state(
    what: str, next_step: str, *, icon: str = ":material/inbox:", link: Link | None = None
) -> None:
    """Says what is not there and what to do about it."""
    with st.container(border=True, horizontal_alignment="center", gap="xsmall"):
        st.space("small")
        st.markdown(f"{coloured(icon, palette().muted)} **{what}**", text_alignment="center")
        st.markdown(quiet(next_step), text_alignment="center")
        if link:
            draw_link(link)
        st.space("small")


def error_state(what: str, reference: str) -> None:
    """One part is missing; the reference is what support finds in the log."""
    with st.container(border=True, gap="xsmall"):
        st.markdown(f":material/cloud_off: **{what} cannot be shown right now**")
        st.markdown(
            quiet("The rest of this page is not affected. Reload in a minute; if it stays, send us")
            + f" :small[reference **{escape_markdown(reference)}**]"
        )


@contextmanager
def guarded(what: str, report: Callable[[Exception], str]) -> Iterator[None]:
    """Keeps the rest of the page when one part fails; `report` logs it and gives the reference."""
    try:
        yield
    except Exception as problem:
        error_state(what, report(problem))


def not_supported(what: str, why: str) -> None:
    with st.container(border=True, gap="xsmall"):
        st.markdown(f":material/block: **{what}**")
        st.markdown(quiet(why))


def all_set(what: str, why: str) -> None:
    """Nothing to do here: it runs already."""
    with st.container(border=True, gap="xsmall"):
        st.markdown(f":material/check_circle: **{what}**")
        st.markdown(quiet(why))


def stale_notice(text: str, *, link: Link | None = None) -> None:
    """The figures are old: said in words, above them, with the way to see why."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", width="content"):
        st.markdown(f":orange-badge[:material/schedule: {text}]", width="content")
        if link:
            draw_link(link)


def end_notice(text: str) -> None:
    """Something ends for everybody at once: a whole sentence, on as many lines as it takes."""
    st.markdown(f":orange[:material/schedule: {escape_markdown(text)}]")


def question_notice(text: str, link: Link) -> None:
    """Somebody waits for the reader's answer."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", width="content"):
        st.markdown(f":blue-badge[:material/help: {escape_markdown(text)}]", width="content")
        draw_link(link)


def sample_banner(*, link: Link | None = None) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", width="content"):
        st.markdown(
            f":violet-badge[:material/science: {INVENTED[0]}]",
            width="content",
            help=INVENTED[1],
        )
        if link:
            draw_link(link, width=_LOAD_WIDTH)


def loading(height: int = CHART_HEIGHT) -> AbstractContextManager[object]:
    """Holds the place of what is about to be drawn inside it, so that nothing jumps."""
    return st.skeleton(height=height)
