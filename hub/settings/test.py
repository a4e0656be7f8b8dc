"""Settings of the test suite. DATABASE_URL chooses PostgreSQL; SQLite otherwise."""

import tempfile
from pathlib import Path

from hub.settings.base import *  # noqa: F403
from hub.settings.base import TEMPLATES
from hub.settings.environment import TEST_SECRET_KEY

DEBUG = False
SECRET_KEY = TEST_SECRET_KEY
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
_TEMPORARY = Path(tempfile.mkdtemp(prefix="hub-tests-"))
MEDIA_ROOT = _TEMPORARY / "media"
SEARCH_INDEX_DIR = _TEMPORARY / "search"
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True  # browser tests get the static files from where they are, nothing being collected
STATIC_ROOT = _TEMPORARY / "static"
STATIC_ROOT.mkdir()

# A template that names an unknown variable fails the test, instead of printing nothing (see tests/conftest.py).
TEMPLATES[0]["OPTIONS"]["debug"] = True  # type: ignore[index]
