"""A person without a structure asks for one, waits, and is told."""

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from hub.accounts.joining import MAX_PENDING, NewOrganisation, accept, ask_for, refuse
from hub.accounts.models import AccessRequest, Membership, MembershipRole, RequestState
from hub.mail.models import OutgoingMail
from hub.refusals import Refused
from hub.vocabulary.models import Organisation
from hub.vocabulary.organisations import NameTakenError, propose_organisation, similar_organisations
from tests.factories import (
    AccessRequestFactory,
    MembershipFactory,
    OrganisationFactory,
    OrganisationKindFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def newcomer(client):
    user = UserFactory(email="nora@adil01.example", first_name="Nora", last_name="Durand")
    client.force_login(user)
    return user


@pytest.fixture
def reviewer():
    user = UserFactory(email="relecture@dihal.example")
    user.groups.add(Group.objects.get(name="Relecture Dihal"))
    return user


def described(**changes):
    return {
        "name": "Maison des familles de Gex",
        "kind": OrganisationKindFactory().pk,
        "website": "",
        "territory": "",
        "message": "Je coordonne la maison.",
        **changes,
    }


def test_an_anonymous_visitor_signs_in_first(client):
    for name in ("organisations", "organisation-join", "organisation-describe", "space-organisation-suggestions"):
        url = reverse(name)
        assertRedirects(client.get(url), f"/compte/connexion/?next={url}", fetch_redirect_response=False)


def test_a_newcomer_is_led_to_ask_for_a_structure(client, newcomer):
    assertRedirects(client.get("/espace/structures/"), "/espace/structures/rejoindre/")
    assertRedirects(client.get("/espace/"), "/espace/structures/rejoindre/")


def test_a_structure_is_found_by_a_word_of_its_name_without_javascript(client, newcomer):
    adil, udaf = OrganisationFactory(name="ADIL de l’Ain"), OrganisationFactory(name="UDAF de l’Ain")
    response = client.get("/espace/structures/rejoindre/", {"q": "adil"})
    assertContains(response, f'value="{adil.pk}" checked', count=1)
    assertNotContains(response, udaf.name)


def test_what_the_list_of_suggestions_gives_is_found_too(client, newcomer):
    OrganisationFactory(name="ADIL 12")
    adil = OrganisationFactory(name="ADIL de l’Ain")
    [suggestion] = client.get("/espace/structures/suggestions", {"q": "adil ain"}).json()
    assert suggestion["label"] == "ADIL de l’Ain"
    response = client.get("/espace/structures/rejoindre/", {"q": suggestion["code"]})
    assert [organisation.pk for organisation in response.context["found"]] == [adil.pk]


@pytest.mark.parametrize(
    "query", ["\x00", "a\x00dil", "x" * 5000, "structure-999999999999999999", "%", "<script>", "🏠"]
)
def test_any_text_may_be_searched(client, newcomer, query):
    OrganisationFactory(name="ADIL de l’Ain")
    response = client.get("/espace/structures/rejoindre/", {"q": query})
    assert response.status_code == 200
    assert b"\x00" not in response.content


def test_a_proposed_structure_is_not_offered(client, newcomer):
    hidden = OrganisationFactory(name="Collectif à valider", is_proposed=True)
    assertNotContains(client.get("/espace/structures/rejoindre/", {"q": "collectif"}), hidden.name + " <span")
    assert client.get("/espace/structures/suggestions", {"q": "collectif"}).json() == []
    response = client.post("/espace/structures/rejoindre/?q=collectif", {"organisation": hidden.pk})
    assert response.status_code == 200
    assert not AccessRequest.objects.exists()


def test_asking_tells_dihal_and_the_owners_and_the_person_waits(client, newcomer, reviewer, owner):
    response = client.post(
        "/espace/structures/rejoindre/?q=adil", {"organisation": owner.organisation_id, "message": "Bonjour"}
    )
    assertRedirects(response, "/espace/structures/")
    request = AccessRequest.objects.get()
    assert (request.user, request.organisation, request.state) == (newcomer, owner.organisation, RequestState.PENDING)
    mails = {mail.recipient: mail for mail in OutgoingMail.objects.all()}
    assert set(mails) == {reviewer.email, owner.user.email}
    assert reverse("access-request", args=[request.pk]) in mails[owner.user.email].text
    assert reverse("access-requests-answer", args=[request.pk]) in mails[reviewer.email].text
    page = client.get("/espace/structures/")
    assertContains(page, "Demandes en attente")
    assertContains(page, "cinq jours ouvrés")


def test_whoever_gave_no_name_says_it_with_the_request_and_is_called_by_it(client, newcomer, reviewer, owner):
    newcomer.first_name = newcomer.last_name = ""
    newcomer.save()
    asked = {"organisation": owner.organisation_id}
    page = client.post("/espace/structures/rejoindre/?q=adil", asked)
    assertContains(page, "Écrivez votre prénom.")
    assert not AccessRequest.objects.exists()
    client.post("/espace/structures/rejoindre/?q=adil", {**asked, "first_name": "Nora", "last_name": "Durand"})
    text = OutgoingMail.objects.get(recipient=reviewer.email).text
    assert "Nora Durand (nora@adil01.example) demande à écrire" in text
    assert 'name="first_name"' not in client.get("/espace/structures/rejoindre/?q=adil").content.decode()


def test_a_new_structure_is_described_with_the_name_of_who_asks(client, newcomer):
    newcomer.first_name = newcomer.last_name = ""
    newcomer.save()
    assertContains(client.post("/espace/structures/rejoindre/nouvelle/", described()), "Écrivez votre nom.")
    client.post("/espace/structures/rejoindre/nouvelle/", described(first_name="Nora", last_name="Durand"))
    newcomer.refresh_from_db()
    assert str(newcomer) == "Nora Durand"


def test_nobody_is_presented_by_the_same_address_twice(reviewer, owner):
    asked = ask_for(user=UserFactory(email="nora@adil01.example"), organisation=owner.organisation)
    for mail in OutgoingMail.objects.filter(key__startswith=f"access-request-{asked.pk}"):
        assert mail.text.count("nora@adil01.example") == 1


def test_without_a_structure_the_account_is_within_reach(client, newcomer):
    page = client.get("/espace/", follow=True)
    assert page.redirect_chain[-1][0] == "/espace/structures/rejoindre/"
    for name in ("account", "account-export", "account-delete"):
        assertContains(page, f'href="{reverse(name)}"')


def test_asking_twice_is_said_and_not_done(client, newcomer, owner):
    data = {"organisation": owner.organisation_id}
    client.post("/espace/structures/rejoindre/?q=adil", data)
    response = client.post("/espace/structures/rejoindre/?q=adil", data)
    assertContains(response, "Vous avez déjà demandé à rejoindre")
    assertContains(response, "<title>Erreur : ")
    assert AccessRequest.objects.count() == 1


def test_a_member_does_not_ask_again(client, newcomer, owner):
    MembershipFactory(user=newcomer, organisation=owner.organisation)
    response = client.post("/espace/structures/rejoindre/?q=adil", {"organisation": owner.organisation_id})
    assertContains(response, "Vous écrivez déjà pour")


def test_several_structures_may_be_asked_for_but_not_any_number(newcomer):
    for _number in range(MAX_PENDING):
        ask_for(user=newcomer, organisation=OrganisationFactory())
    with pytest.raises(Exception, match="Vous attendez déjà 5 réponses"):
        ask_for(user=newcomer, organisation=OrganisationFactory())


def test_a_new_structure_is_described_and_not_created(client, newcomer, reviewer):
    response = client.post("/espace/structures/rejoindre/nouvelle/", described(website="www.exemple.fr"))
    assertRedirects(response, "/espace/structures/")
    request = AccessRequest.objects.get()
    assert (request.organisation, request.new_name) == (None, "Maison des familles de Gex")
    assert request.new_website == "https://www.exemple.fr"
    assert not Organisation.objects.exists()
    assert OutgoingMail.objects.get().recipient == reviewer.email


def test_nearly_the_same_name_is_shown_before_anything_is_sent(client, newcomer):
    known = OrganisationFactory(name="Maison des Familles du Pays de Gex", aliases="Maison des familles de Gex")
    response = client.post("/espace/structures/rejoindre/nouvelle/", described(name="La maison des familles, Gex"))
    assertContains(response, "Est-ce l’une de celles-ci\xa0?")
    assertContains(response, known.name)
    assertContains(response, "Je coordonne la maison.")
    assert not AccessRequest.objects.exists()
    name = {"name": "La maison des familles, Gex"}
    client.post("/espace/structures/rejoindre/nouvelle/", described(**name, similar=known.pk))
    assert AccessRequest.objects.get().organisation == known
    AccessRequest.objects.all().delete()
    client.post("/espace/structures/rejoindre/nouvelle/", described(**name, similar="aucune"))
    assert AccessRequest.objects.get().new_name == "La maison des familles, Gex"


def test_other_structures_of_the_same_kind_are_not_taken_for_it():
    for name in ("ADIL de l’Ain", "ADIL du Rhône", "UDAF de l’Ain", "CAF de l’Ain"):
        OrganisationFactory(name=name)
    assert [found.name for found in similar_organisations(name="adil Ain")] == ["ADIL de l’Ain"]
    assert similar_organisations(name="Conseil départemental de l’Ain") == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": ""}, "Indiquez le nom de la structure."),
        ({"name": "a\x00b"}, "Le caractère nul"),
        ({"name": "x" * 201}, "200"),
        ({"kind": "999999"}, "Choisissez un type de la liste."),
        ({"kind": "x' OR 1=1"}, "Choisissez un type de la liste."),
        ({"website": "javascript:alert(1)"}, "Indiquez une adresse complète"),
        ({"territory": "Nulle part"}, "Nulle part"),
        ({"message": "x" * 1001}, "1000"),
    ],
)
def test_bad_descriptions_are_explained_and_kept(client, newcomer, changes, message):
    response = client.post("/espace/structures/rejoindre/nouvelle/", described(**changes))
    assertContains(response, message)
    assertContains(response, "<title>Erreur : ")
    assert not AccessRequest.objects.exists()


