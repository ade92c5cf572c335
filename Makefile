# Một Cửa. `make run` starts everything, `make test` tries everything; both bring what is missing first.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup run test check bench lock clean
PYTHON_IN_VENV := .venv/bin/python

help: ## this list
	@grep -hE '^[a-z]+:.*##' Makefile | sed -E 's/^([a-z]+):[^#]*## /  make \1\t/' | expand -t 16

setup: ## bring what is missing on this machine
	@tools/setup.sh

run: setup ## start database, sandbox, worker and portal; Ctrl-C stops them
	@exec .venv/bin/portal run

test: ## everything, database and browser included
	@tools/setup.sh --with-tests
	@exec tools/test.sh

check: setup ## format, lint, types, import contracts, templates, licences
	@exec tools/check.sh

bench: setup ## figures as ratios to a bare baseline
	@exec $(PYTHON_IN_VENV) -m tools.bench

lock: setup ## pin what the requirements need (UPGRADE=1: the newest)
	@exec tools/lock.sh

clean: ## remove what can be made again; the instance folder stays
	rm -rf .venv build portal/static/dist portal/static/fonts .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
