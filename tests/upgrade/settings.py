"""The demonstration, with the static files where they are: nothing is collected for a test."""

from hub.settings.base import STORAGES
from hub.settings.demo import *  # noqa: F403

STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