def test_a_request_is_withdrawn_by_its_author_only(client, newcomer):
    mine, other = AccessRequestFactory(user=newcomer), AccessRequestFactory()
    assert client.get(reverse("access-request-withdraw", args=[mine.pk])).status_code == 405
    client.post(reverse("access-request-withdraw", args=[other.pk]))
    client.post(reverse("access-request-withdraw", args=[mine.pk]))
    assert list(AccessRequest.objects.all()) == [other]


def test_the_first_member_owns_the_structure_and_the_next_write_for_it(reviewer):
    organisation = OrganisationFactory()
    first, second = AccessRequestFactory(organisation=organisation), AccessRequestFactory(organisation=organisation)
    assert accept(pk=first.pk, by=reviewer).role == MembershipRole.OWNER
    assert accept(pk=second.pk, by=reviewer).role == MembershipRole.EDITOR
    accepted = OutgoingMail.objects.filter(recipient__in=[first.user.email, second.user.email])
    assert accepted.count() == 2


def test_the_structure_that_a_sheet_proposed_meanwhile_is_the_one_that_is_described(reviewer):
    """Whoever waits writes her sheet, and names her own structure among its partners."""
    kind = OrganisationKindFactory()
    proposed = propose_organisation(name="Coloc Solidaire de l’Ain", kind=kind)
    request = AccessRequestFactory(organisation=None, new_name="Coloc solidaire de l'Ain", new_kind=kind)
    new = NewOrganisation(name=request.new_name, kind=kind, website="https://coloc.example")
    assert accept(pk=request.pk, by=reviewer, described=new).organisation == proposed
    proposed.refresh_from_db()
    assert not proposed.is_proposed
    assert (proposed.name, proposed.website) == (request.new_name, "https://coloc.example")
    assert Organisation.objects.count() == 1


