VENV := .venv
BIN := $(VENV)/bin
SHELL := /bin/sh

.PHONY: help up check test test-one format coverage torture bench docs bundle lock

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-9s %s\n", $$1, $$2}' Makefile

up: $(VENV)/runtime ## everything, with sample data, on this machine
	@$(BIN)/poruchenie up --demo

check: $(VENV)/dev ## in two minutes: lint, types, import contracts, documents, and the quick tests on SQLite
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n auto --quick

test: $(VENV)/dev ## in a quarter of an hour: lint, types, import contracts and all tests on both databases
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m pytest -n 3 --dist loadgroup

test-one: $(VENV)/dev ## the tests that T names: make test-one T=tests/states
	$(if $(T),,$(error Say which: make test-one T=tests/states))
	$(BIN)/python -m pytest $(T)

format: $(VENV)/dev ## put code and imports in form
	$(BIN)/ruff check --quiet --select I --fix .
	$(BIN)/ruff format .

coverage: $(VENV)/dev ## which branches no test takes; fails below the floor in pyproject.toml
	$(BIN)/python -m pytest -n 3 --dist loadgroup --cov --cov-report=term:skip-covered

torture: $(VENV)/dev ## the kill and fuzz tests with full counts
	PORUCHENIE_TORTURE=1 $(BIN)/python -m pytest -n 3 --dist loadgroup

bench: $(VENV)/dev .venv-bench/installed ## the benchmarks: ratios against a baseline of the same run
	PREFECT_LOGGING_LEVEL=ERROR $(BIN)/python -m tests.bench

docs: $(VENV)/dev ## write the generated documents anew
	$(BIN)/python -m tests.documents

bundle: $(VENV)/runtime ## one archive in dist/, from which a server without internet installs
	@sh deploy/make-bundle $(BIN)/python

# The locks are complete, so pip need resolve nothing; an older pip's resolver stumbles over extras of hashed pins.
define install
	@echo "Installing into $(1) ($(2))…"
	@$(1)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $(2)
endef

$(VENV)/bin/python:
	@sh deploy/make-venv $(VENV)

$(VENV)/runtime: $(VENV)/bin/python requirements.lock pyproject.toml
	$(call install,$(VENV),requirements.lock)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/dev: $(VENV)/runtime requirements-dev.lock
	$(call install,$(VENV),requirements-dev.lock)
	@touch $@

.venv-bench/installed: tests/bench/requirements.lock
	@sh deploy/make-venv .venv-bench
	$(call install,.venv-bench,tests/bench/requirements.lock)
	@touch $@

LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate
lock: ## pin the requirements anew (needs uv)
	$(LOCK) pyproject.toml --group build -o requirements.lock
	$(LOCK) pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
	$(LOCK) tests/bench/requirements.in -o tests/bench/requirements.lock
