"""A real server in a process of its own, around any script, with this project's own settings."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeVar
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from playwright.sync_api import Page

PROJECT: Final = Path(__file__).parents[3]
Answer = TypeVar("Answer")
OPEN_TO_ALL: Final[dict[str, object]] = {"local_mode_without_key": True}
START: Final = """
import json
import sys
from pathlib import Path
from server.application import create_app
from server.launch import serve
from services.settings import Settings
script = Path(sys.argv[1])
chosen = Settings.model_construct(port=0, data_directory=script.parent, **json.loads(sys.argv[3]))
told = (sys.argv[2] == "ready", "told by the test")
serve(create_app(script, chosen, readiness=lambda: told), chosen, prepare=lambda: None)
"""


def place(script: str, folder: Path) -> Path:
    """The script beside this project's look: its settings, its font and its mark."""
    shutil.copytree(PROJECT / ".streamlit", folder / ".streamlit")
    shutil.copytree(PROJECT / "static", folder / "static")
    path = folder / "page.py"
    path.write_text(script, encoding="utf-8")
    return path


@contextmanager
def running(script: Path, *, ready: bool = True, **settings: object) -> Iterator[str]:
    """The address it says it is ready at: anybody's on this machine, unless the settings say so."""
    chosen = json.dumps(OPEN_TO_ALL | settings)
    said = "ready" if ready else "not ready"
    command = [sys.executable, "-c", START, str(script), said, chosen]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().split()[-1]
        finally:
            process.terminate()


def get(url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Header names are given with underscores and come back in lower case."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        with urlopen(Request(url, headers=named)) as answer:  # noqa: S310
            return answer.status, _lower(answer.headers.items()), answer.read()
    except HTTPError as error:
        with error:
            return error.code, _lower(error.headers.items()), error.read()


def _lower(headers: list[tuple[str, str]]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers}


def settle(page: Page) -> None:
    """Waits until the app has run and the browser shows what it said."""
    page.wait_for_selector(
        "[data-testid=stApp][data-test-script-state=notRunning]"
        "[data-test-connection-state=CONNECTED]"
    )


def apart(
    run: Callable[[Coroutine[None, None, Answer]], Answer],
    work: Callable[[], Coroutine[None, None, Answer]],
) -> Answer:
    """Runs what needs an event loop in a thread of its own.

    A browser that another test left open keeps a loop running in this one.
    """
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: run(work())).result()
