"""The environment of a public server."""

import os

import pytest


@pytest.fixture
def environ(tmp_path):
    """What production needs, and nothing of the machine the tests run on but its programs."""
    return {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "hub.settings.production",
        "SECRET_KEY": "vG7w-ROUdXk1Jc8sTq5Zb0yLm3Hn6Pf9aEi2KxWoCgNuBtMlDrSjQzYh",
        "ALLOWED_HOSTS": "hub.example.gouv.fr",
        "PUBLIC_BASE_URL": "https://hub.example.gouv.fr/",
        "DATABASE_URL": "postgres://hub:secret@127.0.0.1:1/hub",
        "EMAIL_URL": "smtp+tls://hub:secret@mail.example.internal:587",
        "DEFAULT_FROM_EMAIL": "Hub Dihal <hub@example.gouv.fr>",
        "HUB_VAR_DIR": str(tmp_path),
        "SEARCH_HOST_NAME": "web-1",
        "SECURITY_CONTACT": "mailto:securite@example.gouv.fr",
    }
