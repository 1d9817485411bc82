# Dating Wizard. `make run` is all a user needs; `make help` lists the rest.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
MANAGE := $(BIN)/python manage.py
WORKERS ?= 2
PYTEST := $(BIN)/pytest --numprocesses=$(WORKERS) --durations=15
ON_POSTGRES := $(BIN)/python scripts/on_postgres.py

.DEFAULT_GOAL := help
.PHONY: help setup run test test-all lint types checks static audit tests tests-postgres tests-full tests-full-postgres coverage torture demo schema messages access bench bench-learning weights sample screenshots clean

help: ## List what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

# The stamps hold the requirements they were installed from: a second run installs nothing.
$(VENV)/.run: requirements.txt constraints.txt
	@test -x $(BIN)/python || { command -v $(PYTHON) >/dev/null || { echo "Dating Wizard needs Python 3.11; set PYTHON=/path/to/python3.11"; exit 1; }; $(PYTHON) -m venv $(VENV); }
	@echo "Installing what Dating Wizard needs (once; some minutes, 5.5 GB) ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt -c constraints.txt
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.txt requirements-s3.txt
	@echo "Installing what the tests need ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt -c constraints.txt
	@touch $@

setup: $(VENV)/.run ## Make the virtual environment and install the requirements

run: setup ## Start Dating Wizard and print its address (PORT=8000 by default)
	@exec $(MANAGE) launch

demo: setup ## See it learn: a simulated person answers 80 photos, 60 others judge (SEED=1: another person)
	@$(BIN)/python -m wizard.demo $(if $(SEED),--seed $(SEED))

torture: setup ## Kill, lock, fill, flush and jump while people use it, then check what they were told (SEED=1)
	@$(BIN)/python -m torture $(if $(SEED),--seed $(SEED)) $(if $(FAULTS),--faults $(FAULTS))

test: $(VENV)/.dev ## Check a commit: lint, types, checks and the commit tier of the tests
	@$(MAKE) --no-print-directory static
	@$(MAKE) --no-print-directory tests

test-all: $(VENV)/.dev ## Check everything: both tiers of the tests, on SQLite and on Postgres
	@$(MAKE) --no-print-directory static tests-full tests-full-postgres

static: $(VENV)/.dev ## Check all that needs no test: lint, types and checks, side by side
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target types lint checks

lint: $(VENV)/.dev ## Look at style: ruff check and ruff format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev ## Check types: mypy --strict
	$(BIN)/mypy .

checks: $(VENV)/.dev ## Check installed packages, migrations and the deployment settings
	$(BIN)/pip check --disable-pip-version-check
	$(MANAGE) makemigrations --check --dry-run
	HTTPS=true SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(64))') $(MANAGE) check --deploy --fail-level WARNING

audit: $(VENV)/.dev ## Ask for known weaknesses of what is installed (needs the internet)
	@test -x $(VENV)/audit/bin/pip-audit || { $(BIN)/python -m venv $(VENV)/audit && $(VENV)/audit/bin/pip install --quiet --disable-pip-version-check pip-audit==2.10.1; }
	$(VENV)/audit/bin/pip-audit --path $$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')

tests: $(VENV)/.dev ## Run the commit tier of the tests (WORKERS=2 processes)
	$(PYTEST)

tests-postgres: $(VENV)/.dev ## Run the tests marked `postgres` on a Postgres of their own (needs Debian's postgresql)
	$(ON_POSTGRES) $(PYTEST) -m postgres

tests-full: $(VENV)/.dev ## Run both tiers of the tests
	$(PYTEST) --full

tests-full-postgres: $(VENV)/.dev ## Run both tiers on Postgres, except tests that do not depend on the database
	$(ON_POSTGRES) $(PYTEST) --full

COVERED ?= -m "not browser and not system"
coverage: $(VENV)/.dev ## List branches of services, tasks and trainer that no test takes (COVERED=--full: both tiers)
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest --numprocesses=$(WORKERS) $(COVERED)
	$(BIN)/coverage combine --quiet
	@echo "Of all branches and lines: $$($(BIN)/coverage report --include='*' --fail-under=0 --format=total) %"
	$(BIN)/coverage report

schema: $(VENV)/.dev ## Write the API's schema anew: docs/openapi.yaml
	DJANGO_SETTINGS_MODULE=wizard.test_settings $(MANAGE) spectacular --validate --fail-on-warn --file docs/openapi.yaml

# The .mo files are committed: who runs Dating Wizard needs no gettext. Who changes a sentence does (apt-get install gettext).
messages: $(VENV)/.dev ## Write the catalogues anew (locale/), to be translated, and compile them
	@for domain in django djangojs; do \
		$(MANAGE) makemessages --domain $$domain --locale de --no-location --no-obsolete --no-wrap --ignore '$(VENV)' --ignore 'data*' --ignore 'static/vendor/*' --ignore '*/tests/*' --ignore 'bench/*' --ignore 'torture/*' --ignore 'scripts/*' || exit 1; \
	done
	$(MANAGE) compilemessages --ignore '$(VENV)'

access: $(VENV)/.dev ## Write the table of who gets what anew: docs/access.md
	WRITE_ACCESS=1 $(BIN)/pytest wizard/tests/test_access_matrix.py

bench: $(VENV)/.dev ## Measure speed and memory, as ratios in one run
	$(BIN)/pip install --quiet --disable-pip-version-check -r bench/requirements.txt -c constraints.txt
	$(BIN)/python -m bench
	$(BIN)/python -m bench.capacity --write

bench-learning: $(VENV)/.dev ## Measure how well it learns, on simulated people (hours; it goes on where it stopped)
	OMP_NUM_THREADS=1 $(BIN)/python -m bench.asking --write
	$(BIN)/python -m bench.learning

weights: setup ## Fetch ViT-B/32 and check it (FILE=path takes a local file instead)
	@$(MANAGE) fetch_weights $(if $(FILE),--file "$(FILE)")

sample: ## Draw the sample library anew (needs Node.js; see scripts/sample_library)
	@$(MAKE) --no-print-directory -C scripts/sample_library

screenshots: $(VENV)/.dev ## Take the pictures of the documents anew: docs/pictures (needs Chromium)
	@$(BIN)/python -m scripts.take_pictures

clean: ## Remove the virtual environment and caches; your data stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
