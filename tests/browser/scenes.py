"""Sheets in every state, people in every situation: what the looks at the space, accounts and administration visit.

Each has people of its own, so that no other test changes what is looked at. Added once by the hub under test
(hub_process.py), which leaves the addresses in its folder: they hold numbers and signed links.
"""

import json
from datetime import timedelta
from io import BytesIO
from pathlib import Path

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from hub.accounts.joining import ask_for
from hub.accounts.members import invitation_link, invite
from hub.accounts.models import AccessRequest, MembershipRole, RequestState, User
from hub.territories.models import Territory
from hub.vocabulary.models import Audience, Axis, Organisation, OrganisationKind
from initiatives.bulk.admin import csv_template
from initiatives.bulk.jobs import advance, receive_file
from initiatives.drafts import create_draft, save_text, text_of
from initiatives.enums import PartnershipRole
from initiatives.models import (
    ErrorReport,
    InitiativeDocument,
    InitiativeKeyFigure,
    InitiativePage,
    PartConfirmation,
    Partnership,
)
from initiatives.reporting import report_error
from initiatives.review import actions
from initiatives.space.uploads import receive_upload
from initiatives.upkeep.confirming import archive, confirmation_token, make_token, mark_of
from initiatives.upkeep.parts import PURPOSE, ask_part, named_parts
from tests.browser.partners import EDITOR_EMAIL, add_session
from tests.browser.security_key import registered_key
from tests.factories import AccessRequestFactory, MembershipFactory, OrganisationFactory, UserFactory
from tests.files.samples import ACCEPTED, picture

ADDRESSES = "scenes.json"
ODILE, MARC, NORA, SAMI, INES, ROOT = ("1" * 32, "2" * 32, "3" * 32, "4" * 32, "5" * 32, "6" * 32)
PASSWORD = "un mot de passe assez long"
LONG = timedelta(days=3650)
LONG_TITLE = "Accompagner vers le logement les jeunes qui sortent de l’aide sociale à l’enfance dans l’agglomération"


def add_scenes() -> None:
    """Add them all, and write where each is."""
    editor = User.objects.get(email=EDITOR_EMAIL)
    adil = OrganisationFactory(name="ADIL des regards")
    odile = _person("odile", "Odile Bernard", key=ODILE)
    marc = _person("marc", "Marc Lenoir", key=MARC)
    MembershipFactory(user=odile, organisation=adil, role=MembershipRole.OWNER)
    MembershipFactory(user=marc, organisation=adil)
    addresses = {
        **_sheets(odile=odile, marc=marc, editor=editor, adil=adil),
        **_people(odile=odile, adil=adil),
        **_administration(odile=odile, editor=editor, adil=adil),
    }
    (Path(settings.VAR_DIR) / ADDRESSES).write_text(json.dumps(addresses))


def addresses_in(*, folder: Path) -> dict[str, str]:
    """The addresses of the scenes of a hub, by name."""
    found: dict[str, str] = json.loads((folder / ADDRESSES).read_text())
    return found


def _person(name: str, called: str, *, key: str, **values: object) -> User:
    first, _, last = called.partition(" ")
    user: User = UserFactory(email=f"{name}@regards.example", first_name=first, last_name=last, **values)
    # Their identity was confirmed a moment ago, and always will have been.
    confirmed = {"method": "password", "reauthenticated": True, "at": (timezone.now() + LONG).timestamp()}
    add_session(
        user=user,
        key=key,
        account_authentication_methods=[confirmed],
        account_authentication_methods_user=str(user.pk),
    )
    return user


# --- sheets ---------------------------------------------------------------------------------------------------------


def _sheets(*, odile: User, marc: User, editor: User, adil: Organisation) -> dict[str, str]:
    bailleur = OrganisationFactory(name="Bailleur des regards", website="https://example.org/")
    proposed = OrganisationFactory(name="Association proposée des regards", is_proposed=True)

    def written(title: str, *partners: Organisation) -> InitiativePage:
        return _written(title=title, user=odile, adil=adil, partners=partners)

    empty = create_draft(user=odile, organisation=adil)
    full = written(f"{LONG_TITLE} complet", bailleur, proposed)
    _add_files(sheet=full, user=odile)
    two_texts = written("Deux textes")
    waiting = written("En relecture")
    actions.submit(sheet=waiting, user=odile, message="Notre première fiche : dites-nous si le récit est assez clair.")
    returned = written("À corriger", proposed)
    actions.submit(sheet=returned, user=odile)
    actions.return_for_changes(
        sheet=_now(returned),
        user=editor,
        text="Le récit est clair. Il manque de quoi situer l’action.",
        remarks={
            "summary": "Dites combien de jeunes, et où.",
            "partnerships": "Le rôle du bailleur n’est pas dit.",
            "image": "Une photo aiderait.",
            "audiences": "Tous les jeunes, vraiment ?",
        },
    )
    actions.send_message(sheet=_now(returned), user=odile, text="Merci, nous complétons.", from_dihal=False)
    # A structure named on a sheet that is published is not proposed any more.
    other = OrganisationFactory(name="Association des regards")
    online = _published(written("En ligne", bailleur, other), user=odile, editor=editor)
    changing = _published(written("Mise à jour préparée"), user=odile, editor=editor)
    _change(changing, user=marc)
    updated = _published(written("Mise à jour en relecture", bailleur), user=odile, editor=editor)
    _change(updated, user=marc)
    actions.submit(sheet=_now(updated), user=marc, message="Les chiffres de l’année.")
    leaving = _published(written("Retrait demandé"), user=odile, editor=editor)
    actions.ask_unpublication(sheet=leaving, user=odile, reason="L’association a fermé.")
    archived = _published(written("Archivée"), user=odile, editor=editor)
    archive(sheet=archived, user=odile, now=timezone.now())
    sheets = {
        "empty": empty,
        "full": full,
        "two texts": two_texts,
        "waiting": waiting,
        "returned": returned,
        "online": online,
        "changing": changing,
        "updated": updated,
        "leaving": leaving,
        "archived": archived,
    }
    return {
        **{name: reverse("sheet", args=[sheet.pk]) for name, sheet in sheets.items()},
        **_versions(updated),
        **_links(online=online, user=odile, bailleur=bailleur),
        **{f"review of {name}": reverse("review-sheet", args=[sheets[name].pk]) for name in ("waiting", "updated")},
        "proposed structure": reverse("proposed-organisation", args=[proposed.pk]),
    }


