"""Cells that a spreadsheet would take for a formula, and any others."""

from hypothesis import strategies as st

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]))

HOSTILE = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\0=1", "  =1", "\u00a0=1", "\u200b=1",
           "\ufeff=1", "\x1b=1", "\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20SUM(A1)", "\ufe66" "1",
           "\n=1", "\t", "\rx")  # fmt: skip

LOOSE = st.lists(
    st.lists(TEXTS | st.sampled_from(HOSTILE), min_size=2, max_size=2), min_size=1, max_size=5
)
