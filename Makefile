# make up      everything, with sample data, on this machine
# make test    lint, types, import contracts and all tests
# make bench   the benchmarks: ratios against a baseline of the same run
# make torture the kill and fuzz tests with full counts
# make docs    write the generated documents anew
# make bundle  one archive in dist/, from which a server without internet installs
# make lock    pin the requirements anew (needs uv)

VENV := .venv
BIN := $(VENV)/bin
SHELL := /bin/sh

.PHONY: up test bench torture docs bundle lock

up: $(VENV)/runtime
	@$(BIN)/poruchenie up --demo

test: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m pytest -n 3 --dist loadgroup

torture: $(VENV)/dev
	PORUCHENIE_TORTURE=1 $(BIN)/python -m pytest -n 3 --dist loadgroup

bench: $(VENV)/dev .venv-bench/installed
	PREFECT_LOGGING_LEVEL=ERROR $(BIN)/python -m tests.bench

docs: $(VENV)/dev
	$(BIN)/python -m tests.documents

bundle: $(VENV)/runtime
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
lock:
	$(LOCK) pyproject.toml --group build -o requirements.lock
	$(LOCK) pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
	$(LOCK) tests/bench/requirements.in -o tests/bench/requirements.lock