def _written(*, title: str, user: User, adil: Organisation, partners: tuple[Organisation, ...]) -> InitiativePage:
    sheet = create_draft(user=user, organisation=adil)
    text = text_of(sheet=sheet)
    text.title = title
    text.summary = "Des jeunes sortant de l’ASE louent une chambre chez des aînés de l’agglomération."
    text.start_year = 2021
    text.context = "<p>Des chambres vides, des jeunes sans garant.</p>"
    text.objectives = "<ul><li>un logement</li><li>un lien</li></ul>"
    text.operation = "<p>Une association fait les présentations, et reste joignable.</p>"
    text.means = "<p>Un poste, financé par le Département.</p>"
    text.partnerships = [
        Partnership(organisation=adil, role=PartnershipRole.LEAD, contribution="Elle fait les présentations."),
        *(Partnership(organisation=one, role=PartnershipRole.FUNDER, contribution="Il prête.") for one in partners),
    ]
    text.key_figures = [
        InitiativeKeyFigure(value="20", unit="jeunes", label="logés", year=2023, source="ADIL"),
        InitiativeKeyFigure(value="1200", label="nuits d’hôtel évitées"),
    ]
    text.territories = list(Territory.objects.filter(code__in=["departement-01", "region-84"]))
    text.audiences = list(Audience.objects.filter(is_universal=False)[:2])
    text.axes = list(Axis.objects.all()[:2])
    text.tags.add("colocation", "jeunes")
    text.contact_name = "Odile Bernard"
    text.contact_email = "contact@regards.example"
    save_text(text=text, user=user)
    return _now(sheet)


def _add_files(*, sheet: InitiativePage, user: User) -> None:
    image = receive_upload(
        sheet=sheet, user=user, file=SimpleUploadedFile("chambre.jpg", picture(size=(800, 600))), kind="image"
    )
    document = receive_upload(
        sheet=sheet, user=user, file=SimpleUploadedFile("convention.pdf", ACCEPTED["rapport.pdf"]), kind="document"
    )
    text = text_of(sheet=_now(sheet))
    text.image = image.image
    text.documents = [InitiativeDocument(document=document.document)]
    save_text(text=text, user=user)


def _published(sheet: InitiativePage, *, user: User, editor: User) -> InitiativePage:
    actions.submit(sheet=sheet, user=user)
    actions.approve(sheet=_now(sheet), user=editor)
    return _now(sheet)


def _change(sheet: InitiativePage, *, user: User) -> None:
    text = text_of(sheet=_now(sheet))
    text.summary = "Trente jeunes sortant de l’ASE louent une chambre chez des aînés du département de l’Ain."
    text.results = "<p>Trente jeunes logés en un an, dont vingt le sont encore.</p>"
    text.key_figures = [InitiativeKeyFigure(value="30", unit="jeunes", label="logés", year=2024, source="ADIL")]
    save_text(text=text, user=user)


def _versions(sheet: InitiativePage) -> dict[str, str]:
    first, *_between, last = sheet.revisions.order_by("pk").values_list("pk", flat=True)
    return {
        "comparison": reverse("sheet-compare", args=[sheet.pk, first, last]),
        "nothing compared": reverse("sheet-compare", args=[sheet.pk, last, last]),
        "version": reverse("sheet-version", args=[sheet.pk, first]),
    }


