# The tracker's commands. `make` alone lists them. Each sets up .venv by itself; Python 3.11+, make and git suffice.

SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON := .venv/bin/python
MANAGE := $(PYTHON) manage.py
PORT ?= 8000
WORKERS ?= 2
export PORT

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: .venv/local ## set up and run the tracker at http://127.0.0.1:8000/ (or PORT=)
	@exec $(PYTHON) -m aichina.local

test: .venv/dev ## all tests but the heavy ones, in under ten minutes
	@bash scripts/find_test_tools.sh
	$(PYTHON) -m pytest -n $(WORKERS) $(ARGS)

torture: .venv/dev ## the heavy tests: hundreds of kills, all examples
	@bash scripts/find_test_tools.sh
	HYPOTHESIS_PROFILE=torture $(PYTHON) -m pytest -n $(WORKERS) -m "torture or hypothesis" $(ARGS)

lint: .venv/dev ## style, types, import contracts, migrations, deployment checks
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m scripts.production mypy
	.venv/bin/lint-imports
	$(PYTHON) -m scripts.production manage.py makemigrations --check --dry-run
	$(PYTHON) -m scripts.production manage.py check --deploy --fail-level WARNING
	$(PYTHON) -m scripts.production manage.py spectacular --validate --fail-on-warn --file /dev/null

verify: .venv/local ## recompute the running tracker's event log
	@$(MANAGE) verify

rebuild-check: .venv/local ## hold every table of the running tracker against the log
	@$(MANAGE) rebuild --check

bench: .venv/dev ## measured claims, each beside a peer in the same run
	$(PYTHON) -m benchmarks

describe: .venv/dev ## write the API's description, and the Python client's types, anew from the code
	$(PYTHON) -m scripts.production manage.py spectacular --format openapi-json --file docs/openapi.json
	$(PYTHON) -m scripts.client_types < docs/openapi.json

requirements: .venv/dev ## compile requirements*.in into pinned requirements*.txt
	for name in requirements requirements-local requirements-dev; do \
		.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
			--no-emit-index-url --no-emit-find-links --no-header $$name.in -o $$name.txt || exit; \
	done

# A virtual environment that was not finished has no stamp, and is made again.
.venv/local: requirements-local.txt
	@bash scripts/make_venv.sh requirements-local.txt .venv/local

.venv/dev: requirements-dev.txt
	@bash scripts/make_venv.sh requirements-dev.txt .venv/dev
	@touch .venv/local

.PHONY: help run test torture lint verify rebuild-check bench describe requirements
