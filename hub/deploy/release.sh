#!/bin/sh
# What each release does before the new version serves: safe to run again, and while the former version answers.
set -eu

python manage.py migrate --no-input
python manage.py createcachetable
python manage.py load_territories
python manage.py load_vocabulary
python manage.py load_thesaurus
python manage.py prepare_site
# The index every host shares, if it is missing or of another version; each worker makes its host's own. A search server
# that is down does not stop a release: the stand-by answers, and /sante/pret goes on saying that a rebuild is due.
if [ -n "${ELASTICSEARCH_URL:-}" ]; then
  python manage.py rebuild_search --engine elasticsearch --if-needed --yes ||
    echo "La recherche reste à reconstruire : voir « manage.py sync_search --status »." >&2
fi
