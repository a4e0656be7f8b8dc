# The hub's commands. `make help` lists them. Only Python 3.11 or newer and make are needed to begin.

PORT ?= 8000
HUB_VAR_DIR ?= $(CURDIR)/var
UV_VERSION := 0.13.9

export HUB_VAR_DIR
export UV_PROJECT_ENVIRONMENT := $(CURDIR)/.venv
export PYTHONUNBUFFERED := 1

BIN := .venv/bin
APPS := events hub initiatives search
SAY := printf '\n→ %s\n'

# The virtual environment, filled once for each version of uv.lock: what serving needs, then what working on it needs.
RUNTIME := $(BIN)/.runtime
EVERYTHING := $(BIN)/.everything

# The demonstration is prepared again when the code changed, or when its database was deleted.
DEMO_ENVIRONMENT := DJANGO_SETTINGS_MODULE=hub.settings.demo PUBLIC_BASE_URL=http://127.0.0.1:$(PORT) BIND=127.0.0.1:$(PORT) WEB_REQUEST_LINE=0
DEMO := $(DEMO_ENVIRONMENT) $(BIN)/python manage.py
DEMO_READY := $(HUB_VAR_DIR)/.demo-ready
# The site's own address holds the port.
DEMO_PORT := $(HUB_VAR_DIR)/.demo-port-$(PORT)
DEMO_SOURCES := $(shell find $(APPS) templates -type f -not -name '*.pyc')
ifeq (,$(wildcard $(HUB_VAR_DIR)/hub.sqlite3))
DEMO_FROM_SCRATCH := from-scratch
endif

.DEFAULT_GOAL := help
.PHONY: help demo serve superuser test lint lint-style lint-types lint-templates lint-migrations format bench relevance backup-check ci clean elasticsearch elasticsearch-stop elasticsearch-status
.PHONY: free-port from-scratch

help: ## List these commands
	@echo "Le hub des ateliers et des initiatives de la Dihal"
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-20s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo '  Variables: PORT=8001 (demo, serve), ARGS="…" (test, bench), HUB_VAR_DIR=/folder (database, media, index)'

# --- trying it --------------------------------------------------------------------------------------------------------

demo: free-port $(RUNTIME) $(DEMO_READY) $(DEMO_PORT) ## Prepare a hub with demonstration content and serve it on 127.0.0.1:8000
	@$(SAY) "Mise à jour de la recherche"
	@$(DEMO) sync_search || echo "La recherche sera complétée plus tard : voir « manage.py sync_search --status »."
	@$(MAKE) --no-print-directory serve

serve: free-port $(RUNTIME) ## Serve what `make demo` prepared, without preparing again
	@$(SAY) "Le hub répond sur http://127.0.0.1:$(PORT)/ (administration : http://127.0.0.1:$(PORT)/gestion/). Ctrl+C l’arrête."
	@$(DEMO_ENVIRONMENT) exec $(BIN)/gunicorn --config python:hub.gunicorn hub.wsgi

superuser: $(RUNTIME) ## Create an account for the administration of the demonstration
	@$(DEMO) createsuperuser

$(DEMO_READY): uv.lock $(DEMO_SOURCES) $(DEMO_FROM_SCRATCH) | $(RUNTIME)
	@$(SAY) "1/7 Base de données (SQLite, dans $(HUB_VAR_DIR))"
	@$(DEMO) migrate --verbosity 0
	@$(SAY) "2/7 Territoires : communes, intercommunalités, départements, régions"
	@$(DEMO) load_territories
	@$(SAY) "3/7 Vocabulaires : publics, axes, dispositifs, structures, gouvernements"
	@$(DEMO) load_vocabulary
	@$(DEMO) load_thesaurus
	@$(SAY) "4/7 Pages du site : accueil, listes, pages légales"
	@$(DEMO) prepare_site
	@$(SAY) "5/7 Ateliers et initiatives de démonstration"
	@$(DEMO) load_demo
	@$(SAY) "6/7 Index de recherche"
	@$(DEMO) rebuild_search --yes
	@$(SAY) "7/7 Feuilles de style, scripts et images"
	@$(DEMO) collectstatic --no-input --verbosity 0
	@rm -f $(HUB_VAR_DIR)/.demo-port-* && touch $@ $(DEMO_PORT)

$(DEMO_PORT): | $(DEMO_READY)
	@$(SAY) "Adresse du site : http://127.0.0.1:$(PORT)/"
	@$(DEMO) prepare_site --verbosity 0
	@rm -f $(HUB_VAR_DIR)/.demo-port-* && touch $@

# --- working on it ----------------------------------------------------------------------------------------------------

