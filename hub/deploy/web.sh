#!/bin/sh
# A web server on a platform whose containers share no disk: with the worker that keeps its own stand-by index true,
# sends mails and does what is to be done each day; several of these at once share the work.
set -eu

# Scalingo names its containers (web-1); elsewhere the machine's name is the container's.
SEARCH_HOST_NAME=${CONTAINER:-$(hostname)}
export SEARCH_HOST_NAME
export BIND="0.0.0.0:$PORT"

(while :; do python manage.py run_worker || sleep 5; done) &
exec gunicorn --config python:hub.gunicorn hub.wsgi
