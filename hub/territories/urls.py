from django.urls import path

from hub.territories.views import territory_suggestions

urlpatterns = [path("suggestions", territory_suggestions, name="territory-suggestions")]