def _links(*, online: InitiativePage, user: User, bailleur: Organisation) -> dict[str, str]:
    """What partners and other structures are sent: good for years, as the hub prepared once is."""
    now = timezone.now()
    asked = ask_part(sheet=online, organisation_pk=bailleur.pk, email="b@regards.example", user=user, now=now)
    values = {"part": asked.pk, "sheet": online.pk, "round": mark_of(moment=asked.asked_at)}
    other = named_parts(sheet=online)[-1]
    PartConfirmation.objects.create(
        page=online,
        organisation=other.organisation,
        email="a@regards.example",
        answered_at=now,
        is_confirmed=False,
        remark="Nous ne finançons pas : nous logeons.",
        statement=other.statement,
    )
    return {
        "confirmation link": reverse(
            "sheet-confirm-by-link", args=[confirmation_token(dossier=online.dossier, user=user, now=now + LONG)]
        ),
        "expired link": reverse(
            "sheet-confirm-by-link", args=[confirmation_token(dossier=online.dossier, user=user, now=now - LONG)]
        ),
        "part link": reverse("part-answer", args=[make_token(purpose=PURPOSE, values=values, expires_at=now + LONG)]),
        "report": reverse("sheet-report", args=[online.slug]),
    }


def _now(sheet: InitiativePage) -> InitiativePage:
    return InitiativePage.objects.get(pk=sheet.pk)


# --- people -----------------------------------------------------------------------------------------------------------


def _people(*, odile: User, adil: Organisation) -> dict[str, str]:
    # Writes for a structure without a sheet, and for another one; one request was refused.
    nora = _person("nora", "Nora Klein", key=NORA)
    alone = MembershipFactory(
        user=nora, organisation=OrganisationFactory(name="Structure sans fiche"), role=MembershipRole.OWNER
    )
    MembershipFactory(user=nora, organisation=OrganisationFactory(name="Structure sans fiche non plus"))
    AccessRequestFactory(
        user=nora,
        organisation=OrganisationFactory(name="Structure refusée"),
        state=RequestState.REFUSED,
        decided_at=timezone.now(),
        answer="Cette structure n’écrit pas encore de fiches.",
    )
    # Waits for answers, about a structure that is known and one that is not.
    sami = _person("sami", "Sami Roux", key=SAMI)
    known = ask_for(user=sami, organisation=adil, message="Je remplace Marc cet été.")
    described = AccessRequest.objects.create(
        user=sami,
        new_name="ADIL du regard",
        new_kind=OrganisationKind.objects.first(),
        new_website="https://example.org/",
        message="Nous venons de nous créer.",
    )
    # Has every way to sign in.
    ines = _person("ines", "Inès Faure", key=INES, password=make_password(PASSWORD))
    TOTP.activate(ines, generate_totp_secret())
    RecoveryCodes.activate(ines)
    key = Authenticator.objects.create(
        user=ines, type=Authenticator.Type.WEBAUTHN, data={"name": "Clé de bureau", "credential": registered_key()}
    )
    invitation = invite(by=odile, organisation=adil, email="nora@regards.example", role=MembershipRole.EDITOR)
    late = invite(by=odile, organisation=adil, email="parti@regards.example", role=MembershipRole.EDITOR)
    late.expires_at = timezone.now() - timedelta(days=1)
    late.save()
    invitation.expires_at = timezone.now() + LONG
    invitation.save()
    marc = adil.memberships.get(user__email="marc@regards.example")
    return {
        "members": reverse("organisation-members", args=[adil.pk]),
        "member's removal": reverse("member-remove", args=[adil.pk, marc.pk]),
        "leaving a structure": reverse("organisation-leave", args=[adil.pk]),
        "leaving alone": reverse("organisation-leave", args=[alone.organisation_id]),
        "request to answer": reverse("access-request", args=[known.pk]),
        "invitation": invitation_link(invitation=invitation),
        "late invitation": invitation_link(invitation=late),
        "request about a known structure": f"/gestion/demandes-acces/{known.pk}/",
        "request about a described structure": f"/gestion/demandes-acces/{described.pk}/",
        "key to rename": reverse("mfa_edit_webauthn", args=[key.pk]),
        "key to remove": reverse("mfa_remove_webauthn", args=[key.pk]),
    }


# --- administration ---------------------------------------------------------------------------------------------------


def _administration(*, odile: User, editor: User, adil: Organisation) -> dict[str, str]:
    root = _person("racine", "Ada Racine", key=ROOT, is_staff=True, is_superuser=True)
    sheet = InitiativePage.objects.get(title="En ligne", dossier__steward=adil)
    report: ErrorReport = report_error(
        sheet=sheet, text="L’adresse du contact ne répond plus.", email="lecteur@example.org", now=timezone.now()
    )
    heading = csv_template().decode("utf-8-sig").strip()
    titles = heading.split(";")
    lines = [_line(titles, titre=f"Fiche importée {number}", identifiant=str(number)) for number in range(1, 4)]
    stream = BytesIO("\n".join([heading, *lines, _line(titles, titre="", identifiant="4")]).encode())
    job = receive_file(stream=stream, name="fiches.csv", user=root, organisation=adil, is_to_submit=False)
    while job.is_under_way:
        job = advance(job=job, seconds=5)
    return {
        "import": f"/gestion/fiches/importer/{job.pk}/",
        "settled report": f"/gestion/fiches/signalements/edit/{report.pk}/",
    }


def _line(titles: list[str], **values: str) -> str:
    return ";".join(values.get(title.strip('"'), "") for title in titles)
