from django.urls import path

from search import landing, views
from search.unanswered.views import TELL_US_URL, tell_us

urlpatterns = [
    path("recherche/", views.results, name="search"),
    path("recherche/dites-nous/", tell_us, name=TELL_US_URL),
    path("publics/<slug:slug>/", landing.audience, name="audience"),
    path("dispositifs/<slug:slug>/", landing.scheme, name="scheme"),
    path("partenaires/<slug:slug>/", landing.organisation, name="organisation"),
    path("territoires/<slug:code>/", landing.territory, name="territory"),
]
