"""Two colleagues of one structure, and somebody of Dihal, already signed in: what the tests of the space start from."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import Group
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import Page

from hub.accounts.models import MembershipRole, User
from initiatives.drafts import create_draft
from initiatives.review.workflow import GROUP_NAME
from tests.factories import MembershipFactory, OrganisationFactory, UserFactory

# The keys of their sessions. A visit may sign in by the cookie, and out by forgetting it.
AWA = "a" * 32
LEA = "b" * 32
NEWCOMER = "c" * 32
EDITOR = "d" * 32
EDITOR_EMAIL = "dihal@essais.example"
STRUCTURE = "Structure des essais"


def add_partners() -> None:
    """Add Awa and Léa, who write for one structure, one of its drafts, a newcomer, and an editor of Dihal."""
    structure = OrganisationFactory(name=STRUCTURE)
    awa = UserFactory(email="awa@essais.example", first_name="Awa", last_name="Diop")
    lea = UserFactory(email="lea@essais.example", first_name="Léa", last_name="Petit")
    for user, key in ((awa, AWA), (lea, LEA), (UserFactory(email="nouveau@essais.example"), NEWCOMER)):
        add_session(user=user, key=key)
    for user, role in ((awa, MembershipRole.OWNER), (lea, MembershipRole.EDITOR)):
        MembershipFactory(user=user, organisation=structure, role=role)
    add_session(user=add_editor(email=EDITOR_EMAIL), key=EDITOR)
    create_draft(user=awa, organisation=structure, title="Une fiche commencée")


def add_editor(*, email: str) -> User:
    """Add somebody of Dihal who reviews."""
    editor: User = UserFactory(email=email, is_staff=True)
    editor.groups.add(Group.objects.get(name=GROUP_NAME))
    return editor


def add_session(*, user: User, key: str, **more: object) -> None:
    """Open a session for a person, under a key that ``sign_in`` gives to a browser."""
    held = {
        SESSION_KEY: str(user.pk),
        BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
        HASH_SESSION_KEY: user.get_session_auth_hash(),
        **more,
    }
    expiry = timezone.now() + timedelta(days=365)  # the prepared hub is kept from one run to the next
    Session.objects.create(session_key=key, session_data=SessionStore().encode(held), expire_date=expiry)


def sign_in(page: Page, *, key: str, address: str) -> None:
    """Give the browser the session of a person."""
    page.context.add_cookies([{"name": "sessionid", "value": key, "url": address}])


def session_expires(page: Page) -> None:
    """Take the session away, and nothing else: the token of the forms outlives it."""
    page.context.clear_cookies(name="sessionid")
