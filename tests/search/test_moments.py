"""What is said in a replay and shown on its slides: found as soon as it is published, shown under its workshop."""

import re
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection, transaction
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject
from wagtail.documents.models import Document
from wagtail.models import PageViewRestriction

from events.models import Replay, WorkshopDocument, WorkshopPage
from hub.pages import document_words
from hub.pages.models import DocumentWords
from search import service
from search.query import SearchQuery
from search.service import search
from tests.factories import InitiativePageFactory, WorkshopPageFactory
from tests.search.conftest import titles

pytestmark = pytest.mark.django_db

SAID = "00:00:05 Bonjour à tous.\n00:42:10 Le sablier est retourné par la préfecture.\n01:10:00 Merci du perroquet."
MOMENTS = SearchQuery(types=("passage",))


@pytest.fixture(autouse=True)
def only_deliveries_of_the_commit(monkeypatch, site):
    monkeypatch.setattr(service, "_heal", lambda _engine: None)


def heard(text: str) -> list[str]:
    """The addresses of the moments found alone."""
    return [hit.moments[0].url for hit in search(query=MOMENTS.replace(text=text)).results.hits]


def with_replay(**values) -> WorkshopPage:
    page = WorkshopPageFactory(title="86e atelier", number=86, slug="atelier-86", **values)
    page.replays.add(Replay(url="https://vimeo.com/76979871", transcript=SAID))
    page.save()
    return page


def test_publishing_replacing_and_withdrawing_a_transcript_reach_the_index(committed):
    with committed():
        page = with_replay()
    (address,) = heard("sablier")
    assert re.fullmatch(r"\S*/ateliers/atelier-86/#t=25\d\d", address)
    with committed():
        Replay.objects.update_or_create(page=page, defaults={"transcript": "00:10:00 Une horloge, plutôt."})
    assert (heard("sablier"), len(heard("horloge"))) == ([], 1)
    with committed():
        Replay.objects.get(page=page).delete()
    assert (heard("horloge"), titles("horloge")) == ([], set())


def test_what_is_said_in_a_draft_or_a_private_workshop_is_never_found(committed):
    with committed():
        page = with_replay(live=False)
    assert heard("sablier") == []
    with committed():
        page.save_revision().publish()
    assert len(heard("sablier")) == 1
    with committed():
        restriction = PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
    assert heard("sablier") == []
    with committed():
        restriction.delete()
    assert len(heard("sablier")) == 1
    with committed():
        page.refresh_from_db()
        page.unpublish()
    assert (heard("sablier"), titles()) == ([], set())


@pytest.mark.parametrize("changes", [{"transcript": "Le sablier, sans heure."}, {"url": ""}])
def test_a_transcript_that_nothing_times_or_plays_has_no_moment(committed, changes):
    with committed():
        replay = Replay.objects.get(page=with_replay())
        for name, value in changes.items():
            setattr(replay, name, value)
        replay.save()
    assert (heard("sablier"), titles("sablier")) == ([], {"86e atelier"})


def test_the_page_of_results_shows_moments_under_their_workshop_and_lists_them_alone(committed, client: Client):
    with committed():
        with_replay()
        InitiativePageFactory(title="Le sablier des bailleurs")
    content = client.get("/recherche/", {"q": "sablier"}).content.decode()
    assert "2 résultats" in content
    link = re.search(r'<a href="[^"]*/ateliers/atelier-86/#t=(\d+)"[^>]*>Lire à (\d+:\d\d)<', content)
    assert link is not None
    assert int(link[1]) // 60 == int(link[2].split(":")[0])
    assert content.count("préfecture") == 1  # the extract of the transcript is not a second time that of the entry
    assert re.search(r"\?q=sablier&amp;type=passage\"[^>]*>Moments de replay \(1\)", content)
    content = client.get("/recherche/", {"q": "sablier", "type": "passage"}).content.decode()
    assert "1 moment de replay pour" in content
    assert "Moment de replay ·" in content
    assert re.search(r"Ateliers \(1\)", content)
    assert re.search(r"Fiches initiatives \(1\)", content)
    assert "Aucun moment" in client.get("/recherche/", {"q": "zzzzzz", "type": "passage"}).content.decode()


