# Every goal makes its own .venv; Python 3.11 or newer and make are all it needs.
# Another Python: make test PYTHON=python3.13

PYTHON ?= python3
WORKERS ?= 2
SECONDS ?= 600
VENV := .venv
BIN := $(VENV)/bin
ALL := .[cli,columnar,diagrams,insight,report,testing]
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

mermaid_package := mermaid@11.17.2
mermaid_file := dist/mermaid.min.js
iframe-worker_package := iframe-worker@1.0.4
iframe-worker_file := shim/index.js
# An engine of other people's making, in which the tests run the exported charts.
xstate_package := xstate@5.33.3
SCRIPTS := docs/assets/mermaid.js docs/assets/iframe-worker.js

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help demo test bulk coverage lint docs bench fuzz mutants clean

help:
	@echo 'make demo      fold a real purchase log and print where its customers stand'
	@echo 'make test      run every test and every example but what is compared in bulk'
	@echo 'make bulk      compare engines over histories, logs and changes by the thousand'
	@echo 'make coverage  measure which branches the tests take, and ask for all of them'
	@echo 'make lint      check style, types and the direction of imports'
	@echo 'make docs      build the documentation into site/'
	@echo 'make bench     print how fast it is, beside other libraries'
	@echo 'make fuzz      look for inputs that break it, for ten minutes: make fuzz SECONDS=600'
	@echo 'make mutants   change the code of the law, and see whether a test fails: some hours'
	@echo 'make clean     remove everything that the other goals made'

demo: $(VENV)/.demo
	$(BIN)/lifecycle replay docs/data/CDNOW_sample.csv --kind purchase_completed --map customer_id=customer_id,occurred_at=date,amount=dollars --time-format %Y%m%d --timezone UTC --as-of 1998-06-30
	@echo 'Here the command is $(BIN)/lifecycle.'

test: $(VENV)/.test
	$(BIN)/python -m pytest -n $(WORKERS) -m 'not bulk'

bulk: $(VENV)/.test
	$(BIN)/python -m pytest -n $(WORKERS) -m bulk

coverage: $(VENV)/.test
	$(BIN)/python -m pytest -n $(WORKERS) -m 'not bulk and not untraced' --cov

lint: $(VENV)/.lint
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/pyright
	$(BIN)/lint-imports

docs: $(VENV)/.docs $(SCRIPTS)
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

bench: $(VENV)/.bench
	@set -e; for script in tests/benchmarks/*.py; do \
		echo "$(BIN)/python $$script"; $(BIN)/python "$$script"; \
	done

fuzz: $(VENV)/.fuzz
	$(BIN)/python tests/fuzzing/run.py --seconds $(SECONDS)

# A change of the code that no test notices must stand in tests/mutation/survivors.toml.
mutants: $(VENV)/.mutants
	READING_HISTORIES=60 $(BIN)/python -m mutmut run --max-children $(WORKERS)
	PYTHONPATH=tests $(BIN)/python -m mutation.judge

clean:
	rm -rf $(VENV) build dist site $(SCRIPTS)
	rm -rf .coverage .coverage.* .fuzz .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache mutants
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.pip:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed: make PYTHON=...")'
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --upgrade 'pip>=25.1'
	@touch $@

$(VENV)/.demo: pyproject.toml $(VENV)/.pip
	$(PIP) install --editable '.[cli]'
	@touch $@

$(VENV)/.test: pyproject.toml Makefile $(VENV)/.pip
	$(PIP) install --editable '$(ALL)' --group test
	PATH="$(abspath $(BIN)):$$PATH" npm install --silent --no-fund --no-audit --prefix $(VENV)/npm $(xstate_package)
	@touch $@

$(VENV)/.lint: pyproject.toml $(VENV)/.pip
	$(PIP) install --editable '$(ALL)' --group lint --group typing
	@touch $@

$(VENV)/.docs: pyproject.toml $(VENV)/.pip
	$(PIP) install --editable '.[cli]' --group docs
	@touch $@

$(VENV)/.fuzz: $(VENV)/.test
	$(PIP) install --group fuzz
	@touch $@

$(VENV)/.mutants: $(VENV)/.test
	$(PIP) install --group mutants
	@touch $@

$(VENV)/.bench: pyproject.toml $(VENV)/.pip
	$(PIP) install --editable '$(ALL)' --group bench
	@touch $@

# What the pages load, taken from the package index and shipped with them: the script that draws
# Mermaid diagrams, and the one that lets the search work on pages opened from a disk.
docs/assets/%.js: Makefile | $(VENV)/.docs
	rm -rf $(VENV)/script && mkdir -p $(VENV)/script $(@D)
	cd $(VENV)/script && PATH="$(abspath $(BIN)):$$PATH" npm pack --silent $($*_package)
	@$(BIN)/python -c 'import sys, tarfile; sys.stdout.buffer.write(tarfile.open(sys.argv[1]).extractfile(sys.argv[2]).read())' $(VENV)/script/*.tgz package/$($*_file) > $@
	@rm -rf $(VENV)/script
