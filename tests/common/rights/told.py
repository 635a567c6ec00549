"""An answer as one text, however it is packed: rows, lazy lists, spreadsheets, PDF."""

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from pypdf import PdfReader


def told(answer: object) -> str:
    return "\n".join(_spelt(answer))


def _spelt(value: Any) -> Iterator[str]:
    """Everything in it; what is read while it is written is read to its end."""
    if isinstance(value, bytes):
        yield from _unpacked(value)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from _spelt(getattr(value, field.name))
    elif isinstance(value, Mapping):
        for item in value.items():
            yield from _spelt(item)
    elif isinstance(value, list | tuple | set | frozenset | Iterator):
        for one in value:
            yield from _spelt(one)
    else:
        yield repr(value) if not isinstance(value, str) else value


def _unpacked(content: bytes) -> Iterator[str]:
    if content.startswith(b"%PDF"):
        reader = PdfReader(io.BytesIO(content))
        yield from (page.extract_text() for page in reader.pages)
        yield repr(reader.metadata)
    elif content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            yield from (book.read(name).decode("utf-8", "replace") for name in book.namelist())
    else:
        yield content.decode("utf-8").replace("\r\n ", "")  # a calendar folds its long lines
