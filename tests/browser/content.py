"""Pages for the states the demonstration may not show: run once by the hub under test (hub_process.py)."""

from datetime import date, time, timedelta
from io import BytesIO
from pathlib import Path

from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image as Drawing
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.models import PageViewRestriction

from events.models import Replay, Sequence, SequenceInitiative, WorkshopDocument, WorkshopKeyFigure, WorkshopPage
from hub.territories.models import Territory
from hub.vocabulary.models import Audience, Organisation, OrganisationKind, Scheme
from initiatives.models import InitiativePage
from tests.browser.partners import add_partners
from tests.browser.scenes import add_scenes
from tests.factories import StandardPageFactory, WorkshopPageFactory

UPCOMING_SLUG = "etat-atelier-a-venir"
REGISTERED_SLUG = "etat-inscriptions"
REPLAY_SLUG = "etat-replay-complet"
BLOCKS_SLUG = "etat-tous-les-blocs"
PRIVATE_SLUG = "etat-protege"
WATCHED_ADDRESSES = {
    "youtube": "https://www.youtube.com/watch?v=abcdefghijk",
    "dailymotion": "https://www.dailymotion.com/video/x8abcde",
    "vimeo": "https://vimeo.com/123456789/abcdef0123",
    "peertube": "https://tube.numerique.gouv.fr/w/abcdefghijk",
}
FILM = Path(__file__).parent / "film.webm"  # a hundred seconds of blue
SAID = """WEBVTT

00:00:00.000 --> 00:00:33.000
Bonjour à tous, et merci d’être venus.

00:00:33.000 --> 00:01:06.000
La plateforme de l’Ain tient des baux glissants.

00:01:06.000 --> 00:01:40.000
Les travaux ont commencé en avril.
"""
LONG_WORD = "anticonstitutionnellement" * 6


def add_states() -> None:
    """Add a coming workshop, a recap with everything at its longest, every block, a private page, partners, scenes."""
    _add_upcoming()
    WorkshopPageFactory(
        title="Atelier auquel on s’inscrit ici",
        slug=REGISTERED_SLUG,
        number=9003,
        starts_on=timezone.localdate() + timedelta(days=410),
        starts_at=time(14),
        call_url="https://visio.example.org/salle",
        format="en-ligne",
        takes_registrations=True,
        registration_capacity=12,
    )
    _add_full_recap()
    _add_every_block()
    _add_watched()
    private = StandardPageFactory(title="Page protégée", slug=PRIVATE_SLUG)
    PageViewRestriction.objects.create(page=private, restriction_type=PageViewRestriction.PASSWORD, password="sésame")
    add_partners()
    add_scenes()


def _add_upcoming() -> WorkshopPage:
    return WorkshopPageFactory(
        title="Atelier à venir : loger les jeunes qui sortent de l’ASE",
        slug=UPCOMING_SLUG,
        number=9001,
        summary="Ce qui se prépare avant dix-huit ans, et ce qui tient après.",
        starts_on=timezone.localdate() + timedelta(days=400),
        starts_at=time(9, 30),
        ends_at=time(12),
        format="hybride",
        place="Grande Arche de la Défense, Puteaux",
        registration_url="https://example.org/inscription",
        **_facets(),
        sequences=[Sequence(title="Ouverture"), Sequence(title="Échanges avec la salle")],
    )


def _add_full_recap() -> WorkshopPage:
    """A two-hour replay with its captions, every facet, many partners: as heavy as a recap gets."""
    sheets = list(InitiativePage.objects.live().order_by("pk")[:6])
    spoken = "\n\n".join(
        f"0{at}.000 --> 0{at}.900\nEt là, on a appelé le SIAO, la CAF et l’ADIL."
        for at in (timedelta(seconds=start) for start in range(0, 7200, 5))
    )
    return WorkshopPageFactory(
        title=f"Atelier complet, au titre qui ne tient pas sur une ligne et au mot {LONG_WORD}",
        slug=REPLAY_SLUG,
        number=9002,
        summary="Deux heures d’échanges, et tout ce qui en reste : chiffres, documents, replay, transcription.",
        starts_on=date(2019, 4, 2),
        ends_on=date(2019, 4, 3),
        original_published_on=date(2019, 5, 1),
        participants_count=1250,
        participants_is_minimum=True,
        is_demonstration=True,
        organisers=Organisation.objects.all()[:2],
        partners=Organisation.objects.all()[2:5],
        structure_kinds=OrganisationKind.objects.all()[:6],
        **_facets(),
        tags=["accompagnement", "coordination", "relogement"],
        key_figures=[
            WorkshopKeyFigure(value="52", unit="M€", label="pour l’accompagnement", year=2018, source="bilan national"),
            WorkshopKeyFigure(value="21000", unit="ménages", qualifier="plus-de", label="accompagnés", year=2018),
            WorkshopKeyFigure(value="88", unit="%", label="toujours logés un an après"),
        ],
        body=[("text", "<p>Ce que l’on retient : l’AVDL, l’ASLL, le FSL et le SIAO <em>ensemble</em>.</p>")],
        sequences=[
            Sequence(
                title=f"Séquence {number}",
                text="<p>Un premier temps.</p><p>Un second, plus long.</p><ul><li>Un point</li><li>Un autre</li></ul>",
                speakers="Claire Petit, Dihal\nPaul Roy, Union sociale pour l’habitat",
                replay_start=timedelta(minutes=20 * number),
                presentations=[SequenceInitiative(initiative=sheets[number - 1])],
            )
            for number in range(1, 4)
        ],
        replays=[
            Replay(
                url="https://www.youtube.com/watch?v=abcdefghijk",
                duration=timedelta(hours=2),
                poster=_drawing(),
                transcript=f"WEBVTT\n\n{spoken}",
                published_on=date(2019, 6, 1),
            )
        ],
        documents=[
            WorkshopDocument(document=_file("Le programme", "programme.pdf")),
            WorkshopDocument(document=_file("Les diapositives", "diapositives.pdf")),
        ],
    )