def test_the_page_of_results_costs_as_many_queries_with_moments_as_without(committed, client):
    with committed():
        with_replay()
        InitiativePageFactory(title="Pension de famille")
    counts = []
    for text in ("famille", "famille", "sablier"):
        with CaptureQueriesContext(connection) as queries:
            client.get("/recherche/", {"q": text})
        counts.append(len(queries))
    assert counts[1] == counts[2]


@pytest.mark.parametrize(
    ("typed", "types", "speakers", "notices"),
    [
        ("type=passage", ("passage",), (), 0),
        ("type=passage&type=atelier", ("passage",), (), 1),
        ("type=passage&intervenant=Ali+Ben+Salah+%28CD%2038%29", ("passage",), ("Ali Ben Salah (CD 38)",), 0),
        ("intervenant=%3Cscript%3E", (), (), 1),
    ],
)
def test_moments_are_asked_for_alone_and_by_who_speaks(typed, types, speakers, notices):
    query, told = SearchQuery.from_params(QueryDict(typed))
    assert (query.types, query.speakers, len(told)) == (types, speakers, notices)
    assert query.with_value(field="type", value="atelier").types in {("atelier",), ("atelier", *types)}


def slides(*pages: str) -> bytes:
    """A PDF that says one line a page."""
    writer = PdfWriter()
    font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica", "/Encoding": "/WinAnsiEncoding"}
    named = DictionaryObject({NameObject(key): NameObject(value) for key, value in font.items()})
    for text in pages:
        page = writer.add_blank_page(width=400, height=300)
        drawn = DecodedStreamObject()
        drawn.set_data(b"BT /F1 18 Tf 20 200 Td (" + text.encode("cp1252") + b") Tj ET")
        page[NameObject("/Contents")] = writer._add_object(drawn)  # noqa: SLF001 — pypdf draws no text itself
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F1"): named})}
        )
    written = BytesIO()
    writer.write(written)
    return written.getvalue()


def attached(page: WorkshopPage, content: bytes, *, name: str = "bilan.pdf") -> Document:
    document = Document(title="Le bilan")
    document.file.save(name, ContentFile(content))
    document.get_file_hash()  # as the form of Wagtail does
    WorkshopDocument.objects.create(page=page, document=document)
    return document


def test_the_words_of_attached_slides_are_found_once_read(committed, client: Client):
    with committed():
        page = WorkshopPageFactory(title="86e atelier", number=86)
        document = attached(page, slides("Bonjour", "", "Un thermomètre social"))
    assert titles("thermomètre") == set()
    with committed():
        call_command("read_documents", verbosity=0)
    assert titles("thermomètre") == {"86e atelier"}
    assert "Diapositive 3 de «&nbsp;Le bilan&nbsp;»" in client.get("/recherche/", {"q": "thermomètre"}).content.decode()
    read_at = DocumentWords.objects.get().read_at
    document_words.read_documents()
    assert DocumentWords.objects.get().read_at == read_at  # what is read is not read again
    with committed(), transaction.atomic():
        document.refresh_from_db()
        document.file_hash = ""
        document.file.save("autre.pdf", ContentFile(slides("Un baromètre")))
        document.get_file_hash()
    assert titles("thermomètre") == set()
    with committed():
        document_words.read_documents()
    assert titles("baromètre") == {"86e atelier"}


def test_the_slides_of_a_draft_are_not_read(committed):
    with committed():
        page = WorkshopPageFactory(live=False)
        attached(page, slides("Un thermomètre"))
        assert document_words.read_documents().read == 0


@pytest.mark.parametrize("content", [b"%PDF-1.4 tronqu", b"", slides("Un")[:400], b"%PDF-1.7\n" + b"[" * 100_000])
def test_a_pdf_that_cannot_be_read_is_refused_once_and_tried_again_on_demand(content):
    attached(WorkshopPageFactory(), content)
    assert document_words.read_documents().refused == 1
    assert DocumentWords.objects.get().refusal
    assert document_words.read_documents() == document_words.ReadingReport()
    assert document_words.read_documents(again=True).refused == 1


def test_what_is_read_of_a_document_is_bounded(monkeypatch):
    monkeypatch.setattr(document_words, "_READ", {"most_pages": 3, "most_letters": 10})
    attached(WorkshopPageFactory(), slides("abcdef", "ghijkl", "mnopqr", "stuvwx"))
    document_words.read_documents()
    assert DocumentWords.objects.get().pages == ["abcdef", "ghij"]
