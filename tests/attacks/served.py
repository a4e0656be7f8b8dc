"""The demonstration, without the collected static files: what the attacks on files are served by."""

from hub.settings.demo import *  # noqa: F403
from hub.settings.demo import STORAGES

STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
