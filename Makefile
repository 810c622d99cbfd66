# Every command of the project. Only python3 (3.11 or newer, with venv) and make are needed to begin.
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
WORKERS ?= 3

BIN := .venv/bin
DATABASE := var/tracker.db
SEND_TRACKER := $(BIN)/send-tracker
PYTEST := $(BIN)/python -m pytest
# What the demonstration needs: nothing secret, and data that survives a restart.
DEMO := SEND_TRACKER_ENVIRONMENT=demo SEND_TRACKER_DATABASE_URL=sqlite:///$(DATABASE)
# Copying works on every file system; the interpreter is the one that make was given, never a downloaded one.
export UV_LINK_MODE := copy
export UV_PYTHON_DOWNLOADS := never
UV := $(BIN)/uv --quiet
UV_COMPILE := $(UV) pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
# Installs exactly the lock files named, compiled to bytecode, then the project itself as an editable package.
define install
	$(UV) pip sync --python $(BIN)/python --require-hashes --compile-bytecode requirements-build.lock $(1)
	$(UV) pip install --python $(BIN)/python --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q app
endef

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help
help:  ## Lists every command
	@grep -hE '^[a-z][a-z-]*:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

# --- Building ---------------------------------------------------------------------------------------------

.PHONY: setup
setup: .venv/.setup  ## Builds .venv from the lock files, the project included

.venv/.setup: requirements-build.lock requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	  || { echo '$(PYTHON) must be Python 3.11 or newer with its venv module (Debian: apt-get install python3-venv).'; exit 1; }
	@$(BIN)/python -c '' 2>/dev/null || $(PYTHON) -m venv --clear .venv
	@$(BIN)/uv --version >/dev/null 2>&1 \
	  || $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-build.lock
	$(call install,requirements.lock)
	@touch $@

.venv/.test: .venv/.setup requirements-test.lock
	$(call install,requirements-test.lock)
	@touch $@

.PHONY: browser
browser:  ## Installs Chromium, where no browser is found, with apt-get
	@tests/install.sh browser

.PHONY: lock
lock: .venv/.setup  ## Writes the lock files anew from pyproject.toml (UPGRADE=--upgrade for newer versions)
	$(UV_COMPILE) $(UPGRADE) --group pyproject.toml:build --output-file requirements-build.lock
	$(UV_COMPILE) $(UPGRADE) --output-file requirements.lock pyproject.toml
	$(UV_COMPILE) $(UPGRADE) --constraints requirements.lock --group test --output-file requirements-test.lock pyproject.toml

.PHONY: clean
clean:  ## Removes everything that was built; the demonstration's data in var/ stays
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache htmlcov .coverage .coverage.*
	find app tests bench -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# --- Running ----------------------------------------------------------------------------------------------

.PHONY: run
run: .venv/.setup  ## Serves the sample on HOST (127.0.0.1) and PORT (8000); data is kept in var/
	@mkdir -p var
	@$(DEMO) $(SEND_TRACKER) migrate
	@$(DEMO) $(SEND_TRACKER) demo
	@$(DEMO) exec $(SEND_TRACKER) serve --host $(HOST) --port $(PORT)

# --- Checking ---------------------------------------------------------------------------------------------

.PHONY: check
check: .venv/.test  ## Reads the code: ruff, its format, mypy strict, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Counting lines makes Python a third slower: what runs the same lines again (tests/conftest.py) goes without.
.PHONY: test
test: check browser  ## Runs check and all tests on both databases and in a browser, with the coverage gate
	$(PYTEST) -n $(WORKERS) --dist loadfile -m "uncounted and not long"
	$(PYTEST) -n $(WORKERS) --dist loadfile -m "not uncounted and not long" --cov --cov-report=term

.PHONY: test-fast
test-fast: .venv/.test  ## Runs the tests of the rules, the services and the code on SQLite, no browser
	$(PYTEST) -n $(WORKERS) --dist loadfile -m "not long and not browser" --databases sqlite

.PHONY: test-long
test-long: .venv/.test browser  ## Runs the slow rounds: the image and the composition, soak, faults, many examples
	@tests/install.sh nginx
	@tests/install.sh office
	$(PYTEST) -m long

.PHONY: bench
bench: .venv/.test  ## Measures the service on both databases against a bare route
	$(BIN)/python -m bench

# --- Generated files --------------------------------------------------------------------------------------

.PHONY: format
format: .venv/.test  ## Formats the code and repairs what ruff can repair
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: openapi
openapi: .venv/.setup  ## Writes openapi/openapi.json from the code
	@mkdir -p openapi var
	@$(DEMO) $(SEND_TRACKER) openapi > var/openapi.json
	@mv var/openapi.json openapi/openapi.json

.PHONY: examples
examples: .venv/.test  ## Records the answers of the sample that the contract shows as examples (then: make openapi)
	$(BIN)/python -m tests.recording > /dev/null

.PHONY: release-contract
release-contract: .venv/.test  ## Keeps openapi/openapi.json as the released contract, if it breaks no program
	$(BIN)/python -m tests.breaking
	cp openapi/openapi.json openapi/released/$$($(BIN)/python -c 'import json; print(json.load(open("openapi/openapi.json"))["info"]["version"])').json

.PHONY: pictures
pictures: .venv/.test browser  ## Takes the pictures in docs/pictures anew
	$(BIN)/python -m tests.pictures
