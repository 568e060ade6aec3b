# AI Sales Operator. `make` alone lists what there is.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
# Any Python 3.11 that is found; make PYTHON=/path/to/python3.11 takes another.
IS_311 := import sys; sys.exit(sys.version_info[:2] != (3, 11))
PYTHON ?= $(shell for p in python3.11 python3; do \
	$$p -c '$(IS_311)' 2>/dev/null && command -v $$p && break; done)

# Bytecode is kept whatever the shell says: each process of a test run, and each role that a test
# starts, would compile all modules anew.
unexport PYTHONDONTWRITEBYTECODE

LOCALES := $(shell find locales -name '*.po' 2>/dev/null)
PAGES := $(shell find webapp/src webapp/public webapp/index.html webapp/vite.config.ts \
	-type f 2>/dev/null)

say = @printf '\n\033[1m— %s\033[0m\n' "$(1)"
step = @printf '\n— %s\n' "$(1)"

.PHONY: help
help: ## list the commands
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# --- Set-up: stamps make the second time instant -----------------------------------------------

.PHONY: setup
setup: $(VENV)/.installed $(VENV)/.locales webapp/dist/.built ## .venv, locked packages, texts, Mini App

$(VENV)/.installed: requirements-dev.lock
	$(call say,Python: .venv and the locked packages)
	@"$(PYTHON)" -c '$(IS_311)' 2>/dev/null || \
		{ echo "Python 3.11 is needed and not found: make PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes \
		--requirement requirements-dev.lock
	@$(PY) -c 'import pathlib, sysconfig; \
		site = pathlib.Path(sysconfig.get_path("purelib"), "sales_operator.pth"); \
		site.write_text(str(pathlib.Path.cwd()) + "\n")'
	@printf '#!/bin/sh\nexec "$$(dirname "$$0")/python" -m cli.main "$$@"\n' > $(BIN)/sales-operator
	@chmod +x $(BIN)/sales-operator
	@touch $@

$(VENV)/.locales: $(LOCALES) | $(VENV)/.installed
	$(call say,texts: compile locales)
	@if [ -n "$(LOCALES)" ]; then $(BIN)/pybabel --quiet compile --directory locales; fi
	@touch $@

webapp/node_modules/.installed: webapp/package-lock.json
	$(call say,Mini App: the locked packages)
	@command -v npm >/dev/null || { echo "Node 20 is needed and npm is not found"; exit 1; }
	@cd webapp && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

webapp/dist/.built: webapp/node_modules/.installed $(PAGES)
	$(call say,Mini App: build)
	@cd webapp && npm run --silent build
	@touch $@

# --- Use ----------------------------------------------------------------------------------------

.PHONY: run
run: setup ## start the whole product (sandbox and demo store without a bot token)
	$(call say,run: Ctrl-C stops everything)
	@exec $(BIN)/sales-operator run

.PHONY: test
test: setup ## every test, on real Postgres and Redis (args="-k name" for some)
	$(call say,test)
	@$(PY) -m pytest --numprocesses auto --dist worksteal -m "not e2e and not exam" $(args)

.PHONY: exams
exams: setup ## the tests that are minutes of load: the running product, killed again and again
	$(call say,exams)
	@$(PY) -m pytest -m exam $(args)

.PHONY: e2e
e2e: setup ## browser tests in Chromium
	$(call say,browser tests)
	@sh .ci/chromium $(PY)
	@$(PY) -m pytest -m e2e $(args)

.PHONY: bench
bench: setup ## benchmarks beside their floors, at most 15 minutes
	$(call say,benchmarks)
	@$(PY) -m bench

.PHONY: bench-autosend
bench-autosend: setup ## the exams of licence and breaker on simulated stores
	$(call say,licence and breaker)
	@$(PY) -m bench.autosend

.PHONY: bench-scale
bench-scale: setup ## the benchmarks at 1,000,000 rows
	$(call say,benchmarks at 1,000,000 rows)
	@$(PY) -m bench --scale

.PHONY: check
check: setup ## format, lint, types, imports, dead code, migrations, locales, Mini App
	$(call step,format)
	@$(BIN)/ruff format --check --quiet .
	$(call step,lint)
	@$(BIN)/ruff check --quiet .
	$(call step,types)
	@$(BIN)/mypy
	$(call step,import contracts)
	@$(BIN)/lint-imports --no-logo
	$(call step,dependencies)
	@$(BIN)/deptry .
	$(call step,rules of the house: dead code; migrations equal models; locales complete)
	@$(PY) -m pytest --quiet tests/architecture
	$(call step,Mini App)
	@cd webapp && npm run --silent check
	@touch webapp/dist/.built
	$(call step,all checks passed)

.PHONY: eval
eval: setup ## how good the answers are: a table of sets and figures (args="numbers" for some)
	$(call say,evaluation)
	@$(PY) -m eval $(args)

.PHONY: migrate
migrate: setup ## bring the database to the newest schema
	$(call say,migrate)
	@$(BIN)/sales-operator migrate

.PHONY: migration
migration: setup ## write a new migration from the models: make migration m="what it does"
	$(call say,new migration)
	@test -n "$(m)" || { echo 'say what it does: make migration m="Add a column"'; exit 1; }
	@$(PY) -m cli.new_migration "$(m)"

.PHONY: lock
lock: $(VENV)/.installed ## pin every package anew: versions and hashes, no registry address
	$(call say,lock: Python)
	@$(BIN)/uv pip compile --quiet --upgrade --python-version 3.11 --generate-hashes --no-header \
		--no-emit-index-url pyproject.toml --output-file requirements.lock
	@$(BIN)/uv pip compile --quiet --upgrade --python-version 3.11 --generate-hashes --no-header \
		--no-emit-index-url pyproject.toml --group dev --constraint requirements.lock \
		--output-file requirements-dev.lock
	$(call say,lock: Mini App)
	@cd webapp && npm run --silent lock

.PHONY: i18n
i18n: $(VENV)/.installed ## compile the texts and say what is missing
	$(call say,texts)
	@$(BIN)/pybabel --quiet compile --statistics --directory locales
	@touch $(VENV)/.locales
	@$(PY) -m pytest --quiet tests/architecture/test_locales.py

.PHONY: shell
shell: setup ## a Python prompt with the product's settings and await
	$(call say,shell)
	@PYTHONSTARTUP= $(PY) -m asyncio

.PHONY: reset
reset: $(VENV)/.installed ## empty var/ (make reset live=1: the live data as well)
	$(call say,reset)
	@$(BIN)/sales-operator reset $(if $(live),--live)
