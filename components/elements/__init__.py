"""Elements of our own, for what the framework draws where no keyboard and no reader reaches.

Their scripts are files beside this one, handed out by the framework's own route for such files, so
that the security policy needs no exception. Their styles travel with the element: a table is never
seen without them. What is shown comes as words and is put in as text only (`textContent`).
"""

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Final, Literal, TypeAlias

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

Name: TypeAlias = Literal["arrival", "bars", "drop", "table", "typing"]
NAMES: Final[tuple[Name, ...]] = ("arrival", "bars", "drop", "table", "typing")
PRESS: Final = "press"

SCRIPTS: Final = Path(__file__).parent / "scripts"
_registering: Final = Lock()


def draw(
    name: Name,
    data: dict[str, Any],
    *,
    key: str,
    height: int | Literal["content"] = "content",
    on_press: Callable[[], None] | None = None,
) -> None:
    """`data` is plain words and marks. A press is told once, by `pressed`, inside `on_press`."""
    register()
    _drawing(name)(key=key, data=data, height=height, on_press_change=on_press or _nothing)


def pressed(key: str) -> object:
    """What the browser says was pressed: whatever it likes, so hold it against what was drawn."""
    return st.session_state[key].get(PRESS)


def _nothing() -> None:
    """An element that answers to nobody."""


def register() -> None:
    """Tells the running framework where the scripts are; once for each, whoever asks first."""
    manager = get_bidi_component_manager()
    with _registering:
        if manager.get_component_asset_root(full_name(NAMES[0])) is None:
            manager.register_from_manifest(_manifest(), SCRIPTS.parent)


def full_name(name: Name) -> str:
    return f"{_version()}.{name}"


@cache
def _drawing(name: Name) -> Callable[..., Any]:
    styles = SCRIPTS.parent / f"{name}.css"
    return st.components.v2.component(
        full_name(name),
        css=styles.read_text("utf-8") if styles.exists() else None,
        js=f"{name}.js",
    )


def _manifest() -> ComponentManifest:
    parts = [ComponentConfig(name, SCRIPTS.name) for name in NAMES]
    return ComponentManifest(_version(), "1", parts)


@cache
def _version() -> str:
    """Part of every script's address: after an upgrade no browser runs yesterday's script."""
    content = b"".join(path.read_bytes() for path in sorted(SCRIPTS.iterdir()))
    return f"reimbursement-{hashlib.sha256(content).hexdigest()[:12]}"
