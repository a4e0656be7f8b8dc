"""Another partner's draft: no address of the site, whatever it is, shows it or changes it to somebody else.

The addresses come from the resolver, not from a list: one that is added tomorrow is tried tomorrow.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.images.tests.utils import get_test_image_file

from hub.accounts.models import User
from hub.pages.models import HomePage
from initiatives import drafts
from initiatives.enums import ExchangeKind, PartnershipRole
from initiatives.models import Exchange, InitiativeDocument, InitiativePage, Partnership, Upload
from tests.attacks.addresses import Address, all_addresses
from tests.factories import MembershipFactory, OrganisationFactory, UserFactory

# Words nothing else on the site holds.
SECRETS = ("zygomorphe", "quadrumane", "xylophage", "wisigoth", "kamptozoaire")
REFUSALS = {400, 401, 403, 404, 405, 410, 429}
# Addresses under which a foreign sheet must not even be told from one that does not exist.
SPACE_OF_A_SHEET = "espace/fiches/"

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def draft(home: HomePage) -> InitiativePage:
    """A draft full of secrets: title, text, files, remarks; it has two versions."""
    author = UserFactory(email="autrice@tenante.example")
    steward = OrganisationFactory(name="La Tenante")
    MembershipFactory(user=author, organisation=steward, role="owner")
    sheet = drafts.create_draft(user=author, organisation=steward, title="Le projet zygomorphe")
    document = Document.objects.create(
        title="Le budget quadrumane", file=ContentFile(b"%PDF-1.4 quadrumane", name="budget-quadrumane.pdf")
    )
    image = Image.objects.create(title="La photo xylophage", file=get_test_image_file(filename="xylophage.png"))
    Upload.objects.create(page=sheet, document=document, uploaded_by=author)
    Upload.objects.create(page=sheet, image=image, uploaded_by=author)
    Exchange.objects.create(
        page=sheet, kind=ExchangeKind.MESSAGE, author=author, author_name="L’autrice", text="Un échange wisigoth"
    )
    with transaction.atomic():
        text = drafts.text_of(sheet=drafts.locked(pk=sheet.pk))
        text.context = "<p>Un contexte kamptozoaire</p>"
        text.image = image
        text.partnerships = [Partnership(organisation=steward, role=PartnershipRole.LEAD)]
        text.documents = [InitiativeDocument(document=document)]
        text.tags.add("kamptozoaire")
        drafts.save_text(text=text, user=None)
    sheet.refresh_from_db()
    return sheet


@pytest.fixture
def values(draft: InitiativePage) -> dict[str, list[Any]]:
    """What a stranger may guess of the draft, by the kind of hole of an address."""
    document = draft.uploads.get(document__isnull=False).document
    image = draft.uploads.get(image__isnull=False).image
    numbers = [
        draft.pk,
        *draft.revisions.values_list("pk", flat=True),
        *draft.uploads.values_list("pk", flat=True),
        *draft.exchanges.values_list("pk", flat=True),
        document.pk,
        image.pk,
        draft.dossier.pk,
        draft.dossier.steward_id,
        draft.owner_id,
    ]
    numbers = list(dict.fromkeys(numbers))
    texts = [draft.slug, str(draft.pk), document.filename, "essentiel", "zygomorphe"]
    return {
        "IntConverter": numbers,
        "KeyConverter": numbers,
        "StringConverter": texts,
        "SlugConverter": texts,
        "PathConverter": [f"initiatives/{draft.slug}/", f"documents/{document.filename}", str(image.file.name)],
        "UUIDConverter": ["12345678-1234-5678-1234-567812345678"],
        "regex": [draft.pk, draft.slug, f"initiatives/{draft.slug}/", str(image.file.name)],
    }


@pytest.fixture
def stranger(draft: InitiativePage) -> User:
    """A partner of another structure, who owns a sheet there."""
    stranger = UserFactory(email="voisin@autre.example")
    other = OrganisationFactory(name="L’Autre")
    MembershipFactory(user=stranger, organisation=other, role="owner")
    drafts.create_draft(user=stranger, organisation=other, title="Une fiche à moi")
    return stranger


def visits(*, path: str, client: Client, is_admin: bool) -> Iterator[tuple[str, HttpResponse]]:
    """Ask an address in every way a stranger could; the words searched for are the draft's own."""
    question = {"q": "zygomorphe", "query": "zygomorphe", "texte": "kamptozoaire", "search": "zygomorphe"}
    yield "GET", client.get(path, question)
    if is_admin:
        return
    yield "HEAD", client.head(path)
    yield "GET json", client.get(path, question, headers={"Accept": "application/json"})
    yield "POST", client.post(path, {"title": "forgé", "live": "on", "status": "termine", "owner": "1", "seen": ""})
    body = json.dumps({"title": "forgé"})
    yield "POST json", client.post(path, body, content_type="application/json", headers={"Accept": "application/json"})
    yield "PUT", client.put(path, body, content_type="application/json")
    yield "DELETE", client.delete(path)


