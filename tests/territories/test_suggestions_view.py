"""``/territoires/suggestions``: what the combobox asks the server."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.usefixtures("sample_territories")

URL = "/territoires/suggestions"


def test_the_address_is_the_promised_one():
    assert reverse("territory-suggestions") == URL


def test_suggestions_are_a_list_with_code_label_detail_and_kind(client):
    response = client.get(URL, {"q": "ambérieu"})
    assert response.json() == [
        {"code": "commune-01004", "label": "Ambérieu-en-Bugey (01)", "detail": "Commune · Ain (01)", "kind": "commune"}
    ]


def test_suggestions_may_be_kept_by_any_cache_and_set_no_cookie(client):
    response = client.get(URL, {"q": "ain"})
    assert response["Content-Type"] == "application/json"
    assert set(response["Cache-Control"].split(", ")) == {"public", "max-age=3600"}
    assert "Cookie" not in response.get("Vary", "")
    assert not response.cookies


@pytest.mark.parametrize(
    "query",
    [
        "",
        "q=",
        "q=%00",
        "q=%FF%FE",
        "q=%ED%A0%80",
        "q=" + "a" * 60_000,
        "q=" + "saint+" * 5_000,
        "q='; DROP TABLE territories_territory; --",
        "q=%25%25",
        'q="((',
        "q=l'",
        "&".join(f"q={number}" for number in range(500)),
    ],
)
def test_hostile_input_gets_a_list_never_an_error(client, query):
    response = client.get(URL, QUERY_STRING=query)
    assert response.status_code == 200
    assert isinstance(response.json(), list)


def test_nothing_but_reading(client):
    assert client.post(URL).status_code == 405
    assert client.head(URL).status_code == 200
