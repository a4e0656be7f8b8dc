from django.urls import path, re_path
from wagtail.contrib.sitemaps.views import sitemap

from hub.pages import views

urlpatterns = [
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", sitemap, name="sitemap"),
    path("favicon.ico", views.favicon, name="favicon"),
    path(".well-known/security.txt", views.security_text, name="security-text"),
    re_path(r"^media/(?P<folder>images|original_images)/(?P<path>.+)$", views.media_image),
]
