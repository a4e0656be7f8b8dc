#!/bin/sh
# Before the first `docker compose up`, as root, in the repository: draws the secrets, and creates the folder of the media.
#   EMAIL_URL='smtp+tls://compte:motdepasse@hôte:587' sh hub/deploy/prepare.sh
# Each secret belongs to the account that reads it in its container; one that exists already is kept.
set -eu
umask 077

hub=10001       # Dockerfile
database=999    # the account of the image of PostgreSQL
search=1000     # the account of the image of Elasticsearch
mkdir -p secrets
chmod 0711 secrets

keep() { # NAME OWNER MODE, the value on the standard input
  if [ -s "secrets/$1" ]; then return; fi
  cat >"secrets/$1"
  chown "$2" "secrets/$1"
  chmod "$3" "secrets/$1"
}
draw() { head -c 48 /dev/urandom | base64 | tr -d '\n=' | tr '+/' '-_'; }

if [ ! -s secrets/email_url ] && [ -z "${EMAIL_URL:-}" ]; then
  echo "Indiquez le serveur d’envoi : EMAIL_URL='smtp+tls://…' sh hub/deploy/prepare.sh" >&2
  exit 1
fi
printf '%s' "${EMAIL_URL:-}" | keep email_url $hub:$hub 0400
draw | keep secret_key $hub:$hub 0400
draw | keep database_password $database:$database 0400
printf 'postgres://hub:%s@database:5432/hub' "$(cat secrets/database_password)" | keep database_url $hub:$hub 0400
draw | keep elastic_password $search:$search 0400
draw | keep search_password $hub:$search 0440

install -d -o $hub -g $hub -m 0755 var/media
echo "Secrets dans secrets/, images et documents dans var/media/ : sauvegardez les deux."