def test_a_name_taken_by_another_is_said_of_a_proposed_structure_too(reviewer):
    kind = OrganisationKindFactory()
    taken = OrganisationFactory(name="Coloc solidaire de l'Ain", kind=kind)
    propose_organisation(name="Coloc Solidaire de l’Ain", kind=kind)
    request = AccessRequestFactory(organisation=None, new_name=taken.name, new_kind=kind)
    with pytest.raises(NameTakenError):
        accept(pk=request.pk, by=reviewer, described=NewOrganisation(name=taken.name, kind=kind))


def test_a_request_is_answered_once(reviewer):
    request = AccessRequestFactory()
    accept(pk=request.pk, by=reviewer)
    with pytest.raises(Refused, match="déjà reçu une réponse"):
        refuse(pk=request.pk, by=reviewer, reason="Trop tard")
    with pytest.raises(Refused, match="déjà reçu une réponse"):
        accept(pk=request.pk, by=reviewer)
    request.refresh_from_db()
    assert request.state == RequestState.ACCEPTED
    assert request.answer == ""
    assert OutgoingMail.objects.filter(recipient=request.user.email).count() == 1


def test_nothing_is_half_done_when_the_mail_cannot_be_written(reviewer, monkeypatch):
    request = AccessRequestFactory(organisation=None, new_name="Nouvelle", new_kind=OrganisationKindFactory())
    monkeypatch.setattr("hub.accounts.notices.queue_mail", _fails)
    new = NewOrganisation(name="Nouvelle", kind=request.new_kind)
    with pytest.raises(ValidationError):
        accept(pk=request.pk, by=reviewer, described=new)
    request.refresh_from_db()
    assert request.state == RequestState.PENDING
    assert not Organisation.objects.exists()
    assert not Membership.objects.exists()


