"""Form fields that say beside themselves what is to be mended, all of them at one press."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import streamlit as st

from components.markdown import escape_markdown
from wording.numbers import counted

InputKind: TypeAlias = Literal["name", "email", "phone"]
InputShape: TypeAlias = Literal["default", "email", "phone"]

# Which keyboard a phone shows, and what the browser may fill in by itself.
_INPUTS: Final[dict[InputKind, tuple[InputShape, str]]] = {
    "name": ("default", "name"),
    "email": ("email", "email"),
    "phone": ("phone", "tel"),
}


@dataclass(frozen=True)
class Fields:
    """The fields of one form. `prefix` keeps their keys apart from other forms' keys.

    What people type about themselves stays when they go to another page and come back.
    """

    prefix: str
    problems: Mapping[str, str]

    def summary(self) -> None:
        """Above the form, because the field to mend may be out of sight."""
        if self.problems:
            words = counted(len(self.problems), "answer needs", "answers need")
            st.markdown(f":red[:material/error: **{words} another look**]")

    def line(self, name: str, label: str, kind: InputKind, placeholder: str = "") -> str:
        """The server judges what is typed, in one voice; so the browser's own check is off."""
        shape, autocomplete = _INPUTS[kind]
        typed = st.text_input(
            label,
            key=self._key(name),
            type=shape,
            autocomplete=autocomplete,
            validate="",
            placeholder=placeholder,
            persist_state="session",
        )
        self._problem(name)
        return typed or ""

    def words(self, name: str, label: str, *, placeholder: str, max_chars: int) -> str:
        typed = st.text_area(
            label,
            key=self._key(name),
            placeholder=placeholder,
            max_chars=max_chars,
            height=84,
            persist_state="session",
        )
        self._problem(name)
        return typed or ""

    def one_of(self, name: str, label: str, options: Sequence[str], *, first: str) -> str | None:
        index = options.index(first) if first in options else None
        chosen = st.selectbox(
            label, list(options), index=index, key=self._key(name), persist_state="session"
        )
        self._problem(name)
        return chosen

    def one_of_few(self, name: str, label: str, options: Sequence[str]) -> str | None:
        chosen = st.pills(
            label, list(options), default=options[0], required=True, key=self._key(name)
        )
        self._problem(name)
        return chosen

    def some_of(
        self, name: str, label: str, options: Mapping[str, str], *, first: Sequence[str]
    ) -> list[str]:
        chosen = st.pills(
            label,
            list(options),
            selection_mode="multi",
            default=list(first),
            format_func=options.__getitem__,
            key=self._key(name),
        )
        self._problem(name)
        return list(chosen)

    def tick(self, name: str, label: str) -> bool:
        ticked = st.checkbox(label, key=self._key(name))
        self._problem(name)
        return ticked

    def _key(self, name: str) -> str:
        return f"{self.prefix}-{name}"

    def _problem(self, name: str) -> None:
        if name in self.problems:
            st.markdown(f":small[:red[{escape_markdown(self.problems[name])}]]")


def send_typed(key: str, on_send: Callable[[str], None]) -> None:
    """Of a form's button: hand over what the field of this key holds."""
    on_send(st.session_state.get(key) or "")
