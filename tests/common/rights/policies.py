"""A policy of row-level security, and each way in which it could be weaker."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

# A condition that another one makes needless; it stays as a second lock. (policy, its words)
SECOND_LOCKS: Final = {
    # Only rows of the scope are updated at all, and no one may change their account.
    ("app_answers", "check", "app.accounts"),
}


@dataclass(frozen=True)
class Policy:
    """One policy as PostgreSQL holds it."""

    table: str
    name: str
    role: str
    using: str | None
    check: str | None

    @property
    def is_for_all_rows(self) -> bool:
        return {self.using, self.check} <= {"true", None}

    def mutations(self) -> Iterator[tuple[str, str]]:
        """In words, and as statements: gone; each condition, and each part of it, left out."""
        yield "is gone", f"drop policy {self.name} on {self.table}"
        for clause, written in (("using", self.using), ("check", self.check)):
            word = "with check" if clause == "check" else "using"
            for kept, without in _weaker(written):
                if not self._is_second_lock(clause, without):
                    change = f"alter policy {self.name} on {self.table} {word} ({kept})"
                    yield f"{word} without {without}", change

    def _is_second_lock(self, clause: str, without: str) -> bool:
        return any(
            (self.name, clause) == lock[:2] and lock[2] in without and " AND " not in without
            for lock in SECOND_LOCKS
        )


def _weaker(written: str | None) -> Iterator[tuple[str, str]]:
    if written in (None, "true"):
        return
    yield "true", str(written)
    parts = _conjuncts(str(written))
    for left_out in parts if len(parts) > 1 else []:
        yield " and ".join(f"({part})" for part in parts if part != left_out), left_out


def _conjuncts(written: str) -> list[str]:
    """`((a) AND (b))` -> a, b; only where AND joins at the outermost level."""
    inner = written[1:-1] if _wraps(written) else written
    parts, depth, start = [], 0, 0
    for position, sign in enumerate(inner):
        depth += (sign == "(") - (sign == ")")
        if depth == 0 and inner.startswith(" AND ", position):
            parts.append(inner[start:position])
            start = position + len(" AND ")
    return [*parts, inner[start:]]


def _wraps(written: str) -> bool:
    depth = 0
    for position, sign in enumerate(written):
        depth += (sign == "(") - (sign == ")")
        if depth == 0:
            return position == len(written) - 1
    return False
