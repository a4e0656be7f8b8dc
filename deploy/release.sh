#!/bin/sh
# What each release does before the new version serves: safe to run again, and while the former version answers.
set -eu

python manage.py migrate --no-input
python manage.py load_territories
python manage.py load_vocabulary
python manage.py prepare_site
# Rebuilds the index if it is missing or of another version. A search server that is down does not stop a release: the
# stand-by answers, and the worker catches up.
python manage.py sync_search || echo "La recherche sera complétée par le livreur : voir « manage.py sync_search --status »." >&2
