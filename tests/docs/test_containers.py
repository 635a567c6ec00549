"""The images and what compose makes of them name only what there is."""

import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import typer
import yaml

from server.routes import database_readiness, routes
from services.__main__ import app
from services.settings import Settings

PROJECT: Final = Path(__file__).parents[2]
DOCKERFILE: Final = (PROJECT / "Dockerfile").read_text("utf-8")
COMPOSE: Final[dict[str, Any]] = yaml.safe_load((PROJECT / "compose.yaml").read_text("utf-8"))
SERVICES: Final[dict[str, dict[str, Any]]] = COMPOSE["services"]
# Its options, with what stands in quotes behind them, then the service.
TO_A_SERVICE: Final = re.compile(
    r"docker compose (?:exec|run|stop|start|logs|build|up)(?: --?[\w-]+(?: \"[^\"]+\")?)* ([a-z]+)"
)
SETTINGS: Final = {name.upper() for name in Settings.model_fields}
# What Python itself reads, and what PostgreSQL's start makes the owner with.
NO_SETTINGS: Final = {"PATH", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "DATABASE_PASSWORD"}


def _instructions() -> Iterator[tuple[str, str, str]]:
    """Of each its stage, its first word and the rest."""
    whole = re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", DOCKERFILE, flags=re.MULTILINE))
    stage = ""
    for line in filter(None, map(str.strip, whole.splitlines())):
        word, _, rest = line.partition(" ")
        stage = rest.rpartition(" AS ")[2] if word == "FROM" else stage
        yield stage, word, rest


def _said(word: str, *stages: str) -> list[str]:
    """What the instructions of a word say, in some stages or in all."""
    return [rest for at, said, rest in _instructions() if said == word and at in (stages or {at})]


def _copied(*stages: str) -> list[str]:
    """From the project, not from another stage."""
    copies = [rest.split() for rest in _said("COPY", *stages) if not rest.startswith("--from=")]
    return [source.rstrip("/") for *sources, _ in copies for source in sources]


def test_images_copy_what_there_is_and_what_is_let_in() -> None:
    let_in = {
        line[1:].rstrip("/")
        for line in (PROJECT / ".dockerignore").read_text("utf-8").splitlines()
        if line.startswith("!")
    }
    for name in _copied():
        assert (PROJECT / name).exists(), name
        assert any(name == one or one.startswith(f"{name}/") for one in let_in), name
    assert all((PROJECT / one).exists() for one in let_in)


def test_every_room_of_the_product_is_in_the_image() -> None:
    declared = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))
    rooms = set(declared["tool"]["importlinter"]["root_packages"])
    assert rooms <= set(_copied("app"))


def test_scripts_of_images_can_be_run() -> None:
    for script in (PROJECT / "deploy").iterdir():
        tracked = ["git", "ls-files", "--stage", "--", str(script)]
        told = subprocess.run(tracked, cwd=PROJECT, check=True, capture_output=True, text=True)
        assert told.stdout.startswith("100755"), script
        subprocess.run(["sh", "-n", str(script)], check=True)


def test_images_and_compose_set_only_settings_that_there_are() -> None:
    named = set(re.findall(r"\b([A-Z_]+)=", " ".join(_said("ENV"))))
    for service in SERVICES.values():
        named |= set(service.get("environment", {}))
    assert named <= SETTINGS | NO_SETTINGS


def test_programs_run_as_users_without_rights() -> None:
    for stage in ("app", "database"):
        assert not _said("USER", stage)[-1].startswith(("0", "root"))
    for name, service in SERVICES.items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["read_only"], name


@pytest.mark.parametrize("name", SERVICES)
def test_compose_builds_stages_and_keeps_volumes_that_there_are(name: str) -> None:
    service = SERVICES[name]
    stage = service["build"]["target"]
    assert stage in {rest.rpartition(" AS ")[2] for rest in _said("FROM")}
    names, folders = zip(*(volume.split(":") for volume in service["volumes"]), strict=True)
    assert set(names) <= set(COMPOSE["volumes"])
    assert list(folders) == _said("VOLUME", stage)


def test_commands_of_the_images_are_ours() -> None:
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    *python, name = SERVICES["worker"]["command"]
    assert python == ["python", "-m", "services"]
    assert name in commands
    assert _said("CMD", "app") == ['["python", "asgi.py"]']
    assert (PROJECT / "asgi.py").exists()


def test_health_is_asked_where_the_server_answers() -> None:
    [asked] = _said("HEALTHCHECK", "app")
    port, path = re.findall(r"http://127\.0\.0\.1:(\d+)(/[\w/]+)", asked)[0]
    assert path in {route.path for route in routes(database_readiness, "")}
    assert [port] == _said("EXPOSE", "app")
    assert port == SERVICES["app"]["environment"]["PORT"]
    assert SERVICES["app"]["ports"] == [f"127.0.0.1:{port}:{port}"], "a proxy is to stand before it"


def test_the_documents_name_services_of_compose() -> None:
    guide = (PROJECT / "docs/operating.md").read_text("utf-8")
    named = TO_A_SERVICE.findall(guide)
    assert "app" in named
    assert set(named) <= set(SERVICES)
