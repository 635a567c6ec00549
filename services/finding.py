"""One thing that `check` has looked at."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """What was looked at, and what is said of it. `mend` is empty where nothing needs mending."""

    subject: str
    well: bool
    says: str
    mend: str = ""
