# Every command a person needs. `make` alone lists them.

.DEFAULT_GOAL := help
.PHONY: help setup run test check lint format lock schema bench screenshots fuzz mutants clean

help: ## Show this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 20

setup: ## Install what is missing: system packages, then .venv from the lock
	@sh scripts/setup.sh

run: setup ## Serve EasyTicket on http://127.0.0.1:8001 (PORT=8002 make run for another port)
	@.venv/bin/python -m easyticket.cli.serve

test: ## Run all tests on SQLite, PostgreSQL, Redis and Chromium
	@sh scripts/setup.sh --tests
	@sh scripts/test.sh

check: lint test ## Everything that must be true before a change lands: lint, test, then fuzz with one seed
	@.venv/bin/python -m tests.fuzz --seed 1

fuzz: ## Send the API generated requests, 50 an operation on each database (EXAMPLES=1000 SEED=1 make fuzz)
	@sh scripts/setup.sh --tests
	@.venv/bin/python -m tests.fuzz --examples $(or $(EXAMPLES),50) $(if $(SEED),--seed $(SEED))

mutants: ## Break a copy in one place at a time and see that a test notices (several minutes)
	@sh scripts/setup.sh --tests
	@.venv/bin/python -m tests.mutants $(VARIANTS)

lint: ## Check style, types and which layer imports which
	@sh scripts/setup.sh --tests
	@sh scripts/lint.sh

format: ## Put the code into the one style
	@sh scripts/setup.sh --tests
	@.venv/bin/ruff check --quiet --fix-only . && .venv/bin/ruff format --quiet .

lock: ## Lock the dependencies again after a change to requirements*.in
	@sh scripts/setup.sh --tests
	@sh scripts/lock.sh

schema: setup ## Write docs/api/easyticket.json again after a change to the API
	@.venv/bin/flask schema

bench: ## Measure every list on PostgreSQL with 100,000 events and 1,000,000 tickets (10 minutes; docs/performance.md)
	@sh scripts/setup.sh --tests
	@.venv/bin/python -m scripts.bench
	@.venv/bin/python -m scripts.bench.desks

screenshots: ## Take pictures of the main screens into test-results/screenshots/, the best into docs/images/ (3 minutes)
	@sh scripts/setup.sh --tests
	@.venv/bin/python -m scripts.screenshots

clean: ## Remove .venv and what tools left; var/ with the data stays
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage htmlcov test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
