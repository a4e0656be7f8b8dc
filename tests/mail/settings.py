"""The demonstration, with a mail server and a mail of the tests."""

import os
from pathlib import Path

from hub.settings.base import TEMPLATES
from hub.settings.demo import *  # noqa: F403

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = "127.0.0.1"
EMAIL_PORT = int(os.environ["TEST_MAIL_PORT"])
EMAIL_TIMEOUT = 5
TEMPLATES[0]["DIRS"].append(Path(__file__).parent / "templates")  # type: ignore[index]
