#!/bin/sh
# What each release does before the new version serves: safe to run again, and while the former version answers.
set -eu

python manage.py migrate --no-input
python manage.py load_territories
python manage.py load_vocabulary
python manage.py prepare_site
# Of every engine of this host whose index is missing or of another version. A search server that is down does not stop
# a release: the stand-by answers, and /sante/pret goes on saying that a rebuild is due.
python manage.py rebuild_search --if-needed --yes || echo "La recherche reste à reconstruire : voir « manage.py sync_search --status »." >&2
