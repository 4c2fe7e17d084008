# Porte-voix: `make run` to see it, `make test` to believe it, `make help` for the rest.

VENV  := .venv
BIN   := $(VENV)/bin
# The first Python that is new enough and can make virtual environments; `make run PYTHON=...` overrules.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	$$p -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$p && break; done)
# What was installed, and where: a new lock or a moved folder means installing again.
LOCK_SUM := $(shell { cat requirements.lock pyproject.toml; echo "$(CURDIR)"; } \
	| { sha256sum 2>/dev/null || shasum -a 256; } | cut -c1-32)
STAMP := $(VENV)/.lock-$(LOCK_SUM)
PIP   := $(BIN)/python -m pip --disable-pip-version-check --quiet
PACKAGES := bot conversations reports storage
KILLS ?= 1000
MODE  ?= polling
BESIDE := -n 2 --dist worksteal
# Every module is compiled once, also where a machine is set to compile it at each start.
export PYTHONDONTWRITEBYTECODE :=
export PYTHONPYCACHEPREFIX := $(CURDIR)/$(VENV)/pycache

.DEFAULT_GOAL := help
.PHONY: help run setup test check lock crash attack bench locales gallery clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

# In a terminal the program gets the Ctrl-C alone, so that its clean stop is also a clean end of make.
define FOREGROUND
import os, signal, sys
if os.isatty(0):
    signal.signal(signal.SIGTSTP, signal.SIG_IGN)
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpgrp())
    signal.signal(signal.SIGTTOU, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])
endef
export FOREGROUND

run: setup  ## everything a fresh machine needs, then the demonstration in your browser
	@exec $(BIN)/python -c "$$FOREGROUND" $(BIN)/portevoix serve --demo

setup: installed locales/.compiled  ## install what the lock names into .venv (again only when it changed), compile the words

.PHONY: installed
installed:
	@if [ -f "$(STAMP)" ] && [ -x $(BIN)/portevoix ] && $(BIN)/python -c 'import pip' 2>/dev/null; then exit 0; fi; \
	$(MAKE) --no-print-directory -s $(VENV)/install

# What programs read of the words: compiled again only when a translation has changed.
locales/.compiled: $(wildcard locales/*/LC_MESSAGES/*.po) $(wildcard bot/i18n/*.py) | installed
	@$(BIN)/python -m bot.i18n compile
	@touch $@

.PHONY: $(VENV)/install
$(VENV)/install:
	@if [ -z "$(PYTHON)" ]; then \
		echo "Porte-voix needs Python 3.11 or newer with its venv module (Debian: apt install python3-venv)." >&2; \
		exit 1; fi
	@rm -f $(VENV)/.lock-*
	@{ $(BIN)/python -c 'import pip' && grep -qF "$(CURDIR)/$(BIN)" $(BIN)/pip; } >/dev/null 2>&1 \
		|| { rm -rf $(VENV) && $(PYTHON) -m venv $(VENV); }
	@echo "Installing what requirements.lock names into $(VENV) (a minute or two, once) ..."
	@$(PIP) install --require-hashes --requirement requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch "$(STAMP)"

test: setup  ## everything a fresh machine needs, then every test
	@$(BIN)/python -m pytest $(BESIDE)

check: setup  ## format, lint, types, import contracts, definitions, docs and the fast tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/portevoix check
	$(BIN)/python -m pytest $(BESIDE) -m "not slow and not browser"

lock: setup  ## resolve requirements.lock anew from pyproject.toml
	@$(PIP) install uv
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url \
		--no-emit-find-links --python-version 3.11 --all-extras --output-file requirements.lock pyproject.toml
	@$(PIP) uninstall --yes uv
	@! grep -nE '://|^-' requirements.lock
	@$(MAKE) --no-print-directory setup

locales: installed  ## gather all words, refresh every .po file, compile, and say what is missing or stale
	@$(BIN)/python -m bot.i18n
	@touch locales/.compiled

crash: setup  ## kill the program KILLS times and count what people were told; then a storm of refusals, and years of rounds
	@$(BIN)/python -m tests.crash --kills $(KILLS) --mode $(MODE)
	@$(BIN)/python -m tests.bot.storm --messages 10000
	@$(BIN)/python -m tests.series
	@$(BIN)/python -m tests.bot.two_years --people 60
	@$(BIN)/python -m tests.bot.invitations --people 10000
	@$(BIN)/python -m tests.bot.codes --tries 100000
	@$(BIN)/python -m pytest tests/bot/test_updates_in_disorder.py --hypothesis-profile=long --timeout 3600

attack: setup  ## attack 2,000 random releases, join people to answers from seized bytes (20 seeds of 300), look for 1,000 people in every byte
	@$(BIN)/python -m tests.disclosure --populations 2000
	@$(BIN)/python -m tests.linkage --seeds 20
	@$(BIN)/python -m tests.canaries --people 1000

bench: setup  ## this program beside ordinary bots, and releases as they grow; about eight minutes
	@$(BIN)/python -m tests.bench
	@$(BIN)/python -m tests.bench --releases

gallery: setup  ## pictures of a simulated round's release: docs/gallery.md and docs/images
	@$(BIN)/python -m tests.gallery docs

clean:  ## remove what was installed and cached; the data folder stays
	@rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
