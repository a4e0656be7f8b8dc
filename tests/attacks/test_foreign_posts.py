"""Every POST of the partner space with what its own form would send: only who may is heard.

``test_foreign_drafts`` walks every address with a GET and an empty POST, which a check of the form might be the one to
refuse. Here the form is right, and its owner shows it: the very same POST, by a member, does something.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.models import EditingSession

from hub.accounts.members import invitation_link, invite
from hub.accounts.models import AccessRequest, Invitation, Membership, MembershipRole, User
from hub.mail.models import OutgoingMail
from hub.pages.models import HomePage
from initiatives import drafts
from initiatives.enums import ExchangeKind
from initiatives.models import Exchange, InitiativePage, Partnership
from initiatives.people import members_of
from initiatives.review.actions import ask_unpublication, submit
from initiatives.space.forms import FORMS
from initiatives.upkeep.confirming import archive
from tests.attacks.addresses import all_addresses
from tests.attacks.test_foreign_drafts import content_of, photograph
from tests.factories import (
    AccessRequestFactory,
    AudienceFactory,
    MembershipFactory,
    OrganisationFactory,
    UserFactory,
)
from tests.files.samples import ACCEPTED, sent
from tests.initiatives.review.conftest import reviewer, written
from tests.initiatives.space.step_pages import sent_by

pytestmark = pytest.mark.django_db

SECRET = "zygomorphe"
SIGN_IN = "/compte/connexion/"
# Addresses of the space that change nothing, or that are everybody's own.
READ_ONLY = {
    "space", "sheet", "sheet-preview", "sheet-history", "sheet-compare", "sheet-version", "sheet-parts", "sheet-file",
    "sheet-tag-suggestions", "sheet-sent", "text-formatted", "sheet-leave", "organisations",
    "space-organisation-suggestions",
}  # fmt: skip
# Of a draft that no structure keeps: tests/initiatives/space/test_waiting.py.
ONE_S_OWN = {"sheet-entrust", "sheet-new", "organisation-join", "organisation-describe"}


class Scene:
    """« La Tenante », its people, its sheet, and those who are not of it."""

    def __init__(self) -> None:
        self.steward = OrganisationFactory(name="La Tenante")
        self.partner = OrganisationFactory(name="Un bailleur")
        self.owner = self._person("proprietaire", "owner")
        self.colleague = self._person("collegue", "editor")
        self.former = self._person("ancienne", "owner")
        self.neighbour: User = UserFactory(email="voisin@autre.example")
        other = OrganisationFactory(name="L’Autre")
        MembershipFactory(user=self.neighbour, organisation=other, role="owner")
        drafts.create_draft(user=self.neighbour, organisation=other, title="Une fiche à moi")
        self.stranger: User = UserFactory(email="personne@nullepart.example")
        self.reviewer = reviewer("rita@dihal.example")
        self.sheet = written(user=self.owner, organisation=self.steward, title=f"Le projet {SECRET}")
        text = drafts.text_of(sheet=self.sheet)
        text.partnerships.add(Partnership(organisation=self.partner, contribution="Les logements."))
        drafts.save_text(text=text, user=self.owner)
        self.invitation = invite(
            by=self.owner, organisation=self.steward, email="invitee@x.example", role=MembershipRole.EDITOR
        )
        self.asked = AccessRequestFactory(organisation=self.steward, user=UserFactory(email="demandeuse@x.example"))
        self.remark = Exchange.objects.create(page=self.sheet, kind=ExchangeKind.REMARK, field="summary", text="Long.")
        # She wrote here, and knows every address.
        Membership.objects.filter(user=self.former).delete()

    def _person(self, name: str, role: str) -> User:
        user: User = UserFactory(email=f"{name}@tenante.example")
        MembershipFactory(user=user, organisation=self.steward, role=role)
        return user

    def bring_to(self, stage: str) -> None:
        """Have the sheet reviewed, published, asked off the site or archived."""
        if stage in {"online", "leaving", "archived"}:
            self.row.get_latest_revision().publish()
        if stage == "leaving":
            ask_unpublication(sheet=self.row, user=self.owner, reason="Terminée.")
        if stage == "review":
            submit(sheet=self.row, user=self.owner)
        if stage == "archived":
            archive(sheet=self.row, user=self.owner, now=timezone.now())

    @property
    def row(self) -> InitiativePage:
        return InitiativePage.objects.get(pk=self.sheet.pk)

    def seen(self) -> dict[str, Any]:
        """Everything these POSTs could write."""
        exists = InitiativePage.objects.filter(pk=self.sheet.pk).exists()
        return {
            "sheet": photograph(self.sheet) if exists else None,
            "sheets": list(InitiativePage.objects.order_by("pk").values_list("pk", flat=True)),
            "sessions": list(EditingSession.objects.order_by("pk").values_list("pk", "user", "is_editing")),
            "members": list(Membership.objects.order_by("pk").values()),
            "requests": list(AccessRequest.objects.order_by("pk").values()),
            "invitations": list(Invitation.objects.order_by("pk").values()),
            "mails": list(OutgoingMail.objects.order_by("pk").values_list("key", flat=True)),
        }

    def step(self, slug: str) -> dict[str, Any]:
        """The form of a step as the owner's browser would send it, with something changed."""
        client = Client()
        client.force_login(self.owner)
        form: dict[str, Any] = sent_by(client.get(reverse("sheet-step", args=[self.sheet.pk, slug])))
        changes = {
            "essentiel": {"summary": "Forgé."},
            "recit": {"context": "Forgé."},
            "partenaires": {"partnerships-0-contribution": "Forgé."},
            "territoires": {"audiences": [str(AudienceFactory(label="Forgé").pk)]},
            "resultats": {"means": "Forgé."},
            "documents": {"contact_name": "Forgé."},
        }
        # Whoever sends it has not a page that says it is the owner's.
        return {**{name: value for name, value in form.items() if name != "person"}, **changes[slug], "do": "save"}


