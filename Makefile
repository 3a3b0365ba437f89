# Everything sets itself up: a bare Debian with Python 3.11 and root needs nothing else.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 5000
WORKERS ?= 2
PROGRAMS ?= 1000000

.PHONY: demo test check bench fuzz docs messages services clean

demo: $(VENV)/.demo
	$(BIN)/python -m example_host --port $(PORT)

test: $(VENV)/.complete services
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

check: $(VENV)/.complete
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.meta.messages --check
	$(BIN)/python -m docs.generate --check

bench: $(VENV)/.complete services
	$(BIN)/python -m benchmarks

fuzz: $(VENV)/.complete
	$(BIN)/python -m tests.fuzz_expressions --count $(PROGRAMS)

docs: $(VENV)/.docs
	$(BIN)/python -m docs.generate
	$(BIN)/mkdocs build --strict

messages: $(VENV)/.complete
	$(BIN)/python -m tests.meta.messages --update

services:
	@sh tests/services.sh

$(VENV)/bin/pip:
	@sh tests/python.sh $(PYTHON)
	$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: pyproject.toml hatch_build.py $(wildcard */translations/*/LC_MESSAGES/*.po) | $(VENV)/bin/pip
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[emulator,demo]'
	touch $@

$(VENV)/.complete: $(VENV)/.demo
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[emulator,demo,test,quality]'
	touch $@

$(VENV)/.docs: $(VENV)/.complete
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[docs]'
	touch $@

clean:
	rm -rf $(VENV) instance site dist
