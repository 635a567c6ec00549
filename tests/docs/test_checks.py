"""The hooks before a commit check what CI checks, neither more nor less."""

import re
from pathlib import Path
from typing import Final

import yaml

PROJECT: Final = Path(__file__).parents[2]
MAKEFILE: Final = (PROJECT / "Makefile").read_text("utf-8")
CONFIG: Final = yaml.safe_load((PROJECT / ".pre-commit-config.yaml").read_text("utf-8"))
HOOKS: Final = [hook for repo in CONFIG["repos"] for hook in repo["hooks"]]


def test_hooks_are_the_checks_of_make() -> None:
    [checks] = re.findall(r"^CHECKS := (.+)$", MAKEFILE, re.MULTILINE)
    assert [hook["id"] for hook in HOOKS] == checks.split()
    for hook in HOOKS:
        assert hook["entry"] == f"make --silent {hook['id']}"


def test_hooks_fetch_nothing() -> None:
    assert {repo["repo"] for repo in CONFIG["repos"]} == {"local"}
    assert {hook["language"] for hook in HOOKS} == {"system"}


def test_ci_checks_before_it_tests() -> None:
    assert "make test" in (PROJECT / ".ci/run").read_text("utf-8")
    assert re.search(r"^test:.*\bcheck$", MAKEFILE, re.MULTILINE)