def _fails(**_arguments):
    raise ValidationError("La base ne répond plus.")


def test_an_owner_accepts_for_her_structure(client, owner):
    request = AccessRequestFactory(organisation=owner.organisation)
    client.force_login(owner.user)
    url = reverse("access-request", args=[request.pk])
    assertContains(client.get(url), request.user.email)
    request.refresh_from_db()
    assert request.state == RequestState.PENDING
    client.post(url, {"decision": "accept"})
    assert Membership.objects.get(user=request.user).role == MembershipRole.EDITOR


def test_an_owner_refuses_with_a_reason_that_is_sent(client, owner):
    request = AccessRequestFactory(organisation=owner.organisation)
    client.force_login(owner.user)
    url = reverse("access-request", args=[request.pk])
    assertContains(client.post(url, {"decision": "refuse", "reason": " "}), "Donnez une raison")
    client.post(url, {"decision": "refuse", "reason": "Vous n’êtes pas de chez nous."})
    assert "Vous n’êtes pas de chez nous." in OutgoingMail.objects.get(recipient=request.user.email).text
    client.force_login(request.user)
    assertContains(client.get("/espace/structures/"), "Vous n’êtes pas de chez nous.")


def test_whoever_does_not_own_the_structure_sees_no_request(client, owner):
    request = AccessRequestFactory(organisation=owner.organisation)
    new = AccessRequestFactory(organisation=None, new_name="Autre")
    editor = MembershipFactory(organisation=owner.organisation)
    elsewhere = MembershipFactory(role=MembershipRole.OWNER)
    for user in (editor.user, elsewhere.user, request.user):
        client.force_login(user)
        for asked in (request, new):
            url = reverse("access-request", args=[asked.pk])
            assert client.get(url).status_code == 404
            assert client.post(url, {"decision": "accept"}).status_code == 404
        with pytest.raises(Refused, match="Vous ne pouvez pas répondre"):
            accept(pk=request.pk, by=user)
    assert AccessRequest.objects.pending().count() == 2


def test_an_owner_cannot_send_somebody_to_another_structure(owner):
    request = AccessRequestFactory(organisation=owner.organisation)
    with pytest.raises(Refused, match="Vous ne pouvez pas répondre"):
        accept(pk=request.pk, by=owner.user, organisation=OrganisationFactory())


def test_forged_keys_are_nobody_s(client, newcomer):
    for path in ("demandes/99999999999999999999/", "demandes/0/", "99999999999999999999/membres/", "1/quitter/"):
        assert client.get(f"/espace/structures/{path}").status_code == 404


def test_twenty_requests_in_a_row_are_too_many(client, newcomer):
    answers = [client.post("/espace/structures/rejoindre/", {"organisation": ""}) for _try in range(20)]
    assert answers[-1].status_code == 429
    assert int(answers[-1]["Retry-After"]) > 0
