"""Plays a case's expect.json: what is imported, what must then be told as of which day."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Protocol

CASES: Final = Path(__file__).resolve().parent.parent / "data" / "cases"
ACCOUNT: Final = "Case"
# What a figure of a case adds up; every other figure is a bucket of its own.
_SUMS: Final = {
    "open": ("future", "ready"),
    "total": (
        "found",
        "paid_cash",
        "paid_inventory",
        "future",
        "ready",
        "in_progress",
        "expired",
        "denied",
    ),
}


class Hands(Protocol):
    """One way of using the product."""

    def bring(self, files: Sequence[Path], channel: str, asked: tuple[str, str] | None) -> None:
        """Import files; asked: the first and last day that they were asked for."""

    def ask(self, question: str, as_of: str) -> list[dict[str, Any]]:
        """The rows of `totals` or `discrepancies` as of a day."""


@dataclass(frozen=True)
class Play:
    """One case, or one of its variants."""

    case: str
    variant: str
    imports: tuple[dict[str, Any], ...]
    checks: tuple[dict[str, Any], ...]
    may_reject: bool

    @property
    def name(self) -> str:
        """What a test is called by."""
        return f"{self.case} {self.variant}".strip()


def plays() -> Iterator[Play]:
    """Every case that says what it expects, each variant for itself."""
    for path in sorted(CASES.glob("*/expect.json")):
        said = json.loads(path.read_text("utf-8"))
        for variant in said.get("variants") or [{"name": "", "imports": [], "checks": []}]:
            yield Play(
                path.parent.name,
                variant["name"],
                (*said["imports"], *variant["imports"]),
                (*said["checks"], *variant["checks"]),
                said.get("reject_ok", False),
            )


def play(hands: Hands, one: Play) -> None:
    """Import and check in the case's own order. Every check that fails is told, not the first."""
    for said in one.imports:
        _bring(hands, one.case, said)
    wrong = [line for check in one.checks for line in _step(hands, one.case, check)]
    assert not wrong, "\n" + "\n".join(wrong)


def _step(hands: Hands, case: str, check: Mapping[str, Any]) -> list[str]:
    if "import" in check:
        _bring(hands, case, check["import"])
        return []
    rows = [row for row in hands.ask(check["of"], check["as_of"]) if _is(row, check["where"])]
    told = {figure: measure(rows, figure) for figure in check["expect"]}
    right = {figure: Decimal(str(value)) for figure, value in check["expect"].items()}
    if told == right:
        return []
    said = {figure: str(value) for figure, value in told.items()}
    return [f"{check['as_of']} {check['of']} {check['where']}: {check['expect']}, not {said}"]


def _bring(hands: Hands, case: str, said: Mapping[str, Any]) -> None:
    asked = (said["from"], said["to"]) if "from" in said else None
    hands.bring([CASES / case / name for name in said["files"]], said["channel"], asked)


def _is(row: Mapping[str, Any], where: Mapping[str, str]) -> bool:
    return all(row[name] == value for name, value in where.items())


def measure(rows: Iterable[Mapping[str, Any]], figure: str) -> Decimal:
    """`units.open` and the like over all rows; an amount that is unknown adds nothing."""
    part, name = figure.split(".")
    parts = [row[part][bucket] for row in rows for bucket in _SUMS.get(name, (name,))]
    return sum((Decimal(str(value)) for value in parts if value is not None), Decimal(0))