def watched_slug(kind: str) -> str:
    return f"etat-replay-{kind}"


def _add_watched() -> None:
    """A short replay on each platform, and one in a file."""
    film = Document.objects.create(
        title="Film", file=ContentFile(FILM.read_bytes(), name="film.webm"), file_size=FILM.stat().st_size
    )
    replays = {kind: Replay(url=url, transcript=SAID) for kind, url in WATCHED_ADDRESSES.items()}
    for kind, replay in {**replays, "fichier": Replay(file=film, transcript=SAID)}.items():
        WorkshopPageFactory(
            title=f"Replay à regarder ({kind})",
            slug=watched_slug(kind),
            starts_on=date(2019, 4, 2),
            sequences=[Sequence(title="La suite", replay_start=timedelta(seconds=66))],
            replays=[replay],
        )


def _add_every_block() -> None:
    columns = [f"Colonne {number}" for number in range(1, 9)]
    table = {
        "data": [columns, *([f"Ligne {row}", *["21 000"] * 7] for row in range(1, 4))],
        "first_row_is_table_header": True,
        "first_col_is_header": True,
        "table_caption": "Un tableau plus large qu’un téléphone",
    }
    StandardPageFactory(
        title="Tous les blocs",
        slug=BLOCKS_SLUG,
        introduction="Chaque bloc qu’un éditeur peut poser.",
        body=[
            ("heading", "Un intertitre"),
            (
                "text",
                f"<p>Un <b>texte</b>, un <a href='/'>lien</a>, {LONG_WORD}.</p><h3>Plus bas</h3><ol><li>Un</li></ol>",
            ),
            ("key_figures", {"figures": [{"value": "21 000", "label": "ménages", "source": "Dihal"}]}),
            ("quote", {"text": "Chez moi.", "author": "Une locataire", "role": "Bourg-en-Bresse"}),
            ("table", table),
            (
                "image",
                {
                    "image": _drawing(),
                    "alternative_text": "Des traits de couleur",
                    "caption": "Des traits",
                    "credit": "Dihal",
                },
            ),
            ("document", {"document": _file("Une notice", "notice.pdf"), "title": ""}),
            ("video", {"title": "Un film", "url": "https://vimeo.com/123456789", "transcript": "Bonjour."}),
            ("video", {"title": "Un film ailleurs", "url": "https://example.org/film", "transcript": ""}),
            ("callout", {"title": "À retenir", "text": "<p>Commencer <a href='/'>tôt</a>.</p>"}),
            ("to_sort", {"text": "Jamais montré."}),
        ],
    )


def _facets() -> dict[str, object]:
    return {
        "audiences": Audience.objects.filter(is_universal=False)[:4],
        "territories": Territory.objects.filter(code__in=["departement-01", "region-84", "commune-01053"]),
        "schemes": Scheme.objects.exclude(acronym="")[:5],
    }


def _drawing() -> Image:
    """A wide picture with about as much detail as a photograph, to weigh as much."""
    content = BytesIO()
    Drawing.effect_noise((1600, 900), 20).convert("RGB").save(content, format="JPEG", quality=60)
    return Image.objects.create(
        title="Dessin", file=ContentFile(content.getvalue(), name="dessin.jpg"), width=1600, height=900
    )


def _file(title: str, name: str) -> Document:
    return Document.objects.create(title=title, file=ContentFile(b"%PDF-1.4\n", name=name), file_size=2_400_000)
