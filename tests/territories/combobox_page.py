"""A page with the comboboxes and nothing else, for the browser; it says what it was sent."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.urls import include, path

from hub.territories.choices import select_options
from hub.territories.forms import TerritoryMultipleChoiceField
from hub.territories.suggestions import resolve_territory

PAGE = """{% load static %}<!DOCTYPE html>
<html lang="fr" data-fr-scheme="system">
  <head>
    <meta charset="utf-8"><link rel="icon" href="data:,"><title>Combobox</title>
    <link rel="stylesheet" href="{% static 'dsfr/dist/dsfr.min.css' %}">
    <link rel="stylesheet" href="{% static 'hub/css/combobox.css' %}">
    <script src="{% static 'hub/js/combobox.js' %}" defer></script>
  </head>
  <body>
    <main>
      <h1>Combobox</h1>
      <form id="one" action="/">
        {% with field_name="territoire" field_id="territoire" label="Territoire" hint="Commune, code postal…" %}
          {% include "territories/combobox.html" %}
        {% endwith %}
        <button class="fr-btn">Rechercher</button>
      </form>
      <form id="several" action="/">
        <label class="fr-label" for="id_territories">Territoires</label>
        {{ form.territories }}
        <button class="fr-btn">Enregistrer</button>
      </form>
      <pre id="sent">{% for name, values in sent %}{{ name }}={{ values|join:"|" }} {% endfor %}</pre>
    </main>
  </body>
</html>"""


class SheetForm(forms.Form):
    territories = TerritoryMultipleChoiceField()


def page(request: HttpRequest) -> HttpResponse:
    """The page, with the territory of the address selected when it is one."""
    context: dict[str, Any] = {
        "selected": resolve_territory(code="".join(request.GET.getlist("territoire"))),
        "select_options": select_options(),
        "form": SheetForm(initial={"territories": []}),
        "sent": list(request.GET.lists()),
    }
    return HttpResponse(Engine.get_default().from_string(PAGE).render(Context(context)))


urlpatterns = [path("", page), path("territoires/", include("hub.territories.urls"))]
