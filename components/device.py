"""What kind of screen asks. A hint, good enough to choose a layout, for nothing else."""

import re
from typing import Final

import streamlit as st

# Phones say "Mobi" in every current browser; tablets mostly do not, and have room for tables.
_PHONE: Final = re.compile(r"Mobi", re.I)


def is_phone() -> bool:
    return is_phone_browser(st.context.headers.get("User-Agent"))


def is_phone_browser(user_agent: str | None) -> bool:
    return bool(_PHONE.search(user_agent or "")) and "iPad" not in (user_agent or "")
