"""Where what was fetched lies: it goes with its process, however that ends."""

import subprocess
import sys
from pathlib import Path

import pytest

from services.settings import PROJECT
from services.sync.scratch import scratch, sweep

_HOLDER = """
import sys
from pathlib import Path
from services.sync.scratch import scratch
with scratch(Path(sys.argv[1])) as folder:
    (folder / "report.txt").write_text("a seller's data")
    print(folder.name, flush=True)
    sys.stdin.read()
"""


def test_it_is_there_as_long_as_it_is_needed(tmp_path: Path) -> None:
    with scratch(tmp_path) as folder:
        (folder / "report.txt").write_text("a seller's data")
        sweep(tmp_path)
        assert [path.name for path in folder.iterdir()] == ["report.txt"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.process
def test_what_a_killed_process_left_is_swept_at_once_and_of_a_living_one_nothing(
    tmp_path: Path,
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(tmp_path)],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        name = holder.stdout.readline().strip()
        sweep(tmp_path)
        assert (tmp_path / name / "report.txt").exists()
        holder.kill()
    assert (tmp_path / name / "report.txt").exists()
    sweep(tmp_path)
    assert list(tmp_path.iterdir()) == []
