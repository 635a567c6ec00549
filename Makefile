# Two commands: `make run` shows the product, `make test` proves it. README.md says what each does,
# CONTRIBUTING.md the others.

PYTHON ?= python3
BIN := .venv/bin
# The tests start many processes: what the first one has compiled, the others read, and none keeps
# a pool of threads for files of a few rows.
unexport PYTHONDONTWRITEBYTECODE
test: export POLARS_MAX_THREADS := 1

.PHONY: run connected test check lint format types layers compose hooks lock chromium

run: .venv/installed
	$(BIN)/python asgi.py

# The same on marketplaces of our own making, to see how reports come by themselves.
connected: .venv/installed-dev
	$(BIN)/python -m tests.fakes

test: .venv/installed-dev chromium check
	$(BIN)/python -m pytest -n 3 --dist loadgroup

# What CI checks, and a commit where the hooks are installed: each check stands here, once.
CHECKS := lint format types layers compose
check: $(CHECKS)

$(CHECKS) hooks: .venv/installed-dev

lint:
	$(BIN)/ruff check .

format:
	$(BIN)/ruff format --check .

types:
	$(BIN)/mypy

layers:
	$(BIN)/lint-imports

compose:
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec compose.yaml

# From then on each commit is checked as CI does (.pre-commit-config.yaml).
hooks:
	$(BIN)/pre-commit install

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/installed: .venv/bin/python requirements.txt
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.txt
	touch $@

.venv/installed-dev: .venv/installed requirements-dev.txt
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.txt
	touch $@

# The browser that the journeys drive: Debian's own package, no download of another build.
chromium:
	@command -v chromium >/dev/null || { \
		SUDO=$$([ "$$(id -u)" = 0 ] || echo sudo); \
		$$SUDO apt-get update -qq && $$SUDO apt-get install -y -qq --no-install-recommends chromium; }

# Rewrites both locks from the .in files; needs uv.
lock:
	uv pip compile --quiet --no-header --no-emit-index-url --no-emit-find-links --generate-hashes --upgrade requirements.in -o requirements.txt
	uv pip compile --quiet --no-header --no-emit-index-url --no-emit-find-links --generate-hashes --upgrade requirements-dev.in -o requirements-dev.txt
