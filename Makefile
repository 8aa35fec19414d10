# make demo runs the main job; make test passes the tests; both set up first, which costs nothing the second time.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
# How many processes share the tests; each that runs clouds takes about a GiB.
PROCESSES ?= 2

.PHONY: setup demo gamedays test plan bench lint site clean

setup: $(STAMP)

$(STAMP): requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Isthmus needs Python 3.11 or newer; $(PYTHON) is older. Name another with: make PYTHON=python3.12 setup" >&2; exit 1; }
	@echo "Setting up $(VENV) (about half a minute the first time)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

demo: setup
	@$(BIN)/isthmus demo

test: setup
	@$(BIN)/python -m pytest --numprocesses $(PROCESSES) --no-loadscope-reorder

gamedays: setup
	@$(BIN)/isthmus gameday run --all --out build/gamedays

plan: setup
	@$(BIN)/isthmus check --step plan

bench: setup
	@$(BIN)/python bench/run.py

lint: setup
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports --no-cache

site: setup
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet && echo build/site/index.html

clean:
	@rm -rf $(VENV) build .isthmus
