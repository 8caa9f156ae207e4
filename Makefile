# make demo   set up and run the main job on a sample        make lint    ruff and mypy
# make test   set up and run the tests                       make bench   measured ratios
# make golden rewrite the stored answers (read the diff!)    make wheel   build dist/*.whl
# make docs   rewrite the generated pages of docs/           make nightly  10,000 invented patients, all laws tried hard
# make clean  remove what make made                         make test-peers  equal answers to a published package
# make server a FHIR server with a sample on it, to try     make test-servers  against real FHIR servers (Java, Maven, node, PostgreSQL)
# make bench-servers  the rate of write-back                make test-workflow  inside Apache Airflow
# make guard  fails if the bulk path became slower          make bench-bulk  whole populations beside peers
# make synthea  an export by Synthea, to measure on
#
# Needs Python 3.11 or newer and a network or a local package index for the first run. Another Python: make PYTHON=python3.12

PYTHON ?= python3
VENV   ?= .venv
PEERS  ?= .venv-peers
SERVERS := .servers
SMART  := .venv-servers
WORKFLOW := .venv-workflow
SPARK  := .venv-spark
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check
SAMPLE ?= sample_bundles/two-classes-two-failures--met.json
OUT    ?= out

.PHONY: demo test nightly docs server servers test-servers test-workflow test-spark test-peers bench-peers bench-servers bench-bulk synthea guard lint bench golden wheel clean
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

# The servers that the tests talk to, each built once: programs in .servers, and Python programs in an environment of their own.
JAVA_SOURCES := $(shell find tests/servers/java -type f)

$(SERVERS)/java.ready: $(JAVA_SOURCES)
	@echo "Building the Java servers (once) ..."
	@mvn --quiet --batch-mode --file tests/servers/java/pom.xml -Dbuilt=$(CURDIR)/$(SERVERS)/java process-classes
	@touch $@

$(SERVERS)/node.ready: tests/servers/node/package.json
	@echo "Installing the node server (once) ..."
	@mkdir -p $(SERVERS)/node
	@cp $< $(SERVERS)/node/
	@npm install --silent --no-audit --no-fund --no-package-lock --prefix $(SERVERS)/node
	@touch $@

$(SMART)/.ready: tests/servers/smart/requirements.txt
	@echo "Making $(SMART) with the Python servers (once) ..."
	@.ci/make-venv $(SMART) $(PYTHON)
	@$(SMART)/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

servers: $(SERVERS)/java.ready $(SERVERS)/node.ready $(SMART)/.ready

test-servers: $(VENV)/.ready-test servers
	$(BIN)/python -m pytest tests/servers

# Spark wants Java 17 and pandas; with 300 MB it has an environment of its own.
$(SPARK)/.ready: pyproject.toml
	@echo "Making $(SPARK) with Spark (once) ..."
	@.ci/make-venv $(SPARK) $(PYTHON)
	@$(SPARK)/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[spark,test]'
	@touch $@

test-spark: $(SPARK)/.ready
	$(SPARK)/bin/python -m pytest tests/spark -W ignore

# A workflow engine brings packages by the hundred: it too has an environment of its own.
$(WORKFLOW)/.ready: tests/workflow/requirements.txt
	@echo "Making $(WORKFLOW) with Apache Airflow (once, some minutes) ..."
	@.ci/make-venv $(WORKFLOW) $(PYTHON)
	@$(WORKFLOW)/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

test-workflow: $(VENV)/.ready-test $(SERVERS)/java.ready $(WORKFLOW)/.ready
	$(BIN)/python -m pytest tests/workflow

bench-servers: $(VENV)/.ready-test servers
	$(BIN)/python -m benchmarks.write_back

server: $(VENV)/.ready-test $(SERVERS)/java.ready
	@$(BIN)/python -m tests.servers.serve $(SAMPLE)

lint: $(VENV)/.ready-lint
	$(BIN)/ruff check --no-cache .
	$(BIN)/mypy

$(PEERS)/.ready-bulk: benchmarks/peers/requirements.txt | $(PEERS)/.ready
	@$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

# The peer that calculates quality measures: the program, and a small measure of our own as it wants it.
FQM := .peers/fqm
$(FQM)/.ready: benchmarks/peers/fqm/package.json $(shell find benchmarks/peers/fqm -name '*.cql' -o -name '*.java' -o -name pom.xml)
	@echo "Making the peer that calculates measures (once) ..."
	@mkdir -p $(FQM)/elm
	@cp $< $(FQM)/
	@npm install --silent --no-audit --no-fund --no-package-lock --prefix $(FQM)
	@mvn --quiet --batch-mode --file benchmarks/peers/fqm/java/pom.xml -Dbuilt=$(CURDIR)/$(FQM)/java process-classes
	@java -cp "$(FQM)/java/classes:$$(cat $(FQM)/java/classpath.txt)" Translate benchmarks/peers/fqm/AntidepressantDays.cql $(FQM)/elm 2>/dev/null
	@touch $@

# Whole populations, as whole programs in turn: a generated export of each size is made once and kept in .exports.
BULK ?= --patients 1000 --patients 10000
bench-bulk: $(VENV)/.ready-benchmark $(PEERS)/.ready-bulk $(FQM)/.ready
	$(BIN)/python -m benchmarks.bulk $(BULK)

# An export by a generator that nobody here wrote. The peers then run on it with make bench-bulk BULK='--on .synthea/people-200'.
SYNTHEA_PEOPLE ?= 200
.synthea/program/classpath.txt: benchmarks/synthea/pom.xml
	@echo "Fetching Synthea (once) ..."
	@mvn --quiet --batch-mode --file $< -Dbuilt=$(CURDIR)/.synthea/program process-classes

.synthea/people-$(SYNTHEA_PEOPLE): .synthea/program/classpath.txt benchmarks/synthea/make-export
	@echo "Making the records of $(SYNTHEA_PEOPLE) people ..."
	@benchmarks/synthea/make-export .synthea/program $(SYNTHEA_PEOPLE) $@

synthea: .synthea/people-$(SYNTHEA_PEOPLE)

# Ratios to fixed work in the same process, not seconds: it holds on a busy machine too.
guard: $(VENV)/.ready-test
	$(BIN)/python -m benchmarks.guard

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
	find . -name __pycache__ -not -path './$(VENV)/*' -not -path './$(PEERS)/*' -not -path './$(SMART)/*' -not -path './$(WORKFLOW)/*' -type d -prune -exec rm -rf {} +
