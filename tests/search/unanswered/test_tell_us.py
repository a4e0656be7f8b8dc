"""Whoever found nothing says what they were looking for, without an account and without leaving a name."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from hub.daily.registry import daily_tasks
from search.unanswered.keeping import KEPT_DAYS
from search.unanswered.models import UnansweredSearch
from tests.factories import AudienceFactory
from tests.support.html import link, read_html, words
from tests.territories.sample import load_sample_territories

pytestmark = pytest.mark.django_db

ADDRESS = "/recherche/dites-nous/"
TEXT = "Des pensions de famille qui acceptent les animaux, dans l’Ain en 2023-2024."


@pytest.fixture
def rates(settings) -> None:
    settings.HUB_RATE_LIMITS = {**settings.HUB_RATE_LIMITS, "tell-us": "100/m", "tell-us-all": "100/m"}


def post(client: Client, text: str, **params: str):
    return client.post(f"{ADDRESS}?{urlencode(params)}", {"text": text})


def test_an_empty_page_leads_there_and_sets_no_cookie(client: Client, site: None):
    page = client.get("/recherche/?q=licorne")
    assert not page.cookies
    address = link(read_html(page).main, "Dites-nous ce que vous cherchiez")
    assert address == f"{ADDRESS}?q=licorne"
    form = read_html(client.get(address))
    assert form.find("label", attrs={"for": "id_text"})
    assert "« licorne »" in words(form.main).replace("\xa0", " ")
    assert form.find(id="id_text")["aria-describedby"] == "id_text_helptext"


def test_what_is_said_is_kept_with_the_search_and_the_names_of_its_filters(client: Client, home):
    load_sample_territories()
    AudienceFactory(label="Jeunes sortant de l’ASE")
    sent = post(client, TEXT, q="licorne", public="jeunes-sortant-de-lase", territoire="departement-01", tri="recent")
    assert sent.status_code == 302
    assert "Merci" in words(read_html(client.get(sent.url)).main)
    kept = UnansweredSearch.objects.get()
    assert (kept.text, kept.query) == (TEXT, "licorne")
    assert kept.filters.splitlines() == ["Ain", "Jeunes sortant de l’ASE"]
    assert client.get(kept.search_url).status_code == 200


def test_nothing_kept_says_who(client: Client, django_user_model, home):
    user = django_user_model.objects.create_user("anne", email="anne@exemple.example", password="a")
    client.force_login(user)
    post(client, TEXT, q="licorne jean.dupont@exemple.fr 06 12 34 56 78")
    row = UnansweredSearch.objects.values().get()
    assert row["query"] == "licorne [masqué] [masqué]"
    said = " ".join(map(str, row.values()))
    for secret in ("anne", "exemple", "127.0.0.1", "06", "12 34"):
        assert secret not in said.replace(TEXT, "").replace(str(row["created_at"]), ""), secret


@pytest.mark.parametrize(
    "secret",
    [
        "jean.dupont@exemple.fr",
        "Jean.Dupont @ exemple . fr",
        "jean(at)exemple.fr",
        "jean arobase exemple point fr",
        "jean＠exemple.fr",  # noqa: RUF001 — the wide sign some keyboards give
        "06 12 34 56 78",
        "06.12.34.56.78",
        "0612345678",
        "06-12-34-56-78",
        "+33 6 12 34 56 78",
        "+33 (0)6 12 34 56 78",
        "0033612345678",
        "٠٦١٢٣٤٥٦٧٨",
        "06\u200b12\u200b34\u200b56\u200b78",
        "1 85 05 78 006 084 36",
    ],
)
def test_an_address_or_a_number_of_somebody_is_refused_and_the_text_stays(client: Client, home, rates, secret: str):
    text = f"Rappelez-moi : {secret} merci"
    refused = post(client, text)
    assert refused.status_code == 422
    document = refused.content.decode()
    assert "adresse électronique ou un numéro de téléphone" in document
    assert "Rappelez-moi" in document
    assert not UnansweredSearch.objects.exists()


@pytest.mark.parametrize(
    "text",
    [
        "Des aides de 1 500 000 € pour 12 000 ménages",
        "Du 12/03/2023 au 14/05/2024",
        "Entre 2019 et 2024, 2021-2022-2023",
        "À Bourg 01000, 01250 et 01004",
        "Plus de 150 000 000 € engagés",
        "Le 115 et le 3939, ligne 24h/24 7j/7",
        "Chez Paul @ Lyon",
    ],
)
def test_dates_amounts_and_postcodes_are_nobody_s(client: Client, home, rates, text: str):
    assert post(client, text).status_code == 302
    assert UnansweredSearch.objects.get().text == text


@pytest.mark.parametrize("text", ["", "  \n", "\u200b", "\x00", "a" * 501, "\ufffe"])
def test_a_text_that_says_nothing_or_too_much_is_refused_in_words(client: Client, home, text: str):
    refused = post(client, text)
    assert refused.status_code == 422
    assert "pas encore envoyé" in refused.content.decode()
    assert not UnansweredSearch.objects.exists()


@pytest.mark.parametrize(
    "query", ["%00", "%ED%A0%80", "a" * 900, "<script>alert(1)</script>", '"', "-", "territoire=%27"]
)
def test_whatever_the_search_was_the_page_answers(client: Client, home, query: str):
    address = f"{ADDRESS}?q={query}&public={query}&territoire={query}&page=99999999999"
    assert client.get(address).status_code == 200
    sent = client.post(address, {"text": "=cmd|' /C calc'!A0 <b>gras</b>"})
    assert sent.status_code == 302
    assert "<script>" not in client.get(sent.url).content.decode().split("<main")[1].split("</main")[0]


def test_the_button_pressed_twice_and_a_robot_add_nothing(client: Client, home):
    post(client, TEXT, q="licorne")
    post(client, TEXT, q="licorne")
    assert UnansweredSearch.objects.count() == 1
    robot = client.post(ADDRESS, {"text": "Achetez", "website": "https://exemple.example"})
    assert robot.status_code == 302
    assert UnansweredSearch.objects.count() == 1


def test_a_forged_sending_is_refused(home):
    assert Client(enforce_csrf_checks=True).post(ADDRESS, {"text": TEXT}).status_code == 403
    assert not UnansweredSearch.objects.exists()


def test_one_machine_and_all_machines_together_are_limited(client: Client, home, settings):
    settings.HUB_RATE_LIMITS = {**settings.HUB_RATE_LIMITS, "tell-us": "2/h", "tell-us-all": "3/h"}
    statuses = [post(client, f"Texte {rank}").status_code for rank in range(3)]
    assert statuses == [302, 302, 429]
    elsewhere = [
        client.post(ADDRESS, {"text": f"D’ailleurs {rank}"}, HTTP_X_FORWARDED_FOR=f"203.0.113.{rank}")
        for rank in range(2)
    ]
    assert [response.status_code for response in elsewhere] == [302, 429]
    assert "D’ailleurs 1" in elsewhere[1].content.decode()
    assert int(elsewhere[1]["Retry-After"]) > 0
    assert UnansweredSearch.objects.count() == 3


def test_after_thirteen_months_it_is_forgotten_by_the_daily_tasks(db):
    now = timezone.now()
    UnansweredSearch.objects.create(text="vieux", created_at=now - timedelta(days=KEPT_DAYS, minutes=1))
    UnansweredSearch.objects.create(text="récent", created_at=now - timedelta(days=KEPT_DAYS - 1))
    [task] = [task for task in daily_tasks() if task.name == "forget_unanswered_searches"]
    assert list(task.run()) == ["1 recherche(s) sans réponse effacée(s)"]
    assert UnansweredSearch.objects.get().text == "récent"
    call_command("forget_unanswered_searches", verbosity=0)
    assert UnansweredSearch.objects.count() == 1
