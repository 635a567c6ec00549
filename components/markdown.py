"""Other people's words in Streamlit's Markdown: as they are, and nothing more."""

import re
import string
from typing import Final

# Streamlit turns these into links, arrows and icons after Markdown's own escapes are undone, so
# a backslash cannot stop them: an invisible joiner between the characters does.
_REWRITTEN_LATER: Final = re.compile(
    r"(?<=[:@])(?=\S)|(?<=www)(?=\.)|(?<=[-<>~=])(?=[-<>~=])", re.IGNORECASE
)
_JOINER: Final = "\u2060"
_PUNCTUATION: Final = str.maketrans({sign: f"\\{sign}" for sign in string.punctuation})


def escape_markdown(text: str) -> str:
    """A seller's words as they are: no link, image, icon, formula or style can come of them."""
    one_line = " ".join(text.split())
    return _REWRITTEN_LATER.sub(_JOINER, one_line).translate(_PUNCTUATION)
