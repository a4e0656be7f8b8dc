"""Addresses of the hub (docs/adresses.md). The only module of ``hub`` that knows the other apps."""

from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from hub.accounts.signing_in.views import to_gestion_sign_in, to_sign_in

urlpatterns = [
    # Wagtail's own sign-in pages know no second step.
    path("gestion/login/", to_gestion_sign_in),
    path("_util/login/", to_sign_in),
    path("gestion/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("compte/", include("hub.accounts.urls")),
    path("espace/structures/", include("hub.accounts.space_urls")),
    path("", include("initiatives.urls")),
    path("", include("events.urls")),
    path("territoires/", include("hub.territories.urls")),
    path("", include("search.urls")),
    path("glossaire/", include("hub.vocabulary.urls")),
    path("", include("hub.pages.urls")),
    path("", include(wagtail_urls)),
]

handler429 = "hub.web.limits.too_many_requests"  # django-allauth asks for it by this name
handler500 = "hub.pages.views.server_error"
