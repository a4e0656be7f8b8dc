"""A hub to try: one process, SQLite, the embedded search, mails printed on the console. Never for a public server."""

import os

from hub.settings.base import *  # noqa: F403
from hub.settings.base import VAR_DIR
from hub.settings.environment import DEMO_SECRET_KEY
from hub.settings.logs import logging_settings, logs_are_json

VAR_DIR.mkdir(parents=True, exist_ok=True)

DEBUG = False  # the demo behaves, and weighs, like production
SECRET_KEY = DEMO_SECRET_KEY  # production refuses it
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
DEFAULT_FROM_EMAIL = "hub@example.org"
HUB_DEMO_NOTICE = True
HUB_SERVES_MEDIA = True
LOGGING = logging_settings(
    as_json=logs_are_json(environ=os.environ), with_requests=os.environ.get("ACCESS_LOG", "0") != "0"
)
