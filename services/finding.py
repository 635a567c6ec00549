"""One thing that `check` has looked at."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """What was looked at, and what is said of it. `mend` is empty where nothing needs mending.

    `warns`: well enough for what is done with it now, and for no more.
    """

    subject: str
    well: bool
    says: str
    mend: str = ""
    warns: bool = False

    @property
    def mark(self) -> str:
        """In four letters, for a list."""
        if not self.well:
            return "MEND"
        return "WARN" if self.warns else "ok  "
