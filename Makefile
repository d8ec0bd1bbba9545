# Deux commandes : « make demo » planifie le bassin de démonstration, « make test » passe les tests.
# « make serve » ouvre le service.
# « make test-slow » passe les longs (des milliers de petits bassins) ; « make bench » est le banc d’essai (options : make bench BENCH="--help").
PYTHON ?= $(shell command -v python3.11 || command -v python3)
PIP = .venv/bin/python -m pip install --quiet --no-compile --disable-pip-version-check -c requirements.lock

.PHONY: demo serve test test-slow bench clean
demo: .venv/.installed
	.venv/bin/bassin demo

serve: .venv/.installed-service
	.venv/bin/bassin serve

test: .venv/.installed-dev
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/pytest -m "not slow"

test-slow: .venv/.installed-dev
	.venv/bin/pytest -m slow

bench: .venv/.installed-dev
	.venv/bin/python tests/benchmarks/run.py $(BENCH)

.venv/.installed: pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Il faut Python 3.11 (make PYTHON=/chemin/vers/python3.11)."; exit 1; }
	test -x .venv/bin/python || $(PYTHON) -m venv .venv
	$(PIP) -e .
	@touch $@

.venv/.installed-service: .venv/.installed
	$(PIP) -e '.[service]'
	@touch $@

.venv/.installed-dev: .venv/.installed
	$(PIP) -e '.[service,dev]'
	@touch $@

clean:
	rm -rf .venv plan plan-demo
