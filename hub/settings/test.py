"""Settings of the test suite. DATABASE_URL chooses PostgreSQL; SQLite otherwise."""

import tempfile
from pathlib import Path

from hub.settings.base import *  # noqa: F403
from hub.settings.base import TEMPLATES
from hub.settings.elasticsearch import DEFAULT_BREAKER, DEFAULT_INDEX, DEFAULT_TIMEOUT
from hub.settings.environment import TEST_SECRET_KEY

DEBUG = False
SECRET_KEY = TEST_SECRET_KEY
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
MAIL_DELIVERY = "worker"  # mails stay in the outbox until a test delivers them (the fixture `delivered_mails`)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
_TEMPORARY = Path(tempfile.mkdtemp(prefix="hub-tests-"))
MEDIA_ROOT = _TEMPORARY / "media"
SEARCH_INDEX_DIR = _TEMPORARY / "search"
# Whatever the environment says: the tests that need a cluster name it by themselves.
ELASTICSEARCH_URL = ELASTICSEARCH_API_KEY = ELASTICSEARCH_USER = ELASTICSEARCH_PASSWORD = ELASTICSEARCH_CA_CERT = ""
ELASTICSEARCH_INDEX = DEFAULT_INDEX
ELASTICSEARCH_TIMEOUT = DEFAULT_TIMEOUT
SEARCH_BREAKER_SECONDS = DEFAULT_BREAKER
FILE_CHECKS_DIR = _TEMPORARY / "checks"
# The clock of a busy machine stops no test: the processor's time and the memory are bounded as they are on a server.
FILE_CHECK_SECONDS = FILE_CHECK_WAIT = 60.0
FILE_CHECKS_IN_A_PROCESS = 8
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True  # browser tests get the static files from where they are, nothing being collected
STATIC_ROOT = _TEMPORARY / "static"
STATIC_ROOT.mkdir()

# A template that names an unknown variable fails the test, instead of printing nothing (see tests/conftest.py).
TEMPLATES[0]["OPTIONS"]["debug"] = True  # type: ignore[index]
