"""An imported recap becomes a draft, again and again the same one; what visitors read never changes by itself."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from wagtail.models import GroupPagePermission, Revision

from events.models import Replay, Sequence, WorkshopIndexPage, WorkshopPage
from events.recap.draft.drafting import DraftAction
from events.recap.vocabulary import build_vocabulary
from hub.accounts.models import User
from hub.refusals import Refused
from tests.events.recap.test_seed import SEED

pytestmark = pytest.mark.django_db

RECAP = (
    "Retour sur le 12e atelier de la Dihal « Le bail glissant » du 3 mars 2022\n\nPublié 15/03/2022|Modifié "
    "16/03/2022\n\n"
    "Organisé par la Dihal, en lien avec l’USH et le Club du bail, cet atelier a réuni plus de 90 participants.\n\n"
    "Il a été construit autour de deux séquences :\n\nPrésenter le bilan.\n\nPour les jeunes, 52 M€ ont été "
    "versés en 2021. "
    "Le département de l’Ain suit.\n\n{second}\n\nUn texte sur le <b>FSL</b> & la suite.\n\nEn conclusion, "
    "à bientôt.\n\n"
    "Accéder au replay\n\nProchain atelier en juin.\n"
)
TEXT = RECAP.format(second="Échanger sur la suite.")


def words_of(page):
    """Everything the draft holds, as one text."""
    held = [
        page.title,
        page.subject,
        page.summary,
        *(sequence.title + sequence.text for sequence in page.sequences.all()),
    ]
    held += [str(block.value.get("text") if block.block_type == "to_sort" else block.value) for block in page.body]
    return " ".join(held)


def test_the_draft_holds_what_was_recognised_and_is_not_online(draft):
    outcome = draft(TEXT)
    page = WorkshopPage.objects.get()
    assert outcome.action is DraftAction.CREATED
    assert not page.live
    assert page.get_parent().specific == WorkshopIndexPage.objects.get()
    assert (page.title, page.slug) == ("12e atelier : Le bail glissant", "12e-atelier-le-bail-glissant")
    assert (page.number, page.subject, page.starts_on, page.ends_on) == (12, "Le bail glissant", date(2022, 3, 3), None)
    assert (page.original_published_on, page.original_modified_on) == (date(2022, 3, 15), date(2022, 3, 16))
    assert (page.participants_count, page.participants_is_minimum) == (90, True)
    assert [organisation.slug for organisation in page.organisers.all()] == ["dihal"]
    assert [organisation.slug for organisation in page.partners.all()] == ["ush"]
    assert [territory.code for territory in page.territories.all()] == ["pays-FR"]
    assert [audience.slug for audience in page.audiences.all()] == ["jeunes"]
    assert [scheme.slug for scheme in page.schemes.all()] == ["bail-glissant", "fsl"]
    assert [(figure.value, figure.unit, figure.year) for figure in page.key_figures.all()] == [
        (Decimal(52), "M€", 2021)
    ]
    assert [sequence.title for sequence in page.sequences.all()] == ["Présenter le bilan", "Échanger sur la suite"]
    assert [replay.url for replay in page.replays.all()] == [""]


def test_text_is_escaped_and_the_conclusion_closes_the_last_sequence(draft):
    page = draft(TEXT).page
    last = list(page.sequences.all())[-1]
    assert last.text == "<p>Un texte sur le &lt;b&gt;FSL&lt;/b&gt; &amp; la suite.</p><p>En conclusion, à bientôt.</p>"


def test_what_is_left_over_waits_in_the_body_out_of_sight_of_visitors(draft):
    page = draft(TEXT).page
    to_sort = [block.value["text"] for block in page.body if block.block_type == "to_sort"]
    assert to_sort == ["Prochain atelier en juin."]
    assert page.import_report["leftovers"] == ["Prochain atelier en juin."]


def test_the_report_says_what_is_recognised_guessed_and_unknown(draft):
    report = draft("fragment-gras.html").page.import_report
    found = {item["label"] for item in report["recognised"]}
    assert {"Numéro", "Sujet", "Date de l’atelier", "Participants", "Séquence 1", "Replay"} <= found
    assert {"label": "Public", "value": "troubles psychiques"}.items() <= report["guessed"][0].items()
    assert report["missing"] == []
    assert [document["label"] for document in report["documents"]] == ["Actes (PDF)"]
    assert draft(TEXT).page.import_report["unknown"] == ["Club du bail"]


def test_links_and_lists_of_a_page_are_kept(draft):
    page = draft("page-drupal.html").page
    first, second = page.sequences.all()
    assert "<ul><li>un référent unique\u00a0;</li><li>un logement dès la sortie, avec l’AVDL.</li></ul>" in first.text
    assert '<a href="https://www.exemple.gouv.fr/territoires/doubs">département du Doubs</a>' in second.text
    assert [replay.url for replay in page.replays.all()] == ["https://www.youtube.com/embed/AbCdEfGhIjK"]
    assert page.ends_on is None


def test_a_workshop_of_several_days_ends_on_the_last(draft):
    page = draft("sequences-marquees.txt").page
    assert (page.starts_on, page.ends_on) == (date(2019, 11, 24), date(2019, 11, 25))


def test_importing_again_updates_the_same_draft(draft):
    first = draft(TEXT).page
    sequences = [sequence.pk for sequence in first.sequences.all()]
    outcome = draft(TEXT.replace("90 participants", "95 participants"))
    page = WorkshopPage.objects.get()
    assert outcome.action is DraftAction.UPDATED
    assert page.pk == first.pk
    assert page.participants_count == 95
    assert [sequence.pk for sequence in page.sequences.all()] == sequences
    assert page.key_figures.count() == 1
    assert page.replays.count() == 1


def test_importing_again_keeps_what_the_editor_added(draft):
    page = draft(TEXT).page
    page.summary = "Un chapô écrit à la main."
    page.tags.add("bail")
    sequence = page.sequences.all()[0]
    sequence.speakers, sequence.replay_start = "Mme Martin", timedelta(minutes=5)
    page.sequences = [sequence, *page.sequences.all()[1:]]
    page.replays = [Replay(url="https://youtu.be/AbCdEfGhIjK", transcript="00:00:01 Bonjour")]
    page.save()
    page.save_revision()
    draft(RECAP.format(second="Débattre de la suite."))
    again = WorkshopPage.objects.get()
    assert again.summary == "Un chapô écrit à la main."
    assert "a réuni plus de 90 participants" in str(again.body)
    assert [tag.name for tag in again.tags.all()] == ["bail"]
    first, second = again.sequences.all()
    assert (first.speakers, first.replay_start) == ("Mme Martin", timedelta(minutes=5))
    assert second.title == "Débattre de la suite"
    assert [replay.transcript for replay in again.replays.all()] == ["00:00:01 Bonjour"]


def test_a_page_online_is_not_changed_and_gets_a_draft_revision(draft, client):
    page = draft(TEXT).page
    page.territories = list(page.territories.all())
    page.save_revision().publish()
    before = client.get(page.get_url()).content
    outcome = draft(
        TEXT.replace("90 participants", "95 participants").replace("Le bail glissant", "Le bail glissant en question")
    )
    assert outcome.action is DraftAction.REVISED
    online = WorkshopPage.objects.get()
    assert online.live
    assert online.has_unpublished_changes
    assert (online.participants_count, online.subject) == (90, "Le bail glissant")
    assert client.get(online.get_url()).content == before
    waiting = online.get_latest_revision_as_object()
    assert (waiting.participants_count, waiting.subject) == (95, "Le bail glissant en question")


def test_a_recap_without_number_is_recognised_by_its_subject_and_day(draft):
    text = "Retour sur l’atelier de la Dihal « Le bail glissant » du 3 mars 2022\n\nUn paragraphe.\n"
    assert draft(text).action is DraftAction.CREATED
    assert draft(text).action is DraftAction.UPDATED
    assert draft(text.replace("3 mars", "4 mars")).action is DraftAction.CREATED
    assert [page.number for page in WorkshopPage.objects.all()] == [None, None]


def test_two_workshops_of_the_same_subject_have_different_addresses(draft):
    text = "Retour sur l’atelier de la Dihal « Le bail glissant » du {} mars 2022\n\nUn paragraphe.\n"
    slugs = {draft(text.format(day)).page.slug for day in (3, 4, 5)}
    assert slugs == {"atelier-le-bail-glissant", "atelier-le-bail-glissant-2", "atelier-le-bail-glissant-3"}


def test_a_very_long_subject_still_makes_a_page(draft):
    page = draft(f"12e atelier de la Dihal « {'Un bail très glissant ' * 11}»\n\nTexte.").page
    assert len(page.title) <= 255
    assert len(page.slug) < 90


def test_a_printed_government_that_is_not_that_of_the_day_is_reported(draft):
    notice = "Ce contenu a été publié sous le gouvernement du Premier ministre, Jean Castex."
    outcome = draft(f"12e atelier de la Dihal « Un sujet »\n\n{notice}\n\nPublié le 15 décembre 2022\n\nTexte.")
    assert any("Jean Castex" in problem and "Élisabeth Borne" in problem for problem in outcome.problems)
    assert outcome.page.import_report["problems"] == list(outcome.problems)


def test_an_address_of_replay_too_long_is_reported_not_cut(draft):
    address = f"https://exemple.fr/replay/{'a' * 300}"
    outcome = draft(f"12e atelier de la Dihal « Un sujet »\n\nTexte.\n\nReplay : {address}")
    assert any(address in problem for problem in outcome.problems)
    assert [replay.url for replay in outcome.page.replays.all()] == [""]


def test_without_a_list_of_workshops_the_draft_is_refused(draft):
    WorkshopIndexPage.objects.get().delete()
    with pytest.raises(Refused, match="créez-la"):
        draft(TEXT)


def test_a_locked_page_is_left_alone(draft):
    page = draft(TEXT).page
    WorkshopPage.objects.update(locked=True)
    with pytest.raises(Refused, match="verrouillée"):
        draft(TEXT)
    assert Revision.objects.filter(object_id=str(page.pk)).count() == 1


def test_a_page_in_moderation_is_left_alone(draft):
    page = draft(TEXT).page
    user = User.objects.create_superuser("relectrice", "r@exemple.fr", "a")
    page.get_workflow().start(page, user)
    with pytest.raises(Refused, match="relecture"):
        draft(TEXT)


def test_somebody_who_may_only_add_cannot_overwrite_the_page_of_another(draft):
    draft(TEXT)
    group = Group.objects.create(name="Contributeurs")
    index = WorkshopIndexPage.objects.get()
    GroupPagePermission.objects.create(group=group, page=index, permission_type="add")
    user = User.objects.create_user("contributrice", password="a")
    user.groups.add(group)
    with pytest.raises(Refused, match="pas le droit de modifier"):
        draft(TEXT, user=user)
    outcome = draft(TEXT.replace("12e", "13e"), user=user)
    assert outcome.page.owner == user
    with pytest.raises(Refused, match="pas le droit d’ajouter"):
        draft(TEXT.replace("12e", "14e"), user=User.objects.create_user("inconnu", password="a"))


def test_a_refusal_writes_nothing(draft, monkeypatch):
    def fail(*_args, **_kwargs):
        raise Refused("arrêt")

    monkeypatch.setattr(WorkshopPage, "save_revision", fail)
    with pytest.raises(Refused):
        draft(TEXT)
    assert not WorkshopPage.objects.exists()
    assert not Sequence.objects.exists()


def test_the_vocabulary_is_read_in_a_constant_number_of_queries(stocked, django_assert_num_queries):
    with django_assert_num_queries(7):
        vocabulary = build_vocabulary()
    assert vocabulary.territories
    assert not any(term.kind == "arrondissement" for term in vocabulary.territories)


def test_a_published_import_is_readable_by_visitors(draft, client):
    page = draft(TEXT).page
    page.save_revision().publish()
    html = client.get(page.get_url()).content.decode()
    assert "Présenter le bilan" in html
    assert "En conclusion, à bientôt." in html
    assert "Prochain atelier en juin." not in html


@pytest.mark.skipif(not SEED.exists(), reason="../shared/seeds/atelier-86.txt is not next to the repository")
def test_the_model_recap_makes_a_complete_draft_that_publishes(draft, client):
    outcome = draft(SEED.read_bytes())
    page = WorkshopPage.objects.get(number=86)
    assert outcome.problems == ()
    assert (page.participants_count, page.participants_is_minimum) == (500, True)
    assert page.sequences.count() == 3
    assert page.structure_kinds.count() == 12
    assert {(figure.value, figure.unit, figure.year) for figure in page.key_figures.all()} == {
        (Decimal(52), "M€", 2021),
        (Decimal(21000), "ménages", 2021),
    }
    assert not any(block.block_type == "to_sort" for block in page.body)
    lost = [
        sentence
        for sentence in SEED.read_text(encoding="utf-8").split("\n")[6:-4]
        if sentence.strip() and sentence.strip(" .") not in words_of(page).replace("&amp;", "&")
    ]
    assert lost == []
    page.save_revision().publish()
    assert "Première ministre" in client.get(page.get_url()).content.decode()
