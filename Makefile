# Two commands are all a newcomer needs: `make demo` and `make test`.
PYTHON ?= python3
SERVE ?= 1
CICS_HOME ?= $(CURDIR)/var
UV := .uv/bin/uv
BIN := .venv/bin
export UV_PYTHON_DOWNLOADS = never
export UV_LINK_MODE = copy
export PYTHONDONTWRITEBYTECODE =  # compiled modules halve the start of every command

.PHONY: demo test test-all install install-dev chromium lint types walls sql unit fuzz bench clean

demo: install
	$(BIN)/cics demo --home "$(CICS_HOME)" $(if $(filter 0,$(SERVE)),--no-serve,--serve)

test: install-dev chromium lint types walls sql unit

test-all: test
	$(BIN)/pytest -n 2 --dist loadgroup -m "not faults" tests

install: $(UV)
	@$(UV) sync --frozen --no-dev --quiet --python $(PYTHON)

install-dev: $(UV)
	@$(UV) sync --frozen --quiet --python $(PYTHON)

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; name one with make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv .uv
	@.uv/bin/pip install --quiet --disable-pip-version-check "uv>=0.9"

chromium:
	@sh tests/browser/install.sh $(BIN)

lint:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/deptry .

types:
	$(BIN)/mypy

walls:
	$(BIN)/lint-imports

sql:
	cd dbt_project && ../$(BIN)/sqlfluff lint --processes 2 models tests

unit:
	$(BIN)/pytest -n 2 --dist loadgroup

fuzz:
	$(BIN)/pytest -n 2 -m fuzz tests

bench:
	$(BIN)/cics bench intake

clean:
	rm -rf .venv .uv var tests/output
