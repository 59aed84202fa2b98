# Every target makes its own virtual environment when there is none; all it needs is Python 3.11 or newer.
#
#   make demo     the console on made-up tenants         make check    format, lint, types, walls, tests: what CI runs
#   make test     the tests                              make bench    the figures of benchmarks/
#   make cover    every branch of the core is proven     make format   put the code in form
#   make sweep    the property tests, much longer        make shots    the pictures in screenshots/
#
# ARGS is handed on: make test ARGS="tests/scim -k filter", make demo ARGS="--users 2000", make bench ARGS=--quick

VENV ?= .venv
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$python" && break; done)
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
# Two for each core: half of the time a test waits for a screen or a socket.
WORKERS ?= $(shell "$(PYTHON)" -c "import os; print(2 * (os.cpu_count() or 1))")
PYTEST := $(BIN)/python -m pytest -n $(WORKERS)

.DEFAULT_GOAL := check
.PHONY: demo test cover check format lint types walls bench shots sweep

$(READY): pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; name it with PYTHON=…" >&2; exit 1; }
	@echo "setting up $(VENV), once"
	@test -x $(BIN)/python || "$(PYTHON)" -m venv $(VENV)
	@$(PIP) install --editable '.[test]'
	@touch $@

demo: $(READY)
	@$(BIN)/scimtui demo $(ARGS)

test: $(READY)
	$(PYTEST) $(ARGS)

# Random examples are left out: a branch that only they reach is proven on some days.
cover: $(READY)
	$(BIN)/python -m pytest -q tests/scim -m "not hypothesis" --cov

check: lint types walls test cover

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(READY)
	$(BIN)/mypy

walls: $(READY)
	$(BIN)/lint-imports

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(READY)
	@$(PIP) install --editable '.[bench]'
	$(BIN)/python -m benchmarks $(ARGS)

shots: $(READY)
	$(BIN)/python scripts/screenshots.py $(ARGS)

sweep: $(READY)
	SCIMTUI_SWEEP=1 $(PYTEST) tests/scim tests/store tests/ops/test_any_provider.py tests/ops/test_drift.py tests/servers/test_any_real_server.py --timeout=1800 $(ARGS)
