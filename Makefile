# Each target works alone on a fresh machine that has Python 3.11 or newer, make and a package index.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test check format screenshots clean

# The demonstration needs only the core; tests and checks need the extras too.
$(VENV)/.core: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -e .
	touch $@

$(VENV)/.dev: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $@ $(VENV)/.core

demo: $(VENV)/.core
	$(BIN)/shoplens demo

# A worker for each core, each of one thread: workers whose threads outnumber the cores wait for one another. Four at
# most, as one that has loaded TensorFlow takes 1.5 GB. A file stays whole, so that what its tests share is made once.
test: $(VENV)/.dev
	OMP_NUM_THREADS=1 $(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist loadfile

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The pictures of the documents; needs Chromium.
screenshots: $(VENV)/.dev
	$(BIN)/shoplens demo --no-serve
	$(BIN)/python -m tests.serving.screenshots demo-shop/shop

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache demo-shop test-output
