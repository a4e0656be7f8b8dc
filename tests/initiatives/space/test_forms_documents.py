"""« Documents et contact »: files that are one's own, free content, whom to write to."""

import pytest

from initiatives.drafts import create_draft
from initiatives.models import Upload
from initiatives.space.uploads import receive_upload
from tests.factories import MembershipFactory, OrganisationFactory, UserFactory
from tests.files.samples import ACCEPTED, HTML, picture, sent
from tests.initiatives.space.malformed import HALF_CHARACTER, HUGE, MEGABYTE, NOT_A_KEY, NUL, SCRIPT
from tests.initiatives.space.step_pages import complaints, row, rows_of, sent_by, typed
from tests.support.html import RENDITION_LEFT_OPEN

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings(RENDITION_LEFT_OPEN)]

STEP = "documents"
PDF = ACCEPTED["rapport.pdf"]
NOT_YOURS = "Ce fichier n’est plus disponible"
MAIL = "Écrivez une adresse complète"
PHONE = "Écrivez un numéro de téléphone"


def titles(writer) -> list[tuple[str, str]]:
    """The documents of the latest text, in order: what the file is called, what its link says."""
    return [(link.document.title, link.title) for link in writer.text().documents.all()]


@pytest.fixture
def with_files(writer):
    """A sheet with an image and two documents, sent with the form."""
    files = {"new_image": sent("photo.jpg", picture()), "new_documents": [sent("un.pdf", PDF), sent("deux.pdf", PDF)]}
    assert writer.send(STEP, writer.open(STEP), files=files).status_code == 302
    return writer


@pytest.fixture
def foreign(home) -> Upload:
    """An image and a document of another structure: ``foreign.image``, ``foreign.document``."""
    leo = MembershipFactory(user=UserFactory(email="leo@ville.example"), organisation=OrganisationFactory(name="Ville"))
    sheet = create_draft(user=leo.user, organisation=leo.organisation, title="Un projet zygomorphe")
    image = receive_upload(sheet=sheet, user=leo.user, file=sent("zygomorphe.jpg", picture()), kind="image")
    document = receive_upload(sheet=sheet, user=leo.user, file=sent("zygomorphe.pdf", PDF), kind="document")
    return Upload(image=image.image, document=document.document)


def test_files_are_sent_named_moved_and_removed_without_a_script(with_files):
    assert titles(with_files) == [("un", ""), ("deux", "")]
    assert with_files.text().image is not None
    form = with_files.open(STEP)
    first, second = rows_of(form, "documents")
    with_files.send(STEP, typed(form, **{f"documents-{second}-title": "Le bilan"}), do=f"documents:up:{second}")
    assert titles(with_files) == [("deux", "Le bilan"), ("un", "")]
    with_files.send(STEP, with_files.open(STEP), do="documents:remove:1")
    assert titles(with_files) == [("deux", "Le bilan")]
    with_files.save(STEP, **{"image-remove": "1"})
    assert with_files.text().image is None
    assert first != second


def test_a_file_that_is_refused_is_said_and_the_others_are_taken(writer):
    files = {"new_documents": [sent("page.pdf", HTML), sent("bilan.pdf", PDF)], "new_image": sent("x.jpg", HTML)}
    response = writer.send(STEP, writer.open(STEP), files=files)
    assert response.status_code == 422
    assert "2 champs à corriger" in complaints(response)
    assert titles(writer) == [("bilan", "")]
    assert writer.text().image is None


@pytest.mark.parametrize("wrong", NOT_A_KEY)
def test_a_file_nobody_sent_is_refused_and_the_lists_stay(with_files, wrong):
    before, image = titles(with_files), with_files.text().image
    response = with_files.save(STEP, image=wrong, contact_name="Gardé", **{"documents-0-document": wrong})
    assert response.status_code == 422
    assert complaints(response).count(NOT_YOURS) == 2
    assert titles(with_files) == before
    assert with_files.text().image == image
    assert with_files.text().contact_name == "Gardé"


def test_the_files_of_another_structure_are_refused_and_not_named(with_files, foreign):
    before, image = titles(with_files), with_files.text().image
    added = row("documents", "9", document=str(foreign.document.pk), title="À moi")
    response = with_files.send(STEP, {**with_files.open(STEP), **added, "image": [str(foreign.image.pk)]})
    assert response.status_code == 422
    assert complaints(response).count(NOT_YOURS) == 2
    assert "zygomorphe" not in response.content.decode()
    assert titles(with_files) == before
    assert with_files.text().image == image


