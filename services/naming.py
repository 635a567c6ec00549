"""What a person, an account or a channel may be called: one line of signs that can be seen.

A name with a hidden sign in it looks like another's, turns round the line it stands in, or breaks
it in two.
"""

import unicodedata
from typing import Final

LONGEST_NAME: Final = 200  # of an account or a channel

# Letters by their category, but drawn as nothing: fillers, a joiner, selectors of a variant.
_DRAWN_AS_NOTHING: Final = frozenset(
    map(chr, (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180F, 0x2800, 0x3164, 0xFFA0,
              *range(0x180B, 0x180E), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
)  # fmt: skip


def normal_name(name: str) -> str:
    """As it is kept and compared: one form of each letter, one space between words, none around.

    Nothing else is taken away: why_no_name says what is hidden in it.
    """
    words = unicodedata.normalize("NFC", name).strip().split(" ")
    return " ".join(word for word in words if word)


def why_no_name(name: str, longest: int) -> str:
    """Why nothing may be called that, for people; empty where it may.

    Not printable are control characters, those that turn the direction of reading, ends of lines
    and of paragraphs, spaces of no width or of another kind, and halves of a character.
    """
    if not name.strip() or len(name) > longest:
        return f"A name has 1 to {longest} characters."
    hidden = [sign for sign in name if not sign.isprintable() or sign in _DRAWN_AS_NOTHING]
    if not hidden:
        return ""
    said = ", ".join(f"U+{ord(sign):04X}" for sign in dict.fromkeys(hidden[:5]))
    return f"A name has letters that can be seen: this one holds a hidden one ({said})."
