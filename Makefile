# `make demo` shows the main job, `make test` proves it, `make check` is what a commit must pass.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
export OMP_NUM_THREADS ?= 1
unexport VIRTUAL_ENV # another environment that happens to be active; IPython would warn of it

.PHONY: setup demo test proof catalogue check release clean

setup: $(VENV)/.done

$(VENV)/.done: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	touch $@

demo: setup
	@mkdir -p build
	@echo "== The reference solution, all checks =="
	$(BIN)/python -m pytest solution --scores build/demo-reference.json
	@echo "== A half-finished student, all checks =="
	-$(BIN)/python -m pytest solution --submission tests/submissions/half_finished \
		--scores build/demo-half.json
	@echo "== A class of fifteen, as Canvas hands it out, each in a sandboxed process =="
	$(BIN)/python tests/class_download.py build/class
	rm -rf build/results
	-$(BIN)/grader grade build/class --out build/results
	$(BIN)/grader report build/results

test: setup
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not proof and not catalogue"

# What takes minutes each: 20 seeds, 20 kills over 200 submissions, the corpus of attacks.
proof: setup
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "proof and not catalogue"

# Every misconception and alternative with its training runs; `grader verify` is the quicker look.
catalogue: setup
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m catalogue

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/grader release --check
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not proof and not catalogue" -W error

release: setup
	$(BIN)/grader release

clean:
	rm -rf $(VENV) build *.egg-info assignment.zip
