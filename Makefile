# Every target makes its own environment first (bin/bootstrap), so each works on a fresh clone.
#   make run PORT=9000     make test ARGS="-k compare -x"     DATABASE_URL=postgres://… make test

python := .venv/bin/python
code := aisrace articles comments experts faults tests manage.py $(wildcard benchmarks)
# Only Django's own templates: the public ones are Jinja's.
templates := $(shell find templates/desk articles comments experts -name '*.html' 2>/dev/null)
ARGS ?=
# More than small machines have cores: a test that waits for a browser or a database leaves its core to another.
processes := 4

# Settings may stand before make or behind it.
export HOST PORT DATABASE_URL DATA_DIR PYTHON CHROMIUM FAULTS

.PHONY: help run test faults lint format bench lock clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' Makefile | expand -t 16

run: ## serve the site with its demo content on HOST:PORT (127.0.0.1:8000)
	@bin/bootstrap run && exec $(python) -m aisrace.localserver

test: ## run the tests; ARGS goes to pytest
	@bin/bootstrap dev && exec $(python) -m pytest -n $(processes) $(ARGS)

faults: ## break what is around the site while it is used; FAULTS=long for a release
	@bin/bootstrap dev && exec $(python) -m pytest $(ARGS) faults

lint: ## check style, types, templates, migrations and settings
	@bin/bootstrap dev
	$(python) -m ruff check $(code)
	$(python) -m ruff format --check $(code)
	$(python) -m mypy
	$(if $(templates),.venv/bin/djade --check --target-version 6.1 $(templates))
	$(python) manage.py makemigrations --check --dry-run
	$(python) manage.py check --fail-level WARNING

format: ## bring code and templates into shape
	@bin/bootstrap dev
	$(python) -m ruff check --fix $(code)
	$(python) -m ruff format $(code)
	$(if $(templates),.venv/bin/djade --target-version 6.1 $(templates))

bench: ## measure pages and comparisons on this machine
	@bin/bootstrap dev && exec $(python) -m benchmarks $(ARGS)

lock: ## pin requirements anew (needs uv)
	bin/lock

clean: ## remove the environment and caches; data/ stays
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage .coverage.* htmlcov test-results
	find aisrace articles comments experts tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