test: $(EVERYTHING) ## Install everything and run every test (ARGS="-k agenda" for some)
	@$(SAY) "Tests, sur tous les processeurs (REQUIRE_BROWSER=1 exige un navigateur, REQUIRE_ELASTICSEARCH=1 démarre Elasticsearch)"
	@$(BIN)/pytest -n auto --dist worksteal $(ARGS)

elasticsearch: | $(BIN)/python ## Find or start a search server for trials and tests, and print its address
	@$(BIN)/python -m tests.servers start

elasticsearch-stop: | $(BIN)/python ## Stop the search server that `make elasticsearch` started, and nothing else
	@$(BIN)/python -m tests.servers stop

elasticsearch-status: | $(BIN)/python ## Say which search server the tests would use
	@$(BIN)/python -m tests.servers status

lint: lint-style lint-types lint-templates lint-migrations ## Check style, types, templates and that no migration is missing

lint-style: $(EVERYTHING)
	@$(SAY) "Style (ruff)"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .

lint-types: $(EVERYTHING)
	@$(SAY) "Types (mypy)"
	@$(BIN)/mypy

lint-templates: $(EVERYTHING)
	@$(SAY) "Gabarits (djlint)"
	@$(BIN)/djlint --lint --quiet templates

lint-migrations: $(EVERYTHING)
	@$(SAY) "Migrations manquantes"
	@DJANGO_SETTINGS_MODULE=hub.settings.test $(BIN)/python manage.py makemigrations --check --dry-run

format: $(EVERYTHING) ## Put the code in the house style
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .

bench: $(EVERYTHING) ## Measure the search, beside Wagtail’s own (ARGS="--sizes 10000" for one size)
	@$(BIN)/python -m tests.bench $(ARGS)

relevance: $(EVERYTHING) ## Measure what the search finds, beside Wagtail’s and a bare Elasticsearch (ARGS="--worst 20")
	@$(BIN)/python -m tests.relevance $(ARGS)

backup-check: $(RUNTIME) ## Back up, restore into an empty database, compare everything (ARGS="--site": your own)
	@$(BIN)/python -m tests.backup $(ARGS)

production-check: $(EVERYTHING) ## Run what production runs, for real, and break it (about 15 minutes; ARGS="-k Frozen" for a part)
	@$(SAY) "PostgreSQL, Elasticsearch, gunicorn et le livreur, pour de vrai ; puis les pannes (FAULT_SECONDS=20 pour aller plus vite)"
	@$(BIN)/pytest tests/production tests/servers/test_elasticsearch.py -m production -n 0 -v $(ARGS)

ci: ## Do what the continuous integration does, on this machine
	@bash .ci/run

clean: ## Remove the virtual environment and every cache (the demonstration in var/ stays)
	@rm -rf .venv .pytest_cache .ruff_cache .mypy_cache
	@find $(APPS) tests -type d -name __pycache__ -prune -exec rm -rf {} +

# --- underneath -------------------------------------------------------------------------------------------------------

$(BIN)/python:
	@found=""; \
	for candidate in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
	  if $$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$candidate; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	  echo "Il faut Python 3.11 ou plus récent ; « python3 --version » répond : $$(python3 --version 2>&1)." >&2; \
	  echo "S’il est installé ailleurs : make demo PYTHON=/chemin/vers/python3.11" >&2; exit 1; \
	fi; \
	$(SAY) "Environnement virtuel .venv ($$($$found --version))"; \
	$$found -m venv .venv || { rm -rf .venv; \
	  echo "Le module venv de Python manque ; sous Debian ou Ubuntu : apt install python3-venv" >&2; exit 1; }

$(BIN)/uv: | $(BIN)/python
	@$(SAY) "Installation de uv, qui installe le reste"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

$(RUNTIME): uv.lock | $(BIN)/uv
	@$(SAY) "Bibliothèques du hub (une à deux minutes la première fois)"
	@$(BIN)/uv sync --frozen --inexact --no-default-groups
	@touch $@

$(EVERYTHING): uv.lock | $(BIN)/uv
	@$(SAY) "Bibliothèques du hub et outils de développement (une à deux minutes la première fois)"
	@$(BIN)/uv sync --frozen --inexact --all-groups
	@touch $(RUNTIME) $@

free-port: | $(BIN)/python
	@$(BIN)/python -c 'import socket; s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(("127.0.0.1", $(PORT)))' 2>/dev/null \
	  || { echo "Le port $(PORT) est déjà occupé (un autre hub ?) : choisissez-en un autre, par exemple make demo PORT=8001" >&2; exit 1; }
