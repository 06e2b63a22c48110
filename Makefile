# Two commands do everything: `make app` and `make test`. On Windows, see the plain commands in README.md.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: app test lint type-check train clean

app: .venv/.app
	$(BIN)/effektkedja app

test: .venv/.test
	$(MAKE) lint type-check
	$(BIN)/python -m pytest

lint: .venv/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

type-check: .venv/.test
	$(BIN)/mypy

train: .venv/.test
	$(BIN)/effektkedja train --encoder

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/.app: .venv/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet -e .
	touch $@

.venv/.test: .venv/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet torch==2.13.0
	$(BIN)/python -m pip install --quiet -e '.[train,test]'
	touch $@

clean:
	rm -rf .venv build *.egg-info .pytest_cache .mypy_cache .ruff_cache
