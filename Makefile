# make demo   set up and run the main job on a sample        make lint    ruff and mypy
# make test   set up and run the tests                       make bench   measured ratios
# make golden rewrite the stored answers (read the diff!)    make wheel   build dist/*.whl
# make docs   rewrite the generated pages of docs/           make nightly  10,000 invented patients, all laws tried hard
# make clean  remove what make made                         make test-peers  equal answers to a published package
#
# Needs Python 3.11 or newer and a network or a local package index for the first run. Another Python: make PYTHON=python3.12

PYTHON ?= python3
VENV   ?= .venv
PEERS  ?= .venv-peers
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check
SAMPLE ?= sample_bundles/two-classes-two-failures--met.json
OUT    ?= out

.PHONY: demo test nightly docs test-peers bench-peers lint bench golden wheel clean
.DEFAULT_GOAL := demo

$(VENV)/bin/python:
	@echo "Making $(VENV) (once) ..."
	@.ci/make-venv $(VENV) $(PYTHON)

# One stamp for each set of packages: an install happens once, and again when pyproject.toml changes.
$(VENV)/.ready-run: pyproject.toml | $(VENV)/bin/python
	@echo "Installing fhir-trd into $(VENV) ..."
	@$(PIP) --editable .
	@$(BIN)/python -m compileall -q fhir_trd
	@touch $@

$(VENV)/.ready-test: pyproject.toml | $(VENV)/bin/python
	@echo "Installing fhir-trd and what its tests need into $(VENV) ..."
	@$(PIP) --editable '.[test]'
	@touch $@ $(VENV)/.ready-run

$(VENV)/.ready-lint: $(VENV)/.ready-test
	@$(PIP) --editable '.[lint]'
	@touch $@

$(VENV)/.ready-benchmark: $(VENV)/.ready-run
	@$(PIP) --editable '.[benchmark]'
	@touch $@

demo: $(VENV)/.ready-run
	@mkdir -p $(OUT)
	@$(BIN)/fhir-trd evaluate $(SAMPLE)
	@$(BIN)/fhir-trd convert $(SAMPLE) --output $(OUT)/$(notdir $(SAMPLE))

test: $(VENV)/.ready-test
	$(BIN)/python -m pytest

# Every criteria set against the calendar on 10,000 invented patients, and every other law on 2,000: about half an hour.
nightly: $(VENV)/.ready-test
	$(BIN)/python -m pytest tests/property --hypothesis-profile=nightly -k "every_set"
	$(BIN)/python -m pytest tests/property --hypothesis-profile=search -k "not every_set"

# The peer wants old packages: it lives in an environment of its own, without the dependencies it does not need here.
$(PEERS)/.ready: pyproject.toml tests/peers/requirements.txt
	@echo "Making $(PEERS) with the peer (once) ..."
	@.ci/make-venv $(PEERS) $(PYTHON)
	@$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --editable . --requirement tests/peers/requirements.txt
	@$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps cardinal_pythonlib==2.2.1
	@touch $@

test-peers: $(PEERS)/.ready
	$(PEERS)/bin/python -m pytest tests/peers -W ignore

bench-peers: $(PEERS)/.ready
	$(PEERS)/bin/python -m benchmarks.criteria

lint: $(VENV)/.ready-lint
	$(BIN)/ruff check --no-cache .
	$(BIN)/mypy

bench: $(VENV)/.ready-benchmark
	$(BIN)/python benchmarks/start.py
	$(BIN)/python benchmarks/read.py
	$(BIN)/python -m benchmarks.criteria

docs: $(VENV)/.ready-test
	$(BIN)/python -m tests.docs.rewrite

golden: $(VENV)/.ready-test
	$(BIN)/python -m tests.golden.rewrite

wheel: $(VENV)/.ready-test
	$(BIN)/python -m build --wheel --outdir dist .

clean:
	rm -rf $(OUT) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -not -path './$(VENV)/*' -not -path './$(PEERS)/*' -type d -prune -exec rm -rf {} +
