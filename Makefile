# ClassPulse. `make` alone lists the targets.
SWIFT ?= swift
PORT ?= 8080
BINARY = .build/release/classpulse
PYTHON = .venv/bin/python
SOURCES = Package.swift Sources Tests
.DEFAULT_GOAL := help
.PHONY: run test build setup lint format bench demo fuzz smoke clean help

run: build ## build, then serve on port 8080 (PORT=…; more flags in ARGS=…)
	exec $(BINARY) serve --port $(PORT) $(ARGS)

demo: build setup ## serve a simulated lesson on port 8080 (PORT=…), until Ctrl-C
	CLASSPULSE_BINARY=$(BINARY) $(PYTHON) Tests/Browser/demo.py --port $(PORT)

test: setup ## run every test
	$(SWIFT) test --disable-xctest $(TESTFLAGS)

build: ## make .build/release/classpulse, installing missing packages
	@.ci/install-packages build
	$(SWIFT) build -c release --product classpulse

setup: ## install what tests, lint and benchmarks need (apt, .venv, .fixtures, data sets)
	@.ci/install-packages build test
	@.ci/install-packages browser || echo "Without Chromium and its driver the browser tests are skipped."
	@Tests/setup

lint: setup ## check style (swift format, ruff), and that Docs/Results.md is what the logs say
	$(SWIFT) format lint --strict --parallel --recursive $(SOURCES)
	$(PYTHON) -m ruff check --line-length 120 Tests Training
	$(PYTHON) -m ruff format --line-length 120 --check Tests Training
	cd Training && ../$(PYTHON) -m classpulse_training.tables --check

format: setup ## bring the sources into style
	$(SWIFT) format format --in-place --parallel --recursive $(SOURCES)
	$(PYTHON) -m ruff check --line-length 120 --fix Tests Training
	$(PYTHON) -m ruff format --line-length 120 Tests Training

bench: build setup ## measure the engine, the store, the server under load, and the page with 200 students
	@.ci/install-packages bench
	$(BINARY) bench model --model Sources/Models/Resources/ds-efficientnet.onnx --batch 1 --threads 1
	$(BINARY) bench store --minutes 120
	Tests/Load/run
	CLASSPULSE_BINARY=$(BINARY) $(PYTHON) Tests/Browser/bench_many.py

fuzz: setup ## fuzz each target (SECONDS=60)
	@cd Tests/Fuzz && ./run $(or $(SECONDS),60) $$(ls -d -- */ | tr -d /)

smoke: build .venv-smoke/.installed ## train, export and compare a tiny network, to show that Training/ works
	cd Training && ../.venv-smoke/bin/python -m classpulse_training smoke --classpulse ../$(BINARY)

.venv-smoke/.installed: Training/requirements-smoke.txt
	@.ci/install-packages build test
	python3 -m venv .venv-smoke
	.venv-smoke/bin/pip install --quiet -r $<
	@touch $@

clean: ## remove what was built; databases, .venv and .fixtures stay
	rm -rf .build .build-*

help: ## list the targets
	@sed -nE 's/^([a-z]+):.*## (.*)/\1|\2/p' $(MAKEFILE_LIST) | awk -F '|' '{ printf "  make %-8s%s\n", $$1, $$2 }'