Values = Callable[[Scene], dict[str, Any]]


def of_colleague(scene: Scene) -> dict[str, int]:
    membership = Membership.objects.get(user=scene.colleague)
    return {"pk": scene.steward.pk, "membership_pk": membership.pk}


def of_invitation(scene: Scene) -> dict[str, int]:
    return {"pk": scene.steward.pk, "invitation_pk": scene.invitation.pk}


# By name of address: what the sheet must have become, what else the address names, what the form sends.
POSTS: dict[str, tuple[str, Values, Values]] = {
    "sheet-duplicate": ("draft", lambda _: {}, lambda _: {}),
    "sheet-delete": ("draft", lambda _: {}, lambda _: {}),
    "sheet-presence": ("draft", lambda _: {}, lambda _: {"writing": "1"}),
    "sheet-submit": ("draft", lambda _: {}, lambda _: {"message": "Voici."}),
    "sheet-withdraw": ("review", lambda _: {}, lambda _: {}),
    "sheet-unpublish": ("online", lambda _: {}, lambda _: {"message": "Terminée."}),
    "sheet-keep-online": ("leaving", lambda _: {}, lambda _: {}),
    "sheet-exchanges": ("draft", lambda _: {}, lambda _: {"message": "Bonjour."}),
    "sheet-remark": ("draft", lambda scene: {"remark": scene.remark.pk}, lambda _: {"fait": "oui"}),
    "sheet-restore": ("online", lambda scene: {"number": scene.sheet.revisions.earliest("pk").pk}, lambda _: {}),
    "sheet-confirm": ("online", lambda _: {}, lambda _: {}),
    "sheet-archive": ("online", lambda _: {}, lambda _: {}),
    "sheet-bring-back": ("archived", lambda _: {}, lambda _: {}),
    "sheet-ask-partner": (
        "online",
        lambda scene: {"organisation": scene.partner.pk},
        lambda _: {"email": "contact@bailleur.example"},
    ),
    "sheet-upload": (
        "draft",
        lambda _: {},
        lambda _: {"kind": "document", "file": sent("bilan.pdf", ACCEPTED["rapport.pdf"])},
    ),
    **{
        f"sheet-step {slug}": ("draft", lambda _, slug=slug: {"step": slug}, lambda scene, slug=slug: scene.step(slug))  # type: ignore[misc]
        for slug in FORMS
    },
    "access-request": ("draft", lambda scene: {"pk": scene.asked.pk}, lambda _: {"decision": "accept"}),
    "organisation-members": (
        "draft",
        lambda scene: {"pk": scene.steward.pk},
        lambda _: {"email": "nouvelle@x.example", "role": "editor"},
    ),
    "organisation-leave": ("draft", lambda scene: {"pk": scene.steward.pk}, lambda _: {}),
    "member-role": ("draft", of_colleague, lambda _: {"role": "owner"}),
    "member-remove": ("draft", of_colleague, lambda _: {}),
    "invitation-resend": ("draft", of_invitation, lambda _: {}),
    "invitation-revoke": ("draft", of_invitation, lambda _: {}),
}
# Their own person's: the owner of the structure is a stranger to them too.
PERSONAL = {"access-request-withdraw", "invitation"}


