"""Other people's words in our pages: as they are, and nothing more."""

import pytest

from components.markdown import escape_markdown


@pytest.mark.parametrize(
    "words",
    ["*bold*", "![](https://elsewhere.example/t.png)", ":red[x]", "$x$", "<b>", "a | b", "`c`"],
)
def test_no_sign_in_a_sellers_words_is_left_with_a_meaning(words: str) -> None:
    escaped = escape_markdown(words).replace("\u2060", "")
    bare = [sign for position, sign in enumerate(escaped) if _is_bare(escaped, position)]
    assert not set(bare) & set("*[]()!:$<>|`#_~")


def _is_bare(text: str, position: int) -> bool:
    return text[position] != "\\" and (position == 0 or text[position - 1] != "\\")


@pytest.mark.parametrize("words", ["https://a.example", "www.a.example", "a@b.example", ":tada:"])
def test_what_would_become_a_link_or_an_icon_is_held_apart(words: str) -> None:
    assert "\u2060" in escape_markdown(words)


def test_a_line_break_cannot_start_a_heading() -> None:
    assert "\n" not in escape_markdown("a\n# b")
