"""What the documents name exists, and what exists is named in them."""

import re
import subprocess
import tomllib
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import click
import pytest
import typer
from pydantic_settings import BaseSettings

from services import VERSION
from services.__main__ import app
from services.marketplaces.registry import FORMATS
from tests.docs.reading import GUIDES, PROJECT, code_in, rows_of

DECLARED: Final[dict[str, Any]] = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))
# The product's and, each in its folder, the marketplaces'.
SETTINGS: Final = {
    name.upper()
    for kind in BaseSettings.__subclasses__()
    if kind.__module__.startswith("services.")
    for name in kind.model_fields
}
# In capitals like a setting, and none: what the database's own image and marketplaces have.
NO_SETTING: Final = re.compile(r"DATABASE_PASSWORD|GET_.+")
IN_CAPITALS: Final = re.compile(r"^([A-Z]+(?:_[A-Z]+)+)(?==|$)", re.MULTILINE)
COMMAND: Final = re.compile(r"\bpython -m services((?: +[^\s`|)]+)*)")
MODULE: Final = re.compile(r"python -m ((?:benchmarks|tests|services)(?:\.\w+)*)")
# What is delivered: a folder that only a run makes (.data, .venv) may not be there yet.
FOLDERS: Final = {
    name.partition("/")[0]
    for name in subprocess.run(
        ["git", "ls-files"], cwd=PROJECT, check=True, capture_output=True, text=True
    ).stdout.splitlines()
    if "/" in name
}
# A path of ours, alone or within a command.
_PATH: Final = re.compile(
    rf"(?<![\w./-])(?:{'|'.join(map(re.escape, sorted(FOLDERS)))})/[\w./-]+\w/?"
)
each_guide: Final = pytest.mark.parametrize("document", GUIDES, ids=lambda page: page.name)


def test_settings_stand_in_the_readme() -> None:
    rows = rows_of(PROJECT / "README.md", "name", "meaning")
    listed = [name for row in rows for name in re.findall(r"`([A-Z_]+)`", row[0])]
    assert sorted(listed) == sorted(SETTINGS)


@each_guide
def test_settings_that_are_named_exist(document: Path) -> None:
    """In capitals with a dash, alone or with a value, is a setting: or a name in the code."""
    words = {name for code in code_in(document) for name in IN_CAPITALS.findall(code)}
    unknown = {name for name in words - SETTINGS if not NO_SETTING.fullmatch(name)}
    assert not {name for name in unknown if not _is_in_the_code(name)}


def _is_in_the_code(name: str) -> bool:
    found = ["git", "grep", "--quiet", "--word-regexp", name, "--", "*.py"]
    return subprocess.run(found, cwd=PROJECT, check=False).returncode == 0


def _commands() -> dict[str, click.Command]:
    """Ours by their words, such as `people invite`."""
    top = typer.main.get_command(app)
    named: dict[str, click.Command] = {}
    for name, command in top.commands.items():  # type: ignore[attr-defined]
        named[name] = command
        named |= {f"{name} {one}": each for one, each in getattr(command, "commands", {}).items()}
    return named


def _named(code: str) -> Iterator[tuple[str, list[str]]]:
    """The commands that a piece of code names, each with its words."""
    for line in code.replace("\\\n", " ").splitlines():
        for found in COMMAND.finditer(line):
            words = found[1].split()
            if words and words[0] != "…":
                yield words[0], words[1:]


@each_guide
def test_commands_that_are_named_exist(document: Path) -> None:
    commands = _commands()
    for name, words in (each for code in code_in(document) for each in _named(code)):
        assert name in commands, name
        longer = f"{name} {words[0]}" if words else name
        command = commands.get(longer, commands[name])
        options = {option for one in command.params for option in one.opts}
        given = {word.strip("[]") for word in words if word.strip("[]").startswith("--")}
        assert given <= options, (longer, given - options)


def test_every_command_is_named() -> None:
    named = {name for page in GUIDES for code in code_in(page) for name, _ in _named(code)}
    commands = _commands()
    assert {name.partition(" ")[0] for name in commands} == named
    people = (PROJECT / "docs/sign-in.md").read_text("utf-8")
    for name in commands:
        group, _, inner = name.partition(" ")
        assert group != "people" or re.search(rf"`(?:people )?{inner}`", people), name


@each_guide
def test_modules_and_files_that_are_named_exist(document: Path) -> None:
    for code in code_in(document):
        for name in MODULE.findall(code):
            assert find_spec(name), name
        for name in _PATH.findall(code):
            assert (PROJECT / name).exists(), name


def test_make_goals_that_are_named_exist_and_each_is_named() -> None:
    makefile = (PROJECT / "Makefile").read_text("utf-8")
    [phony] = re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    code = [part for page in GUIDES for part in code_in(page)]
    named = {goal for part in code for goal in re.findall(r"\bmake ([a-z]+)", part)}
    assert named == set(phony.split())


def test_report_kinds_stand_where_importing_is_told() -> None:
    rows = rows_of(PROJECT / "docs/importing.md", "report", "where it comes from")
    told = [row[0] for row in rows]
    for label in (report.label for report in FORMATS):
        assert any(re.match(rf"{re.escape(label)}(?:[,(\s]|$)", each) for each in told), label
    assert len(told) == len(FORMATS)


def test_every_room_of_the_product_stands_in_the_readme() -> None:
    roots = set(DECLARED["tool"]["importlinter"]["root_packages"]) - {"services"}
    inside = {room.parent.name for room in (PROJECT / "services").glob("*/__init__.py")}
    rooms = {f"{root}/" for root in roots} | {f"services/{room}" for room in inside}
    told = [row[0] for row in rows_of(PROJECT / "README.md", "layer", "what", "may import")]
    assert {room for each in told for room in re.findall(r"`([\w/]+)`", each)} == rooms


def test_the_changelog_begins_with_this_version() -> None:
    titles = re.findall(r"^## \[(.+?)\]", (PROJECT / "CHANGELOG.md").read_text("utf-8"), re.M)
    assert titles[:2] == ["Unreleased", DECLARED["project"]["version"]]
    assert DECLARED["project"]["version"] == VERSION