def content_of(response: HttpResponse) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    headers = " ".join(f"{name}: {value}" for name, value in response.headers.items())
    return (headers + body.decode("utf-8", errors="replace")).lower()


def complaints(*, address: Address, values: dict[str, list[Any]], person: User | None, pk: int) -> list[str]:
    found = []
    is_admin = address.template.startswith("gestion/")
    for path in address.filled(values=values):
        client = Client(raise_request_exception=False)
        if person is not None:
            client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        for method, response in visits(path=path, client=client, is_admin=is_admin):
            where = f"{method} {path} → {response.status_code}"
            # What the person typed may be shown back to them; what is in the draft and was not typed may not.
            echo = {word for word in ("zygomorphe", "kamptozoaire") if word in path or "?" in path or "GET" in method}
            shown = content_of(response)
            found += [f"{where} shows « {word} »" for word in SECRETS if word in shown and word not in echo]
            if "le projet zygomorphe" in shown:
                found.append(f"{where} shows the title")
            if response.status_code >= 500:
                found.append(f"{where} fails")
            is_of_the_sheet = path.startswith(f"/{SPACE_OF_A_SHEET}{pk}/")
            if is_of_the_sheet and person is not None and response.status_code not in REFUSALS:
                found.append(f"{where}: a foreign sheet is not refused")
        if is_admin:
            break
    return found


def photograph(sheet: InitiativePage) -> dict[str, Any]:
    """Everything of a sheet a stranger could have changed."""
    sheet = InitiativePage.objects.get(pk=sheet.pk)
    return {
        "row": {field.attname: getattr(sheet, field.attname) for field in InitiativePage._meta.concrete_fields},
        "revisions": list(sheet.revisions.order_by("pk").values_list("pk", "content")),
        "dossier": list(type(sheet.dossier).objects.filter(page=sheet).values()),
        "exchanges": list(sheet.exchanges.values()),
        "uploads": list(sheet.uploads.values()),
        "reports": list(sheet.error_reports.values()),
        "parts": list(sheet.part_confirmations.values()),
        "steward": list(sheet.dossier.steward.memberships.values()),
        "workflow": list(sheet.workflow_states.values()),
    }


def test_the_walk_finds_the_addresses_of_the_space_and_of_the_administration():
    templates = [address.template for address in all_addresses()]
    assert len(templates) > 300
    for beginning in ("espace/", "compte/", "gestion/pages/", "documents/", "recherche/"):
        assert any(template.startswith(beginning) for template in templates), beginning


@pytest.mark.slow
@pytest.mark.parametrize("who", ["an anonymous visitor", "a partner of another structure"])
def test_no_address_of_the_site_shows_or_changes_the_draft_of_another_structure(
    who: str, draft: InitiativePage, values: dict[str, list[Any]], stranger: User, settings: Any
):
    settings.HUB_RATE_LIMITS_ENABLED = False  # a walk over every address is what they are there to stop
    before = photograph(draft)
    person = stranger if who.startswith("a partner") else None
    found: list[str] = []
    for address in all_addresses():
        found += complaints(address=address, values=values, person=person, pk=draft.pk)
        if person is not None:
            # Some address let them leave, or close their account: the next one is tried by the same partner.
            User.objects.filter(pk=person.pk).update(is_active=True)
    assert found == []
    assert photograph(draft) == before


def test_a_member_of_the_structure_sees_the_same_draft(draft: InitiativePage, client: Client):
    """Without this, a space that refuses everybody would pass the test above."""
    client.force_login(draft.owner, backend="django.contrib.auth.backends.ModelBackend")
    shown = client.get(f"/espace/fiches/{draft.pk}/", headers={"Accept": "text/html"})
    assert shown.status_code == 200
    assert "Le projet zygomorphe" in shown.content.decode()
    assert timezone.now() >= draft.latest_revision_created_at
