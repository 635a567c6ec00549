"""The dashboard as `python asgi.py` starts it, with that marketplace: its address is told."""

import runpy
import sys

from services.settings import PROJECT
from tests.common.consenting.connecting import register

register(sys.argv[1])
runpy.run_path(str(PROJECT / "asgi.py"), run_name="__main__")
