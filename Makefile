# Two commands matter: `make demo` shows the site, `make test` proves it. The steps themselves are scripts in .ci/.
PORT ?= 8000
PYTHON := .venv/bin/python
export PORT

.DEFAULT_GOAL := help
.PHONY: help demo test lint format bench fonts pictures

help:  ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo:  ## build the demo world and serve it on http://127.0.0.1:8000 (PORT=8080 changes it); keeps its data
	@.ci/demo

test:  ## run every test: on SQLite, on a PostgreSQL of its own, and in Chromium
	@.ci/test

lint:  ## check the code with ruff and the templates with djlint
	@.ci/lint

format:  ## let ruff put imports and simple things right
	@.ci/venv requirements-dev.txt
	@$(PYTHON) -m ruff check --fix .

bench:  ## measure the desk against bare Django, on SQLite and, where installed, PostgreSQL; writes var/bench*.json
	@.ci/bench

fonts:  ## cut the web fonts out of the typeface package into var/fonts
	@.ci/venv requirements.txt
	@DEMO=1 $(PYTHON) manage.py make_fonts

pictures:  ## take the pictures of README.md from the demo running on PORT
	@.ci/venv requirements-dev.txt
	@$(PYTHON) .ci/pictures.py http://127.0.0.1:$(PORT) docs/pictures
