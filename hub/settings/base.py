"""What every deployment of the hub shares. The other modules only say what differs."""

import os
from pathlib import Path

import environ

from hub.settings.accounts import *  # noqa: F403 — settings like those below
from hub.settings.accounts import proconnect_settings
from hub.settings.content_policies import admin_policy, public_policy
from hub.settings.databases import database_from_url
from hub.settings.elasticsearch import DEFAULT_BREAKER, DEFAULT_INDEX, DEFAULT_TIMEOUT
from hub.settings.environment import comma_separated, folder, require_secret_files
from hub.settings.limits import RATE_LIMITS
from hub.settings.logs import logging_settings

BASE_DIR = Path(__file__).resolve().parent.parent.parent

env = environ.Env()
env.ENVIRON = require_secret_files(environ=os.environ)

# Everything a running hub writes lives under one folder: database of the trial, media, search index.
VAR_DIR = folder(environ=env.ENVIRON, name="HUB_VAR_DIR", default=BASE_DIR / "var")

INSTALLED_APPS = [
    "search",
    "events",
    "initiatives",
    "hub.pages",
    "hub.vocabulary",
    "hub.territories",
    "hub.mail",
    "hub.daily",
    "hub.accounts",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.table_block",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "widget_tweaks",
    "dsfr",
    "csp",
    "django_prose_editor",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "hub.web.staticfiles.HubStaticFilesConfig",
]

MIDDLEWARE = [
    "hub.web.logs.RequestIdMiddleware",
    "hub.web.policies.SecurityHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "hub.web.health.HealthMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "hub.web.health.ProxyWatchMiddleware",
    "hub.web.ranges.RangeMiddleware",
    # After whitenoise, whose files are compressed once and for all. Django pads the pages against BREACH.
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "hub.accounts.signing_in.second_factor.SecondFactorMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "hub.web.policies.ContentPolicyMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
    "hub.accounts.middleware.EndedAccountMiddleware",
    "hub.web.admin_addresses.AdminAddressesMiddleware",
    "hub.pages.whole_edits.WholeEditMiddleware",
]

ROOT_URLCONF = "hub.urls"
WSGI_APPLICATION = "hub.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "hub.pages.navigation.site_identity",
            ],
        },
    },
]

