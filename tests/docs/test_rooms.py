"""Every room introduces itself: what lives in it, in one to three sentences."""

import ast
import re
from pathlib import Path
from typing import Final

import pytest

PROJECT: Final = Path(__file__).parents[2]
ROOMS: Final = sorted(
    path
    for top in PROJECT.iterdir()
    if top.is_dir() and not top.name.startswith(".")
    for path in top.rglob("__init__.py")
)


@pytest.mark.parametrize("room", ROOMS, ids=lambda path: str(path.relative_to(PROJECT).parent))
def test_a_room_says_in_its_first_words_what_lives_in_it(room: Path) -> None:
    said = ast.get_docstring(ast.parse(room.read_text("utf-8"))) or ""
    introduction = said.partition("\n\n")[0]
    assert 1 <= len(re.findall(r"\.(?:\s|$)", introduction)) <= 3, introduction


def test_folders_with_code_are_rooms() -> None:
    rooms = {room.parent for room in ROOMS}
    tops = {room.relative_to(PROJECT).parts[0] for room in ROOMS}
    folders = {path.parent for top in tops for path in (PROJECT / top).rglob("*.py")}
    assert not folders - rooms