@pytest.mark.parametrize(
    ("title", "said"), [(NUL, "Le caractère nul"), (MEGABYTE, "au plus 200 caractères"), ("é" * 201, "au plus 200")]
)
def test_a_wrong_title_is_said_in_its_row(with_files, title, said):
    response = with_files.save(STEP, **{"documents-0-title": title})
    assert response.status_code == 422
    assert said in complaints(response)
    assert titles(with_files)[0] == ("un", "")


def test_the_contact_and_the_free_content_are_kept(writer):
    kept = {
        "contact_name": "Awa Diop",
        "contact_role": "Chargée de mission",
        "contact_email": "contact@adil.example",
        "contact_phone": "+33 (0)4 74 00 00 00, poste 12",
        "image_alternative_text": "Trois jeunes dans une cuisine.",
    }
    assert writer.save(STEP, **kept, body="## La suite\n\nUn **texte**.").status_code == 302
    text = writer.text()
    assert {name: getattr(text, name) for name in kept} == kept
    assert [child.block_type for child in text.body] == ["heading", "text"]
    assert writer.save(STEP, **dict.fromkeys(kept, ""), body="").status_code == 302
    assert {getattr(writer.text(), name) for name in kept} == {""}
    assert len(writer.text().body) == 0


@pytest.mark.parametrize(
    ("field", "wrong", "said"),
    [
        ("contact_email", "contact", MAIL),
        ("contact_email", "a@b", MAIL),
        ("contact_email", "a@b.example,c@d.example", MAIL),
        ("contact_email", "mailto:a@b.example", MAIL),
        ("contact_email", "Awa <a@b.example>", MAIL),
        ("contact_email", "a@b.example\nBcc: x@y.example", MAIL),
        ("contact_email", f"{'a' * 300}@b.example", "254 caractères"),
        ("contact_email", MEGABYTE, MAIL),
        ("contact_email", NUL, MAIL),
        ("contact_phone", "appelez-moi", PHONE),
        ("contact_phone", SCRIPT, PHONE),
        ("contact_phone", "\u202e04 74 00 00 00", PHONE),
        ("contact_phone", "12", PHONE),
        ("contact_phone", HUGE + "9", "au plus 30 caractères"),
        ("contact_phone", MEGABYTE, "au plus 30 caractères"),
        ("contact_phone", NUL, "Le caractère nul"),
        ("contact_name", NUL, "Le caractère nul"),
        ("contact_name", MEGABYTE, "au plus 120 caractères"),
        ("contact_role", NUL, "Le caractère nul"),
        ("contact_role", MEGABYTE, "au plus 160 caractères"),
        ("image_alternative_text", NUL, "Le caractère nul"),
        ("image_alternative_text", MEGABYTE, "au plus 250 caractères"),
        ("body", NUL, "Le caractère nul"),
        ("body", MEGABYTE, "au plus 20000 caractères"),
        ("body", f"## {'é' * 161}", "est trop long : 160 caractères au plus"),
        ("body", f"> {'é' * 161}\n> Suite", "est trop long : 160 caractères au plus"),
    ],
)
def test_what_cannot_be_kept_is_said_and_shown_again(writer, field, wrong, said):
    response = writer.save(STEP, **{field: wrong})
    assert response.status_code == 422
    assert said in complaints(response)
    assert len(complaints(response)) < 500
    assert str(getattr(writer.text(), field)) == ""
    if "\0" not in wrong and "\n" not in wrong:
        assert sent_by(response)[field] == [wrong]


@pytest.mark.parametrize("field", ["contact_name", "image_alternative_text", "body", "contact_role"])
def test_half_a_character_is_no_failure(writer, field):
    assert writer.send(STEP, {**writer.open(STEP), field: [HALF_CHARACTER]}).status_code == 302


def test_neither_markup_nor_a_dangerous_link_goes_through_the_free_content(writer):
    writer.save(STEP, body=f"## {SCRIPT}\n\n{SCRIPT} [x](javascript:alert(1))", contact_name=SCRIPT)
    html = str(writer.text().body)
    assert "<script" not in html
    assert 'href="javascript' not in html
    assert SCRIPT not in writer.client.get(writer.address(STEP)).content.decode()
