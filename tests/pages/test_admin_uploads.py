"""What Wagtail's own screens would open in the web process is looked at apart, or bounded, before they see it."""

import pytest
from django.urls import reverse
from wagtail.contrib.redirects.models import Redirect
from wagtail.users.models import UserProfile

from tests.factories import UserFactory
from tests.files.samples import image_bomb, office, photograph, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(home, client):
    user = UserFactory(is_superuser=True, is_staff=True, first_name="Camille", last_name="Martin")
    client.force_login(user)
    return client


def profile(editor, file):
    """The page « Mon compte » of the administration, sent as its form sends it."""
    page = editor.get(reverse("wagtailadmin_account"))
    data = {}
    for panels in page.context["panels_by_tab"].values():
        for panel in panels:
            form = panel.get_form()
            for field in form:
                if (value := field.value()) and field.name != "avatar":
                    data[field.html_name] = value
    return editor.post(reverse("wagtailadmin_account"), {**data, "avatar-avatar": file})


def test_a_picture_of_a_person_that_unfolds_into_gigabytes_is_refused_unopened(editor):
    answer = profile(editor, sent("moi.png", image_bomb()))
    assert answer.status_code == 200
    assert "pixels" in answer.content.decode()
    assert not UserProfile.objects.exclude(avatar="").exists()


def test_a_picture_of_a_person_says_no_place(editor):
    answer = profile(editor, sent("moi.jpg", photograph()))
    assert answer.status_code == 302, answer.content.decode()
    with UserProfile.objects.exclude(avatar="").get().avatar.open() as kept:
        content = kept.read()
    assert b"Camille" not in content
    assert b"Exif" not in content


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.xlsx", office("xlsx"), "en CSV"),
        ("a.csv", b"/a,/b\n" * 600, "500 lignes"),
        ("a.csv", b";" * 1000, "20 colonnes"),
        ("a.csv", b"/a,/b\n" + b"a" * 1024 * 1024, "trop lourd"),
    ],
)
def test_redirections_come_from_a_small_text_table_alone(editor, name, content, told):
    answer = editor.post(reverse("wagtailredirects:start_import"), {"import_file": sent(name, content)}, follow=True)
    assert told in answer.content.decode()


def test_a_small_table_of_redirections_is_still_imported(editor):
    file = sent("a.csv", b"from,to\n/ancienne/,https://exemple.fr/\n")
    answer = editor.post(reverse("wagtailredirects:start_import"), {"import_file": file})
    assert answer.status_code == 200
    form = answer.context["form"]
    data = {name: form.initial.get(name, form[name].value()) for name in form.fields}
    data |= {"import_file_name": form["import_file_name"].value(), "from_index": 0, "to_index": 1, "permanent": "on"}
    editor.post(
        reverse("wagtailredirects:process_import"), {key: value for key, value in data.items() if value is not None}
    )
    assert Redirect.objects.filter(old_path="/ancienne").exists()
