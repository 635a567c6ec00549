"""What one marketplace knows stands in its folder: no other product code so much as names it."""

import re
from pathlib import Path
from typing import Final

from services.marketplaces.registry import MARKETPLACES
from services.settings import PROJECT

ROOMS: Final = ("app.py", "asgi.py", "components", "pages", "server", "services", "wording")
# Its own folder; what it was registered by; tables once made, which no later code may change.
OWN: Final = tuple(f"services/marketplaces/{code}/" for code in MARKETPLACES)
MAY: Final = {
    "services/marketplaces/registry.py": "the line that registers it",
    "services/landing/read/encoding.py": "says where its order of guesses was seen",
    "services/landing/read/pages.py": "says which APIs' answers it was read from",
}
SPOKEN: Final = re.compile("|".join(MARKETPLACES), re.IGNORECASE)


def product_files() -> list[Path]:
    found = (PROJECT / room for room in ROOMS)
    files = (path for room in found for path in (room.rglob("*") if room.is_dir() else [room]))
    return [path for path in files if path.suffix in {".py", ".sql", ".js", ".css", ".txt"}]


def test_no_marketplace_is_named_outside_its_folder() -> None:
    named = {
        f"{name}:{number}: {line.strip()}"
        for path in product_files()
        if not (name := path.relative_to(PROJECT).as_posix()).startswith(OWN)
        and "/migrations/versions/" not in name
        and name not in {*MAY, "services/database/schema.txt"}
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if SPOKEN.search(line)
    }
    assert named == set()


def test_no_marketplace_imports_another() -> None:
    for code in MARKETPLACES:
        others = "|".join(one for one in MARKETPLACES if one != code)
        imported = re.compile(rf"marketplaces\.({others})\b")
        for path in (PROJECT / "services/marketplaces" / code).rglob("*.py"):
            assert not imported.search(path.read_text("utf-8")), path


def test_each_exception_is_still_one() -> None:
    for name in MAY:
        assert SPOKEN.search((PROJECT / name).read_text("utf-8")), name
