# Thin on purpose: every line calls the `grader` command or a test tool.
# Needs Python 3.11+ and make. Everything else goes into .venv.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
LINT   := $(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/grader build --check
# More at a time than two processors, because many tests mostly wait for a process to end; in CI they rather compute.
PYTEST := $(BIN)/python -m pytest -n $(if $(CI),3,4) --dist worksteal
# The caller's shell may point Python elsewhere; .venv must be filled only from requirements.lock.
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV CONDA_PREFIX
# Without bytecode each of the tests' processes would compile all tests again: half a minute of processor time.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup lab check test test-all notebooks site mutants trials bench interop lock format clean
.DEFAULT_GOAL := help

help:            ## show this list
	@grep -hE '^[a-z-]+: .*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(READY)  ## create .venv and install everything from requirements.lock

# Packages are compiled to bytecode now: in the sandbox their folders are read-only, so each start would do it again.
$(READY): requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "make: '$(PYTHON)' was not found. Install Python 3.11 or later, or name yours: make PYTHON=/path/to/python3 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "make: Python 3.11 or later is needed, but '$(PYTHON)' is $$($(PYTHON) --version 2>&1). Name another one: make PYTHON=/path/to/python3 $(MAKECMDGOALS)"; exit 1; }
	@$(BIN)/python -c 'import pip' 2>/dev/null || { echo "Creating $(VENV) ..."; $(PYTHON) -m venv --clear $(VENV); } || { echo "make: '$(PYTHON) -m venv' does not work here. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "Installing the packages of requirements.lock into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check 'uv>=0.5' || { echo "make: could not install 'uv' with pip; is there a network connection?"; exit 1; }
	@$(BIN)/python -m uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock
	@$(BIN)/python -m uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $(READY)

lab: $(READY)    ## open the course in JupyterLab, in your own copies under work/
	@$(BIN)/grader start

check: $(READY)  ## before each commit: lint, types, notebooks up to date, the quick tests
	$(LINT)
	$(PYTEST) tests/jwt_from_scratch tests/grader/judging tests/grader/checks --ignore-glob='*/test_forgeries.py'

test: $(READY)   ## the same, and all tests; of one lesson: make test LESSON=08
	$(LINT)
	$(PYTEST) $(if $(LESSON),--lesson $(LESSON))

test-all: $(READY) ## for nightly runs: all tests with many more examples, and the mutants
	$(LINT)
	$(PYTEST) --thorough
	$(BIN)/python -m tests.mutants

notebooks: $(READY) ## rebuild notebooks/ from notebooks/source/
	$(BIN)/grader build

site: $(READY)   ## make the site and the edition that runs in a browser, in dist/site
	$(BIN)/grader site dist/site $(if $(SOURCE),--source $(SOURCE))

mutants: $(READY) ## test that the checks refuse wrong programs: every sample solution, changed in one place
	$(BIN)/python -m tests.mutants $(EXERCISES)

trials: $(READY)  ## choose again which trials the exercises keep: make trials EXERCISES=verify_hs256
	$(BIN)/python -m tests.mutants --choose $(EXERCISES)

bench: $(READY)  ## compare speed with the peers, in one run
	$(BIN)/python -m benchmarks

interop: $(READY) ## ask every available JOSE library which valid tokens it reads
	$(BIN)/python -m interop

lock: $(READY)   ## pin the newest versions that pyproject.toml allows
	$(BIN)/python -m uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	    --no-header --no-emit-index-url --no-annotate --all-extras pyproject.toml -o requirements.lock

format: $(READY) ## format the code
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

clean:           ## remove .venv and caches (never work/)
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis dist build
