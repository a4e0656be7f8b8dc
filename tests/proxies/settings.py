"""Production, but for its database: a file of the test's folder, in the place of PostgreSQL."""

from hub.settings.base import VAR_DIR
from hub.settings.databases import database_from_url
from hub.settings.production import *  # noqa: F403
from hub.settings.production import HUB_RATE_LIMITS, STORAGES

DATABASES = {"default": database_from_url(url=f"sqlite:///{VAR_DIR}/hub.sqlite3")}
ROOT_URLCONF = "tests.proxies.urls"
HUB_RATE_LIMITS = {**HUB_RATE_LIMITS, "sign-in": "3/m,300/h"}
# Nothing is collected: the pages name the files as they are.
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
