"""The same day and seed are the same bytes; another of either is another world."""

import hashlib
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from sample.world import SampleImport, write_world
from tests.sample.shared import SEED, TODAY


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_day_and_seed_are_the_same_bytes_in_any_process(
    world: list[SampleImport], folder: Path, tmp_path: Path
) -> None:
    script = (
        "import sys; from datetime import date; from pathlib import Path;"
        "from sample.world import write_world;"
        f"write_world(Path(sys.argv[1]), today=date.fromisoformat('{TODAY}'), seed={SEED})"
    )
    # Another hash seed: nothing may hang on the order of a set.
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=True, env=environment)

    assert digests(tmp_path) == digests(folder)


def test_another_seed_is_another_world(
    world: list[SampleImport], folder: Path, tmp_path: Path
) -> None:
    write_world(tmp_path, today=TODAY, seed=SEED + 1)

    assert digests(tmp_path) != digests(folder)


@pytest.mark.sample
@pytest.mark.parametrize("today", [date(2026, 1, 1), date(2026, 3, 1), date(2028, 2, 29)])
def test_any_day_can_be_today(tmp_path: Path, today: date) -> None:
    imports = write_world(tmp_path, today=today, seed=3)

    assert {imported.account for imported in imports} == {
        "Northwind Kitchen",
        "Baltic Outdoor",
        "Maple Home",
    }


def test_every_file_is_imported_once(world: list[SampleImport], folder: Path) -> None:
    listed = [path for imported in world for path in imported.paths]

    assert sorted(listed) == sorted(path for path in folder.rglob("*") if path.is_file())


def test_a_channel_is_there_before_files_that_speak_of_it(world: list[SampleImport]) -> None:
    order = [imported.channel for imported in world]

    assert order.index("amazon-ca") < order.index("amazon-us")  # region-wide reimbursements
    assert order.index("amazon-uk") < order.index("amazon-de")  # region-wide ledger
    for imported in world:
        if any(path.name == "cases.json" for path in imported.paths):
            later = world[world.index(imported) + 1 :]
            assert imported.account not in {other.account for other in later}
