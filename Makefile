PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup report sweep study test lab bench audit clean

help:  ## show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'
	@echo '  options go into ARGS: make report ARGS="--quick --lang en"'

setup: $(VENV)/.ready  ## install everything into .venv

$(VENV)/.ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11, 5))' || { echo 'Python 3.11.5 or newer is needed; name one: make PYTHON=python3.12 ...'; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo 'The venv module is missing; install it (Debian: python3-venv) or use environment.yml'; exit 1; }
	@echo 'Installing into $(VENV) (once; torch is large) ...'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test]'
	@touch $@

report: setup  ## run all notebooks, write build/report.html and the PDFs
	@$(BIN)/python -m report $(ARGS)

sweep: setup  ## run a grid of learning rates, hidden sizes and seeds, for the next report (hours)
	@$(BIN)/python -m report.sweep $(ARGS)

test: setup  ## run all tests
	@$(BIN)/python -m pytest $(ARGS)

study: setup  ## run the experiments of chapter 4 at full depth, into data/recorded/study.json (hours)
	@$(BIN)/python -m notebooks.why_lstm.study $(ARGS)

bench: setup  ## compare speed with the plain ways (2 minutes)
	@PYTHONPATH=tests $(BIN)/python -m benchmarks $(ARGS)

lab: setup  ## open working copies of the notebooks in JupyterLab
	@$(BIN)/python -m report.lab $(ARGS)

audit:  ## look the pinned versions up in PyPI's list of known weaknesses
	@mkdir -p build && $(PYTHON) -m venv build/audit
	@build/audit/bin/python -m pip install --quiet --disable-pip-version-check pip-audit
	@build/audit/bin/pip-audit --strict --no-deps --disable-pip -r constraints.txt 2>build/audit/log || { \
	  grep -q ' known vulnerabilit' build/audit/log || echo "Not audited: PyPI's list could not be reached. It said:"; \
	  tail -n 1 build/audit/log; exit 1; }
	@echo 'No known weakness in the pinned versions.'

clean:  ## remove everything that was built but sweeps and studies, which take hours
	rm -rf $(VENV) *.egg-info
	[ ! -d build ] || find build -mindepth 1 -maxdepth 1 ! -name sweeps ! -name study -exec rm -rf {} +