@pytest.fixture
def scene(home: HomePage, settings: Any) -> Scene:
    settings.HUB_RATE_LIMITS_ENABLED = False
    return Scene()


def post(client: Client, scene: Scene, route: str) -> HttpResponse:
    _stage, names, form = POSTS[route]
    address = reverse(route.split(" ", maxsplit=1)[0], kwargs={"pk": scene.sheet.pk, **names(scene)})
    return client.post(address, form(scene))


def test_no_address_of_the_space_is_left_out():
    """An address that is added tomorrow must be tried here, or said to change nothing."""
    found = {address.name for address in all_addresses() if address.template.startswith("espace/")}
    tried = {route.split(" ")[0] for route in POSTS}
    assert found == tried | PERSONAL | READ_ONLY | ONE_S_OWN


@pytest.mark.parametrize("route", POSTS)
def test_only_a_member_is_heard(scene: Scene, route: str):
    scene.bring_to(POSTS[route][0])
    before = scene.seen()
    for person in (None, scene.stranger, scene.neighbour, scene.former):
        client = Client()
        if person is not None:
            client.force_login(person)
        response = post(client, scene, route)
        who = f"{person or 'anonyme'} : {response.status_code}"
        if person is None and response.status_code == 302:
            assert response["Location"].startswith(SIGN_IN), who
        else:
            assert response.status_code in {403, 404}, who
        assert SECRET not in content_of(response), who
        if "Location" in response.headers:
            assert SECRET not in content_of(client.get(response["Location"])), who
        assert scene.seen() == before, who
    client = Client()
    # Whoever owns a structure alone may not leave it to nobody: her colleague leaves.
    client.force_login(scene.colleague if route == "organisation-leave" else scene.owner)
    assert post(client, scene, route).status_code < 400
    assert scene.seen() != before


@pytest.mark.parametrize("route", ["access-request", "organisation-members", "member-role", "member-remove",
                                   "invitation-resend", "invitation-revoke"])  # fmt: skip
def test_a_member_who_does_not_own_the_structure_decides_nothing_for_it(scene: Scene, route: str):
    before = scene.seen()
    client = Client()
    client.force_login(scene.colleague)
    assert post(client, scene, route).status_code in {403, 404}
    assert scene.seen() == before


def test_an_invitation_and_a_request_are_their_own_person_s(scene: Scene):
    before = scene.seen()
    link = invitation_link(invitation=scene.invitation)
    withdrawal = reverse("access-request-withdraw", args=[scene.asked.pk])
    for person in (None, scene.stranger, scene.neighbour, scene.former, scene.owner):
        client = Client()
        if person is not None:
            client.force_login(person)
        for address in (link, withdrawal):
            response = client.post(address)
            assert response.status_code in ({302} if person is None else {200, 302}), address
            assert SECRET not in content_of(response)
            assert scene.seen() == before, (person, address)
    asker = Client()
    asker.force_login(scene.asked.user)
    assert asker.post(withdrawal).status_code == 302
    invited = Client()
    invited.force_login(UserFactory(email=scene.invitation.email, first_name="Inès", last_name="Roy"))
    assert invited.post(link).status_code == 302
    assert scene.steward.memberships.filter(user__email=scene.invitation.email).exists()
    assert not AccessRequest.objects.filter(pk=scene.asked.pk).exists()


@pytest.mark.parametrize("who", ["stranger", "neighbour", "former"])
def test_nobody_begins_a_sheet_for_a_structure_that_is_not_theirs(scene: Scene, who: str):
    client = Client()
    client.force_login(getattr(scene, who))
    client.post(reverse("sheet-new"), {"structure": scene.steward.pk, "modele": scene.sheet.slug})
    assert list(scene.steward.dossiers.values_list("page", flat=True)) == [scene.sheet.pk]
    assert all(SECRET not in str(page.get_latest_revision().content) for page in InitiativePage.objects.exclude(
        pk=scene.sheet.pk))  # fmt: skip


def test_the_scene_has_the_members_it_says(scene: Scene):
    assert {user.email for user in members_of(sheet=scene.sheet)} == {scene.owner.email, scene.colleague.email}
