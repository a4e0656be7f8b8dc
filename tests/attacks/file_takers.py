"""Every view that takes a file, found by asking each address of the site: nobody has to remember a new one.

A view takes a file when, given a form that carries one, it looks for one by its name, as each file field of a form
does.
"""

import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import multipartparser
from django.test import Client
from django.utils.datastructures import MultiValueDict
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file

from initiatives.drafts import create_draft
from initiatives.fields import STEPS
from tests.attacks.addresses import Address, all_addresses
from tests.factories import MembershipFactory, OrganisationFactory, UserFactory

# What the walk sends under a name no view knows: some look first whether there is any file.
_SENT = "fichier-de-la-visite"
# A screen of Wagtail's whose purpose is to fail.
_LEFT_OUT = ("gestion/failwhale/",)
_FEW = 4  # ways of filling the holes of an address that are tried


class _Asked(MultiValueDict):
    """The files of a request, which note the names they are looked for under."""

    names: set[str] = set()

    def __getitem__(self, key: str) -> Any:
        self.names.add(key)
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        self.names.add(key)
        return super().get(key, default)

    def getlist(self, key: str, default: Any = None) -> Any:
        self.names.add(key)
        return super().getlist(key, default)


def file_takers(*, client: Client, values: dict[str, list[Any]]) -> Iterator[tuple[str, str, str]]:
    """Yield (name of the address, a path of it, name of a file it looks for), for a client who may all.

    Nothing of what the walk does to the database stays.
    """
    with _noted() as names:
        cookies = client.cookies.output()
        session = client.cookies["sessionid"].value
        for address in all_addresses():
            if address.template.startswith(_LEFT_OUT) or not _may_look(address.view):
                continue
            for path in _paths(address, values):
                names.clear()
                with transaction.atomic():
                    client.post(path, {_SENT: SimpleUploadedFile("a.txt", b"a")})
                    transaction.set_rollback(True)
                if client.cookies.output() != cookies:  # it ended the session, which is back
                    client.cookies.clear()
                    client.cookies["sessionid"] = session
                    cookies = client.cookies.output()
                found = sorted(names - {_SENT})
                yield from ((address.name, path, name) for name in found)
                if found:
                    break


def people_and_things(*, host: str) -> tuple[Client, dict[str, list[Any]]]:
    """Somebody who may all, signed in, and what fills the holes of addresses: keys and names that exist."""
    user = UserFactory(is_superuser=True, is_staff=True)
    organisation = OrganisationFactory(name="ADIL")
    MembershipFactory(user=user, organisation=organisation)
    sheet = create_draft(user=user, organisation=organisation, title="Un bail")
    image = get_image_model().objects.create(title="a", file=get_test_image_file())
    document = get_document_model().objects.create(title="a", file=ContentFile(b"a", name="a.txt"))
    client = Client(raise_request_exception=False, headers={"host": host})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    numbers = list(dict.fromkeys([sheet.pk, user.pk, image.pk, document.pk]))
    slugs = [step.slug for step in STEPS if {"image", "documents"} & set(step.fields)]
    named = {"image_id": [image.pk], "document_id": [document.pk], "doc_id": [document.pk]}
    kinds = ("IntConverter", "KeyConverter", "StringConverter", "SlugConverter", "PathConverter", "regex")
    return client, {
        **{kind: numbers if kind in kinds[:2] else [*slugs, *numbers] for kind in kinds},
        "UUIDConverter": ["12345678-1234-5678-1234-567812345678"],
        **named,
    }


def _may_look(view: Callable[..., Any]) -> bool:
    """Whether the module of a view, or of a class it is made from, speaks of files: most do not, and are not asked."""
    made_from = inspect.getmro(view.view_class) if hasattr(view, "view_class") else (inspect.unwrap(view),)
    return any(_speaks_of_files(one.__module__) for one in made_from)


@cache
def _speaks_of_files(module: str) -> bool:
    return ".FILES" in inspect.getsource(sys.modules[module]) if hasattr(sys.modules[module], "__file__") else False


def _paths(address: Address, values: dict[str, list[Any]]) -> Iterator[str]:
    for number, path in enumerate(address.filled(values=values)):
        if number >= _FEW:
            return
        yield path


@contextmanager
def _noted() -> Iterator[set[str]]:
    plain = multipartparser.MultiValueDict
    multipartparser.MultiValueDict = _Asked
    try:
        yield _Asked.names
    finally:
        multipartparser.MultiValueDict = plain
