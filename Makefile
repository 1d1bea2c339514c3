# Undersigned: `make` lists what there is. Everything happens in .venv and var/.

.DEFAULT_GOAL := help
.PHONY: backup restore settings-table test-python help run test test-slow test-full test-fleet bench bench-report check audit html translations fmt clean venv chromium catalogs screenshots
SHELL := /bin/sh
BIN := .venv/bin
# A file stays with one process: what a file of tests starts, a server or a browser, is started once.
PYTEST := $(BIN)/python -m pytest -n 2 --dist loadfile

# What `check --deploy` looks at: settings as in production, servers that nobody asks anything.
PRODUCTION := DATABASE_URL=postgresql://undersigned:secret@127.0.0.1:1/undersigned \
  REDIS_URL=redis://127.0.0.1:1/0 EMAIL_URL=smtp+tls://user:secret@127.0.0.1:1 \
  ALLOWED_HOSTS=statements.example.org SITE_URL=https://statements.example.org \
  SECRET_KEY=$$($(BIN)/python -c "import secrets; print(secrets.token_urlsafe(64))")

include assets.mk

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' Makefile assets.mk | sed -E 's/:[^#]*## /\t/' | while IFS="$$(printf '\t')" read -r name text; do \
	  printf '  make %-12s %s\n' "$$name" "$$text"; done

run: venv catalogs  ## start everything on http://localhost:8000 (PORT=8001 for another)
	@exec $(BIN)/python -m config.launcher

test: venv catalogs chromium  ## the suite but for what is slow, in minutes (ARGS="-k name" for a part)
	@$(PYTEST) -m "not slow" $(ARGS)

test-slow: venv catalogs chromium  ## the rest: faults, journeys, every page in a browser, several machines
	@$(PYTEST) -m slow $(ARGS)

test-full: venv catalogs chromium  ## all of it, with the big counts whole (under an hour)
	@FULL=1 $(PYTEST) --timeout 3600 $(ARGS)

test-fleet: venv catalogs chromium  ## the tests of faults and the journeys on two web processes and three workers
	@FLEET=1 $(PYTEST) --timeout 1800 tests/faults tests/journeys $(ARGS)

check: venv  ## lint, format, types, templates, migrations, production settings, translations, HTML, known faults
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/djlint --quiet --lint templates
	@# No database is there to be asked which migrations it has: that warning is expected, and no other.
	@$(PRODUCTION) $(BIN)/python -W "ignore:Got an error checking a consistent migration history:RuntimeWarning" \
	  manage.py makemigrations --check --dry-run
	@$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING
	@$(MAKE) --no-print-directory translations html audit

audit: venv  ## list locked packages with a known fault (asks the index's advisories)
	@$(BIN)/python -m tests.audit

translations: venv  ## list the strings that a language lacks or has with doubt
	@$(BIN)/python -m tests.catalogs

html: venv catalogs  ## write every public page of the demo into var/pages and validate its HTML (needs npm)
	@npm install --no-audit --no-fund --no-package-lock --silent
	@$(BIN)/python -m tests.public_pages var/pages
	@node_modules/.bin/html-validate --config .htmlvalidate.json var/pages

fmt: venv  ## format the code and mend what can be mended
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

clean:  ## stop this checkout's servers; remove var/ (the data), .venv and caches
	@python=$(BIN)/python; $$python -c "import psutil" 2>/dev/null || python=python3; \
	  PYTHONDONTWRITEBYTECODE=1 $$python -m config.embedded clean
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis staticfiles
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

bench: venv catalogs  ## measure in some five minutes, print a table, write var/bench.json (ARGS=mail for some, FULL=1 for all sizes)
	@$(BIN)/python -m tests.bench.find_wrk --install
	@$(BIN)/python -m tests.bench $(ARGS)

bench-report: venv  ## draw what was measured at several sizes into docs/images
	@$(BIN)/python -m tests.bench.report

screenshots: venv catalogs chromium  ## take the pictures in docs/images again
	@$(BIN)/python -m tests.browser.screenshots docs/images

backup: venv  ## write database and files into var/backups/<time>/, with their digests (TO=folder for another)
	@$(BIN)/python -m config.keeping backup $(if $(TO),--to "$(TO)")

restore: venv  ## bring a backup back into an empty database (FROM=var/backups/<time>)
	@if [ -z "$(FROM)" ]; then echo "Say which backup: make restore FROM=var/backups/<time>" >&2; exit 2; fi
	@$(BIN)/python -m config.keeping restore "$(FROM)"

settings-table: venv  ## write the table in docs/settings.md
	@$(BIN)/python -m tests.settings_table

# With a .venv of its own, so that the usual one stays; as slow as the first time.
test-python: catalogs  ## the suite on another Python (PYTHON=python3.13 ARGS="-k name")
	@if [ -z "$(PYTHON)" ]; then echo "Say which Python: make test-python PYTHON=python3.13" >&2; exit 2; fi
	@$(PYTHON) -m venv var/python && var/python/bin/python -m pip install --disable-pip-version-check --quiet \
	  --require-hashes -r requirements-dev.txt
	@var/python/bin/python -m pytest -n 2 --dist loadfile $(ARGS)

# Babel compiles the translations: no gettext is needed.
catalogs: venv  ## compile the translations
	@for app in campaigns signon; do $(BIN)/pybabel -q compile -D django -d $$app/locale || exit 1; done

chromium: venv
	@$(BIN)/python -m tests.browser.find_chromium --install

# .venv/.installed holds what .venv was made from. Without it .venv is half made, or moved, and made anew.
venv:
	@python=; for name in $(PYTHON) python3.11 python3 python3.12 python3.13 python3.14; do \
	  if $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$name; break; fi; done; \
	if [ -z "$$python" ]; then \
	  echo "Python 3.11 or newer is needed: install it (on Debian: apt install python3), then run make again." >&2; exit 1; fi; \
	wanted=$$($$python -c 'import hashlib, os, sys; print(os.getcwd(), hashlib.sha256( \
	  b"".join(open(name, "rb").read() for name in ("requirements.txt", "requirements-dev.txt"))).hexdigest())') || exit 1; \
	if [ "$$(cat .venv/.installed 2>/dev/null)" = "$$wanted" ] && $(BIN)/python -c '' 2>/dev/null; then exit 0; fi; \
	if ! $$python -c 'import ensurepip, venv' 2>/dev/null; then \
	  echo "Python's venv module is missing: install it (on Debian: apt install python3-venv), then run make again." >&2; exit 1; fi; \
	case "$$(cat .venv/.installed 2>/dev/null)" in "$$PWD "*) $(BIN)/python -c '' 2>/dev/null && keep=yes;; *) keep=;; esac; \
	rm -f .venv/.installed; \
	if [ -z "$$keep" ]; then echo "Making .venv (a minute or two) …"; \
	  $$python -m venv --clear .venv || { echo ".venv could not be made with $$python (see above)." >&2; exit 1; }; fi; \
	if ! $(BIN)/python -m pip install --disable-pip-version-check --quiet --require-hashes -r requirements-dev.txt; then \
	  echo "The packages could not be installed (see above): check the network, then run make again." >&2; exit 1; fi; \
	echo "$$wanted" > .venv/.installed
