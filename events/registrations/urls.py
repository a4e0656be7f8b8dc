from django.urls import path

from events.registrations import views

urlpatterns = [
    path("ateliers/<slug:slug>/inscription/", views.registration_form, name="registration-form"),
    path("inscriptions/<str:token>/", views.own_registration, name="registration"),
]
