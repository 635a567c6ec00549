"""Walmart's models as they are today: the published ones, with what is newer laid over them.

`newer` holds JSON merge patches (RFC 7396), each with the source of what it says. It names every
path that the client asks: the others are left out (one of them is described wrongly).
"""

import atexit
import json
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any, Final

from tests.fakes.checking import MODELS

WALMART: Final = MODELS / "walmart"


@cache
def models() -> Path:
    """A folder with the models as they are today, of this process and gone with it."""
    folder = Path(tempfile.mkdtemp(prefix="walmart-models-"))
    atexit.register(shutil.rmtree, folder)
    for path in sorted((WALMART / "published").glob("*.json")):
        newer = json.loads((WALMART / "newer" / path.name).read_text("utf-8"))
        whole = merged(json.loads(path.read_text("utf-8")), newer)
        whole["paths"] = {
            name: whole["paths"][name] for name in newer["paths"].keys() & whole["paths"]
        }
        (folder / path.name).write_text(json.dumps(whole), "utf-8")
    return folder


def merged(old: Any, new: Any) -> Any:
    """What a patch makes of a document: objects member by member, null takes one away."""
    if not isinstance(new, dict):
        return new
    whole = dict(old) if isinstance(old, dict) else {}
    for name, value in new.items():
        if value is None:
            whole.pop(name, None)
        else:
            whole[name] = merged(whole.get(name), value)
    return whole