DATABASES = {
    "default": database_from_url(url=env.str("DATABASE_URL", default=f"sqlite:///{VAR_DIR}/hub.sqlite3")),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
# ProConnect, when its three values are given (docs/comptes.md).
PROCONNECT_SERVER_URL = env.ENVIRON.get("PROCONNECT_SERVER_URL", "").strip().rstrip("/")
# Whether an address without « email_verified » is believed: the operator's word for the provider's.
PROCONNECT_EMAILS_ARE_VERIFIED = env.ENVIRON.get("PROCONNECT_EMAILS_ARE_VERIFIED", "0").strip() == "1"
SOCIALACCOUNT_PROVIDERS = proconnect_settings(
    server_url=PROCONNECT_SERVER_URL,
    client_id=env.ENVIRON.get("PROCONNECT_CLIENT_ID", "").strip(),
    client_secret=env.ENVIRON.get("PROCONNECT_CLIENT_SECRET", "").strip(),
)
# Whether the admin is closed to those who sign in without a second step.
REQUIRE_SECOND_FACTOR_FOR_EDITORS = env.ENVIRON.get("REQUIRE_SECOND_FACTOR_FOR_EDITORS", "0").strip() == "1"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
USE_I18N = True
USE_TZ = True

STATICFILES_DIRS = [BASE_DIR / "hub" / "static"]
STATIC_ROOT = VAR_DIR / "static"
STATIC_URL = "/static/"
MEDIA_ROOT = VAR_DIR / "media"
MEDIA_URL = "/media/"
STORAGES = {
    "default": {"BACKEND": "hub.files.storage.WholeFileStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# DSFR's own stylesheets name a few files they do not ship: a missing reference must not stop the release.
WHITENOISE_MANIFEST_STRICT = False
WHITENOISE_MAX_AGE = 3600

# Long recaps are many blocks, each several form fields.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
# Above what the forms accept, so that a text too long gets the form's message and is not lost.
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

TAGGIT_CASE_INSENSITIVE = True
# Addresses without accents: they are read aloud, copied by hand, printed on leaflets.
TAGGIT_STRIP_UNICODE_WHEN_SLUGIFYING = True
WAGTAIL_ALLOW_UNICODE_SLUGS = False
DSFR_USE_INTEGRITY_CHECKSUMS = False  # hashed file names change the URLs the checksums are listed under
DSFR_MARK_OPTIONAL_FIELDS = True

WAGTAILADMIN_RICH_TEXT_EDITORS = {"default": {"WIDGET": "hub.pages.rich_text.RichTextArea"}}
# Those of France: the system's own list has names no browser knows.
WAGTAIL_USER_TIME_ZONES = [
    "Europe/Paris",
    "America/Cayenne",
    "America/Guadeloupe",
    "America/Marigot",
    "America/Martinique",
    "America/Miquelon",
    "America/St_Barthelemy",
    "Indian/Mayotte",
    "Indian/Reunion",
    "Pacific/Noumea",
    "Pacific/Tahiti",
    "Pacific/Wallis",
]
WAGTAIL_SITE_NAME = "Hub des ateliers et des initiatives"
WAGTAILADMIN_BASE_URL = env.str("PUBLIC_BASE_URL", default="http://127.0.0.1:8000")
# "thread": the process that writes a mail hands it over right after; "worker": send_mails alone does.
MAIL_DELIVERY = env.str("MAIL_DELIVERY", default="thread").strip()
WAGTAIL_ENABLE_UPDATE_CHECK = False  # no call home
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 20_000_000
WAGTAILIMAGES_IMAGE_FORM_BASE = "hub.pages.images.ImageForm"  # without what photos say beside their pixels
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp"]
WAGTAILDOCS_EXTENSIONS = "csv docx mp4 odp ods odt pdf pptx srt txt vtt webm xlsx zip".split()
# A two-hour replay; whoever uploads here is an editor. The proxies in front have limits of their own, to be moved too.
WAGTAILDOCS_MAX_UPLOAD_SIZE = env.int("RECORDING_MAX_MB", default=500) * 1024 * 1024
WAGTAILDOCS_DOCUMENT_FORM_BASE = "hub.pages.documents.DocumentForm"
EDITOR_DOCUMENT_MAX_BYTES = 100 * 1024 * 1024  # of a document that is opened to be checked; videos are not
# What partners may send, in bytes (docs/fichiers.md). An office document is an archive: what it may hold once opened.
PARTNER_DOCUMENT_MAX_BYTES = 20 * 1024 * 1024
PARTNER_IMAGE_MAX_BYTES = 10 * 1024 * 1024
PARTNER_ARCHIVE_MAX_BYTES = 200 * 1024 * 1024
PARTNER_SHEET_MAX_FILES = 20
PARTNER_SHEET_MAX_BYTES = 100 * 1024 * 1024
PARTNER_UPLOAD_ORPHAN_DAYS = 30  # a file no text names is deleted after so many days
# What looking at one file may cost, and how many are looked at at once on this machine (hub/files/apart.py).
FILE_CHECK_PROCESSOR_SECONDS = env.int("FILE_CHECK_PROCESSOR_SECONDS", default=3)
FILE_CHECK_SECONDS = env.float("FILE_CHECK_SECONDS", default=3.0)
FILE_CHECK_MEMORY = env.int("FILE_CHECK_MEMORY_MB", default=450) * 1024 * 1024
FILE_CHECKS_AT_ONCE = env.int("FILE_CHECKS_AT_ONCE", default=2)
FILE_CHECK_WAIT = env.float("FILE_CHECK_WAIT", default=1.0)  # seconds to wait for a turn
FILE_CHECKS_DIR = VAR_DIR / "checks"
# Loaded before the first file comes: module:function.
FILE_READERS = [
    "hub.files.documents:read_document",
    "hub.files.images:redraw",
    "hub.files.images:picture_alone",
    "hub.files.words:read_words",
    "initiatives.bulk.tables:read_table",
    "events.recap.parsing:read_apart",
]
# Two threads of each process are left to those who read pages.
FILE_CHECKS_IN_A_PROCESS = max(1, env.int("WEB_THREADS", default=4) - 2)
FILE_UPLOAD_HANDLERS = [
    "hub.files.upload_handlers.SignedInUploadHandler",  # takes none from a stranger
    "hub.files.upload_handlers.BoundedUploadHandler",  # stops what is too large while it arrives
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
WAGTAILEMBEDS_FINDERS: list[dict[str, str]] = []  # nothing is fetched from a third party while a page renders
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES = [("fr", "Français")]
WAGTAILADMIN_PERMITTED_LANGUAGES = [("fr", "Français")]
# As the pickers of the administration write; what people type is read by hub/french_fields.py.
WAGTAIL_DATE_FORMAT, WAGTAIL_DATETIME_FORMAT, WAGTAIL_TIME_FORMAT = "%d/%m/%Y", "%d/%m/%Y %H:%M", "%H:%M"
# The admin's own search stays on the database; the public search has its engines (see docs/recherche.md).
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}

# Working days within which partners are promised an answer about a sheet they submitted.
REVIEW_DELAY_DAYS = env.int("REVIEW_DELAY_DAYS", default=10)

# Where the embedded search engine keeps its index, and the name of this host among its consumers.
SEARCH_INDEX_DIR = folder(environ=env.ENVIRON, name="SEARCH_INDEX_DIR", default=VAR_DIR / "search")
SEARCH_HOST_NAME = env.str("SEARCH_HOST_NAME", default="local")
# The index of a host that nobody saw for so long is forgotten; it makes it anew if it comes back.
SEARCH_CONSUMER_MAX_ABSENCE_DAYS = env.int("SEARCH_CONSUMER_MAX_ABSENCE_DAYS", default=14)

# The search cluster: one or several addresses separated by commas; empty: the embedded engine alone. Read as they are:
# django-environ takes a value that begins with a dollar for the name of another variable.
ELASTICSEARCH_URL = env.ENVIRON.get("ELASTICSEARCH_URL", "").strip()
ELASTICSEARCH_API_KEY = env.ENVIRON.get("ELASTICSEARCH_API_KEY", "").strip()
ELASTICSEARCH_USER = env.ENVIRON.get("ELASTICSEARCH_USER", "").strip()
ELASTICSEARCH_PASSWORD = env.ENVIRON.get("ELASTICSEARCH_PASSWORD", "").strip()
ELASTICSEARCH_CA_CERT = env.ENVIRON.get("ELASTICSEARCH_CA_CERT", "").strip()  # path of a PEM file
ELASTICSEARCH_INDEX = env.str("ELASTICSEARCH_INDEX", default="").strip() or DEFAULT_INDEX  # an alias
# Seconds a search waits for the cluster at most, then seconds the stand-by answers before the cluster is asked again.
ELASTICSEARCH_TIMEOUT = float(env.str("ELASTICSEARCH_TIMEOUT", default="").strip() or DEFAULT_TIMEOUT)
SEARCH_BREAKER_SECONDS = float(env.str("SEARCH_BREAKER_SECONDS", default="").strip() or DEFAULT_BREAKER)

# A published sheet is to be confirmed so many days after its publication or last confirmation; its members are
# reminded, and without an answer it is archived, so many days after the question.
SHEET_CONFIRMATION_DAYS = env.int("SHEET_CONFIRMATION_DAYS", default=365)
SHEET_REMINDER_DAYS = sorted(env.list("SHEET_REMINDER_DAYS", cast=int, default=[30, 60]))
SHEET_ARCHIVE_DAYS = env.int("SHEET_ARCHIVE_DAYS", default=90)
# How long the address of a reader who reported an error, or of a partner asked to confirm its part, is kept.
SHEET_ADDRESSES_KEPT_DAYS = env.int("SHEET_ADDRESSES_KEPT_DAYS", default=365)

# How long who registered to a workshop is kept after it, in days; said on the form.
REGISTRATIONS_KEPT_DAYS = env.int("REGISTRATIONS_KEPT_DAYS", default=180)

# Whom to tell about a vulnerability (/.well-known/security.txt): a mailto: or https: address.
SECURITY_CONTACT = env.str("SECURITY_CONTACT", default="mailto:securite@example.org")
# A public server's proxy serves uploaded images; the demonstration has none.
HUB_SERVES_MEDIA = False
# Shown on every page when the content is demonstration data.
HUB_DEMO_NOTICE = False

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"  # Wagtail lifts it itself where the admin previews pages in a frame
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
# Django's, in the database, bounded for whoever is not signed in.
SESSION_ENGINE = "hub.accounts.sessions"

HUB_RATE_LIMITS = RATE_LIMITS
# Whose X-Forwarded-For is believed when tries are counted by address (hub/web/client_address.py); hub/gunicorn.py too.
TRUSTED_PROXIES = comma_separated(env.str("TRUSTED_PROXIES", default="127.0.0.1,::1"))
BIND = env.ENVIRON.get("BIND", "").strip() or "127.0.0.1:8000"  # where gunicorn listens
ADMIN_PATH = "gestion/"
# Whose player may be framed, and whose videos the forms take (hub/pages/videos.py).
PEERTUBE_HOSTS = comma_separated(env.str("PEERTUBE_HOSTS", default="tube.numerique.gouv.fr").lower())
DAILYMOTION_PLAYER = env.ENVIRON.get("DAILYMOTION_PLAYER", "").strip()  # the operator's own; Dailymotion's otherwise
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": public_policy(peertube_hosts=PEERTUBE_HOSTS, identity_provider=PROCONNECT_SERVER_URL)
}
ADMIN_CONTENT_SECURITY_POLICY = {"DIRECTIVES": admin_policy(peertube_hosts=PEERTUBE_HOSTS)}

LOGGING = logging_settings(as_json=False)
