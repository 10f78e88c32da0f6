# Every word here works on a bare Debian machine with Python 3.11.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
CODE := chat commands house moderation web tests bench docs run_server.py

# Python keeps what it has compiled, whoever asked it not to: tests start servers by the dozen.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup run check test cover browser mutants soak train opinion bench bench-console bench-screens bench-nodes simulate docs pictures locks clean

help: ## say what each word does
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: $(VENV)/.run ## make the environment the server needs

run: $(VENV)/.run ## start a made-up school on http://localhost:8080
	@$(BIN)/python run_server.py serve --demo

check: $(VENV)/.test ## style, types and layers, in seconds
	@$(BIN)/ruff check --quiet $(CODE)
	@$(BIN)/ruff format --quiet --check $(CODE)
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --config pyproject.toml > $(VENV)/layers.txt || (cat $(VENV)/layers.txt; exit 1)
	@echo "check: nothing wrong"

# Tests of a file stay on one worker, for those in a browser share a house. (loadgroup of pytest-xdist
# 3.8 keeps nothing together under pytest 9.2, which does not take its names.)
test: $(VENV)/.test machine ## everything, in a real browser too
	@$(BIN)/python -m pytest --quiet --numprocesses 3 --dist loadfile --no-loadscope-reorder --max-worker-restart 0

cover: $(VENV)/.test machine ## the same, and which lines no test reached
	@$(BIN)/python -m pytest --quiet --numprocesses 3 --dist loadfile --no-loadscope-reorder --max-worker-restart 0 --cov --cov-report term:skip-covered

browser: $(VENV)/.test machine ## only the tests in Chromium
	@$(BIN)/python -m pytest --quiet -m browser

mutants: $(VENV)/.test ## put faults into the judging path, one at a time: tests must notice
	@$(BIN)/python -m tests.faults.mutants

SOAK := KILLS NODE_KILLS FAILOVERS CUTS MESSAGES STORM PAGES PROVIDERS MINUTES
soak: $(VENV)/.test machine ## hours of kills, power cuts and faults; KILLS=, MINUTES= and so on
	@$(BIN)/python -m tests.faults.soak $(foreach word,$(SOAK),$(if $($(word)),--$(subst _,-,$(shell echo $(word) | tr A-Z a-z)) $($(word))))

train: $(VENV)/.train ## learn the trained score anew from the corpus, COMMENTS= and TALK=; prints the tables of docs/moderation.md
	@PYTHONPATH=. $(BIN)/python bench/train_linear.py $(COMMENTS) $(TALK) --write

opinion: $(VENV)/.train ## train a second opinion from the same, for schools that want one, into OPINION=
	@PYTHONPATH=. $(BIN)/python bench/train_opinion.py $(COMMENTS) $(OPINION)

bench: $(VENV)/.test ## the whole way of a message, beside bare relays
	@PYTHONPATH=. $(BIN)/python bench/run.py

bench-console: $(VENV)/.test machine ## how smoothly the moderators' queue scrolls
	@$(BIN)/python bench/console.py

bench-screens: $(VENV)/.test machine ## how soon people see on their screens what concerns them
	@$(BIN)/python bench/screens.py

bench-nodes: $(VENV)/.test machine ## one node against two, on PostgreSQL and Redis; help answered under load
	@PYTHONPATH=. $(BIN)/python bench/matching.py
	@PYTHONPATH=. $(BIN)/python bench/nodes.py

simulate: $(VENV)/.test ## a school day of matching and moderating, at every size, with plots
	@$(BIN)/python -m bench.simulate

docs: $(VENV)/.test ## write the generated pages of the handbook again
	@$(BIN)/python docs/make_schema.py
	@$(BIN)/python docs/make_requirements.py

pictures: $(VENV)/.test machine ## take the pictures of the README again
	@$(BIN)/python docs/make_pictures.py

locks: $(VENV)/.test ## choose newer versions of what we build on
	@$(BIN)/uv --version > /dev/null 2>&1 || $(BIN)/pip install --quiet uv
	@sh requirements/make_locks.sh $(BIN)/uv

clean: ## forget the environment, not the data
	@rm -rf $(VENV) .coverage .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

.PHONY: machine
machine:
	@sh tests/machine.sh

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || (echo "Peerline needs Python 3.11 or newer: set PYTHON=/path/to/python3.11"; exit 1)
	@$(PYTHON) -m venv $(VENV) > /dev/null 2>&1 || (sh tests/machine.sh python3-venv && rm -rf $(VENV) && $(PYTHON) -m venv $(VENV))

$(VENV)/.run: requirements/run.lock | $(VENV)/bin/python
	@echo "setup: what the server needs, once; that takes a minute or two"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	@touch $@

$(VENV)/.test: requirements/test.lock $(VENV)/.run
	@echo "setup: what the tests need"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	@touch $@

$(VENV)/.train: requirements/train.lock $(VENV)/.test
	@echo "setup: what training needs"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	@touch $@
