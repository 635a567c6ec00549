"""What files and their names say, in a form that can be shown anywhere."""


def harmless(text: str) -> str:
    """Text of a file without what would steer a terminal."""
    return "".join(c if c.isprintable() or c == "\t" else "�" for c in text)


def shown_name(name: str) -> str:
    """What a file is called, in one line that turns no other text around.

    The system's names are bytes: what of them is no UTF-8 can be neither kept nor written as text.
    """
    known = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return harmless(known.replace("\t", " "))
