"""The demonstration: rich enough to try everything, honest about being one, and harmless to real content."""

import re
from datetime import date, timedelta
from io import BytesIO
from itertools import chain, pairwise
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from PIL import Image
from wagtail.documents.models import Document
from wagtail.models import Page, ReferenceIndex

from events.demo.loading import delete_demo, load_demo
from events.demo.recordings import script_lines
from events.demo.sources import (
    DATA_DIR,
    first_day,
    initiative_sources,
    organisation_sources,
    workshop_sources,
)
from events.enums import WorkshopFormat, WorkshopStage
from events.forms import sequence_time_problems
from events.models import WorkshopIndexPage, WorkshopPage
from events.transcripts import read_transcript
from hub.files.videos import check_video
from hub.pages.starter import STARTER_FILE
from hub.territories.enums import TerritoryKind
from hub.territories.models import Territory
from hub.vocabulary import loading as vocabulary_loading
from hub.vocabulary.models import Audience, Axis, Organisation, Scheme
from initiatives.enums import InitiativeStatus, PartnershipRole
from initiatives.fields import sections
from initiatives.models import InitiativeIndexPage, InitiativePage, Partnership
from tests.support.demo_site import load_demo_site

SEED = Path(__file__).resolve().parents[3] / "shared" / "seeds" / "atelier-86.txt"
EXPANSION = "accompagnement vers et dans le logement"


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    """The demonstration loaded once for the module, and undone after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield load_demo_site()
        transaction.set_rollback(True)


@pytest.fixture
def sandbox(demo):
    """The demonstration, for a test that changes it."""
    with transaction.atomic():
        yield demo
        transaction.set_rollback(True)


def sheets():
    return InitiativePage.objects.live().public()


def workshops():
    return WorkshopPage.objects.live().public()


def words(text):
    return re.findall(r"\w+", text.casefold().replace("’", "'"))


def runs(text, length):
    """Every sequence of ``length`` consecutive words of a text."""
    found = words(text)
    return {tuple(found[start : start + length]) for start in range(len(found) - length + 1)}


def test_there_is_enough_to_try_the_hub(demo):
    assert sheets().count() >= 60
    assert workshops().count() >= 13
    assert demo.created == sheets().count() + workshops().count()
    assert all(page.is_demonstration for page in chain(sheets(), workshops()))


def test_every_public_axis_and_scheme_of_the_vocabulary_is_used(demo):
    for model, name in ((Audience, "audiences"), (Axis, "axes"), (Scheme, "schemes")):
        used = set(sheets().values_list(f"{name}__slug", flat=True))
        assert set(model.objects.values_list("slug", flat=True)) <= used


def test_every_scale_of_territory_is_used_and_one_epci_straddles_departements(demo):
    used = Territory.objects.filter(code__in=sheets().values_list("territories__code", flat=True))
    assert {territory.kind for territory in used} == set(TerritoryKind.values)
    straddling = Territory.objects.get(code="epci-200070852")
    assert straddling in used
    departements = straddling.containers.filter(kind=TerritoryKind.DEPARTEMENT)
    assert {territory.code for territory in departements} == {"departement-01", "departement-74"}


def test_overseas_and_metropolitan_france_are_there(demo):
    codes = set(sheets().values_list("territories__containers__code", flat=True))
    assert {"departement-971", "departement-972", "departement-973", "departement-974"} <= codes
    assert len({code for code in codes if code and code.startswith("region-")}) >= 12


def test_several_sheets_are_carried_by_two_and_every_role_is_used(demo):
    assert sheets().filter(partnerships__role=PartnershipRole.CO_LEAD).distinct().count() >= 20
    assert sheets().exclude(partnerships__role=PartnershipRole.CO_LEAD).count() >= 20
    assert set(Partnership.objects.values_list("role", flat=True)) == set(PartnershipRole.values)
    assert set(sheets().values_list("status", flat=True)) == set(InitiativeStatus.values)


def test_the_ain_has_sheets_of_every_scale(demo):
    kinds = {
        territory.kind
        for page in sheets()
        for territory in page.territories.all()
        if territory.code == "departement-01" or territory.containers.filter(code="departement-01").exists()
    }
    assert kinds == {TerritoryKind.COMMUNE, TerritoryKind.EPCI, TerritoryKind.DEPARTEMENT}


def test_some_sheets_only_say_the_acronym_and_others_only_the_whole_name(demo):
    texts = {
        page.pk: " ".join([page.title, page.summary, *page.catalogue_body()])
        for page in sheets().exclude(schemes__slug__in=["avdl", "fnavdl"])
    }
    assert sum("AVDL" in text and EXPANSION not in text for text in texts.values()) >= 2
    assert sum(EXPANSION in text and "AVDL" not in text for text in texts.values()) >= 2


def test_the_86th_workshop_holds_the_facts_of_its_recap(demo):
    page = WorkshopPage.objects.get(number=86)
    assert page.starts_on == date(2022, 11, 24)
    assert (page.published_on, page.modified_on) == (date(2022, 12, 15), date(2022, 12, 15))
    assert page.past_government.name == "Élisabeth Borne"
    assert page.participants_label == "plus de 500 participants"
    assert [organisation.slug for organisation in page.organisers.all()] == ["dihal"]
    assert [organisation.slug for organisation in page.partners.all()] == ["ush"]
    assert page.structure_kinds.count() == 12
    assert {(int(figure.value), figure.unit, figure.year) for figure in page.key_figures.all()} == {
        (52, "M€", 2021),
        (21000, "ménages", 2021),
    }
    sequences = list(page.sequences.all())
    assert len(sequences) == 3
    assert [link.initiative.slug for link in sequences[2].presentations.all()] == ["plateforme-logement-ain"]
    assert (
        InitiativePage.objects.get(slug="plateforme-logement-ain").schemes.filter(slug__in=["avdl", "asll"]).count()
        == 2
    )


def test_workshops_are_at_every_stage_and_in_every_format(demo):
    assert {page.stage for page in workshops()} == set(WorkshopStage) - {WorkshopStage.TODAY}
    assert {page.format for page in workshops()} == set(WorkshopFormat.values)
    assert any(page.ends_on for page in workshops())
    replays = [page.replay for page in workshops() if page.replay]
    assert len(replays) == 5


def test_coming_workshops_are_after_today_and_never_at_the_week_end(demo):
    today = timezone.localdate()
    coming = list(workshops().upcoming())
    assert len(coming) == 3
    assert all(page.starts_on > today and page.registration_url for page in coming)
    for source in workshop_sources():
        for shift in range(7):
            assert first_day(source, today=today + timedelta(days=shift)).weekday() < 5


def test_every_replay_plays_here_what_its_transcript_says(demo):
    for page in (page for page in workshops() if page.replay):
        replay = page.replay
        with replay.file.file.open("rb") as film:
            length = check_video(file=film, limit=film.size).seconds
        assert replay.duration == timedelta(seconds=round(length))
        assert replay.poster
        passages = replay.passages()
        assert passages
        assert passages[-1].start < length
        assert all(before.start < after.start for before, after in pairwise(passages))


def test_a_sequence_of_a_replay_begins_when_its_first_words_are_said(demo):
    for page in workshops():
        sequences = list(page.sequences.all())
        if page.replay is None:
            assert not any(sequence.replay_start for sequence in sequences)
            continue
        times = [sequence.replay_start for sequence in sequences]
        assert sequence_time_problems(times=times, duration=page.replay.duration) == {}
        cues = read_transcript(text=page.replay.transcript).cues
        assert {int(time.total_seconds()) for time in times} <= {int(cue.start) for cue in cues}


@pytest.mark.parametrize("script", sorted((DATA_DIR / "recordings").glob("*.txt")), ids=lambda path: path.stem)
def test_a_recording_says_its_script(script):
    lines = script_lines(text=script.read_text(encoding="utf-8"))
    cues = read_transcript(text=script.with_suffix(".vtt").read_text(encoding="utf-8")).cues
    assert [cue.text for cue in cues] == [line.text for line in lines]
    parts = list(dict.fromkeys(line.part for line in lines))
    source = next(source for source in workshop_sources() if source["number"] == int(script.stem))
    assert parts == ["Ouverture", *(sequence["title"] for sequence in source["sequences"])]
    assert source["replay"]["recording"] == script.stem


def test_fiction_says_so(demo):
    for page in workshops().exclude(number=86):
        assert "atelier fictif" in page.summary.casefold()
    names = {source["slug"] for source in organisation_sources()} - {"departement-ain"}
    for organisation in Organisation.objects.filter(slug__in=names):
        assert "(exemple)" in organisation.name or organisation.website.endswith(".example.org/")


def test_nobody_real_can_be_reached(demo):
    for page in sheets():
        assert page.contact_email.endswith(".example.org")
        assert re.fullmatch(r"(01 99 00|06 39 98) \d\d \d\d", page.contact_phone)
    for page in workshops():
        assert not page.registration_url or re.match(r"https://\w+\.example\.org/", page.registration_url)
        assert not page.replay or not page.replay.url


def test_each_sheet_is_a_real_page_of_its_own(demo):
    seen: dict[tuple[str, ...], str] = {}
    for source in initiative_sources():
        texts = [source[field.name] for field in sections()]
        text = " ".join([source["summary"], *texts])
        assert 250 <= len(words(text)) <= 750, source["slug"]
        for run in runs(text, 10):
            assert seen.setdefault(run, source["slug"]) == source["slug"]


def test_no_sentence_of_the_official_recap_is_copied():
    if not SEED.exists():
        pytest.skip("the recap is not beside this checkout")
    official = runs(SEED.read_text(encoding="utf-8"), 8)
    texts = (path for path in DATA_DIR.rglob("*.*") if path.suffix != ".webm")
    files = [*texts, *vocabulary_loading.DATA_DIR.glob("*.toml"), STARTER_FILE]
    for path in files:
        assert runs(path.read_text(encoding="utf-8"), 8).isdisjoint(official), path.name


def test_many_pages_were_published_under_an_earlier_government(demo):
    governments = [page.past_government for page in sheets()]
    assert len({government.pk for government in governments if government}) >= 7
    assert None in governments
    assert {page.published_on.year for page in sheets()} >= {2014, 2020, 2026}


def test_pictures_and_files_open(demo):
    pictures = [page for page in sheets() if page.image]
    assert len(pictures) >= 8
    assert all(page.image_alternative_text for page in pictures)
    with pictures[0].image.open_file() as stream:
        assert Image.open(stream).size == (1200, 675)
    assert ReferenceIndex.get_references_to(pictures[0].image).count() == 1
    odt = Document.objects.filter(file__endswith=".odt").first()
    with odt.open_file() as stream, ZipFile(BytesIO(stream.read())) as archive:
        assert archive.namelist()[0] == "mimetype"
        assert "Document fictif" in archive.read("content.xml").decode()


def test_every_entry_describes_itself_to_the_search(demo):
    records = [page.catalogue_record() for page in chain(sheets(), workshops())]
    assert len({record.key for record in records}) == len(records)
    assert all(
        record.territories and record.audiences and record.body for record in records if record.type == "initiative"
    )


def test_loading_again_changes_nothing(sandbox):
    def state():
        pages = Page.objects.order_by("pk").values("pk", "title", "latest_revision_id", "last_published_at", "path")
        return list(pages), Organisation.objects.count(), Document.objects.count()

    before = state()
    report = load_demo()
    assert (report.created, report.foreign) == (0, [])
    assert report.kept == sandbox.created
    assert state() == before


def test_what_an_editor_changed_in_the_demonstration_stays(sandbox):
    page = InitiativePage.objects.get(slug="plateforme-logement-ain")
    page.title = "Notre plateforme"
    page.save_revision().publish()
    load_demo()
    assert InitiativePage.objects.get(pk=page.pk).title == "Notre plateforme"


def test_real_pages_are_left_alone_and_named(sandbox):
    InitiativePage.objects.get(slug="plateforme-logement-ain").delete()
    WorkshopPage.objects.get(number=86).delete()
    InitiativeIndexPage.objects.get().add_child(
        instance=InitiativePage(title="La vraie plateforme", slug="plateforme-logement-ain")
    )
    WorkshopIndexPage.objects.get().add_child(
        instance=WorkshopPage(title="Le vrai 86e", slug="le-vrai", number=86, starts_on=date(2022, 11, 24))
    )
    report = load_demo()
    assert (report.created, set(report.foreign)) == (0, {"La vraie plateforme", "Le vrai 86e"})
    delete_demo()
    assert {page.title for page in chain(InitiativePage.objects.all(), WorkshopPage.objects.all())} == {
        "La vraie plateforme",
        "Le vrai 86e",
    }


def test_a_missing_page_is_created_again(sandbox):
    InitiativePage.objects.get(slug="saison-corse").delete()
    assert load_demo().created == 1
    assert InitiativePage.objects.get(slug="saison-corse").live


def test_deleting_takes_away_the_files_and_the_fictitious_structures_but_not_the_vocabulary(sandbox):
    used = Organisation.objects.get(slug="le-pas-de-porte")
    kept = InitiativePage(title="Une vraie fiche", slug="une-vraie-fiche")
    kept.partnerships = [Partnership(organisation=used)]
    InitiativeIndexPage.objects.get().add_child(instance=kept)
    audiences = Audience.objects.count()
    delete_demo()
    assert not Document.objects.filter(collection__name="Démonstration").exists()
    slugs = set(Organisation.objects.values_list("slug", flat=True))
    assert "le-pas-de-porte" in slugs
    assert "rivages-accueil" not in slugs
    assert "dihal" in slugs
    assert Audience.objects.count() == audiences


def test_the_command_tells_its_progress(sandbox, capsys):
    call_command("load_demo")
    output = capsys.readouterr().out
    assert f"Fiches initiatives : {sheets().count()}/{sheets().count()}" in output
    assert "0 page(s) créée(s)" in output
