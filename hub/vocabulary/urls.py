from django.urls import path

from hub.vocabulary import views

urlpatterns = [path("", views.glossary, name="glossary")]
