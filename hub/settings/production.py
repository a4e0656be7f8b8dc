"""A public server. Every value that differs from one server to the next comes from the environment."""

import logging
import os

from hub.settings.environment import comma_separated, folder, require_sound_environment
from hub.settings.logs import logging_settings, logs_are_json

# Before base reads the same variables: all that is wrong is said at once, not the first thing Django trips on.
require_sound_environment(environ=os.environ)

from hub.settings.base import *  # noqa: E402, F403
from hub.settings.base import MEDIA_ROOT, STATIC_ROOT, env  # noqa: E402

DEBUG = False
SECRET_KEY = env.ENVIRON["SECRET_KEY"].strip()
# Keys that were in use until recently: sessions opened with them stay valid while the key is being changed.
SECRET_KEY_FALLBACKS = comma_separated(env.str("SECRET_KEY_FALLBACKS", default=""))
ALLOWED_HOSTS = comma_separated(env.str("ALLOWED_HOSTS"))
CSRF_TRUSTED_ORIGINS = [env.str("PUBLIC_BASE_URL").rstrip("/")]

MEDIA_ROOT = folder(environ=env.ENVIRON, name="MEDIA_ROOT", default=MEDIA_ROOT)
# A proxy that reads no file (HAProxy) leaves the images to the hub.
HUB_SERVES_MEDIA = env.ENVIRON.get("SERVE_IMAGES", "0").strip() == "1"
STATIC_ROOT = folder(environ=env.ENVIRON, name="STATIC_ROOT", default=STATIC_ROOT)

_mail_server = env.email_url("EMAIL_URL")
EMAIL_BACKEND = _mail_server["EMAIL_BACKEND"]
EMAIL_HOST, EMAIL_PORT = _mail_server["EMAIL_HOST"], _mail_server["EMAIL_PORT"]
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail_server["EMAIL_HOST_USER"], _mail_server["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS, EMAIL_USE_SSL = _mail_server.get("EMAIL_USE_TLS", False), _mail_server.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10  # seconds; a silent mail server must not hold a web process
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Tries are counted for all the web processes together: in the database they share (createcachetable, in the release).
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "hub_cache",
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    },
    # What Wagtail keeps of images is dearer to ask the database for than to compute.
    "renditions": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}

# TLS ends at the proxy. gunicorn believes its X-Forwarded-Proto only from TRUSTED_PROXIES (hub/gunicorn.py), so
# nothing more is believed here.
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^sante/"]  # a load balancer asks for the health in plain HTTP
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=365 * 24 * 3600)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_NAME = "__Host-csrf"

# Python's warnings are records like the others.
logging.captureWarnings(capture=True)
LOGGING = logging_settings(
    as_json=logs_are_json(environ=os.environ),
    level=env.str("LOG_LEVEL", default="INFO"),
    with_requests=env.str("ACCESS_LOG", default="1") != "0",
)
