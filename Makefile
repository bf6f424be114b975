# Short names for those who have make; nothing here is needed. Everything sets itself up on first use.
.PHONY: help test check format report clean

help:
	@echo "make test    all tests (./test)"
	@echo "make check   all that must hold before a change lands (.ci/run)"
	@echo "make format  lint with mending, then format"
	@echo "make report  run scenarios/yuxinou.yaml and write its report"
	@echo "make clean   remove .venv and caches"

test:
	./test

check:
	bash .ci/run

format:
	./test --version
	.venv/bin/ruff check --fix
	.venv/bin/ruff format

report:
	./landbridge run scenarios/yuxinou.yaml

clean:
	rm -rf .venv .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache build dist
