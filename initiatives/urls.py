from django.urls import include, path

from initiatives import start, views

urlpatterns = [
    path("proposer-une-initiative/", start.start, name="start"),
    path("proposer-une-initiative/questions/", start.question_list, name="start-questions"),
    path("proposer-une-initiative/questions.txt", start.question_file, name="start-questions-file"),
    path("proposer-une-initiative/guide/", start.guide, name="start-guide"),
    path("espace/", include("initiatives.space.urls")),
    path("initiatives/flux.atom", views.feed, name="initiatives-feed"),
    path("initiatives/<slug:slug>/signaler/", views.report, name="sheet-report"),
    path("confirmer/<str:token>/", views.confirm_by_link, name="sheet-confirm-by-link"),
    path("participation/<str:token>/", views.part_answer, name="part-answer"),
]
