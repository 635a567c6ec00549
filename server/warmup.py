"""What is done once, before the first visitor, so that none of them pays for it."""

import gc
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import streamlit as st

log = logging.getLogger("reimbursement.server")


@asynccontextmanager
async def warm_start(app: st.App) -> AsyncIterator[dict[str, Any] | None]:
    """Runs the app once: its modules are loaded and its pages are known.

    Until a first run has named the pages, the framework would serve files of a `pages` folder by
    itself, past the sign-in. Freezing what is loaded by then spares every later run a search
    through all of it for garbage.
    """
    await _run_once(app)
    gc.collect()
    gc.freeze()
    yield None


async def _run_once(app: st.App) -> None:
    # There is no public way to run the app without a visitor.
    runtime = app._runtime
    if runtime is None:
        return
    is_well, said = await runtime.does_script_run_without_error()
    if not is_well:
        log.warning("The first run of the app did not end well: %s", said)
