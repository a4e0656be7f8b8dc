from collections.abc import Iterable

from django.contrib.auth.base_user import AbstractBaseUser
from django.urls import URLPattern, path
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets.button import Button
from wagtail.models import Page

import hub.path_converters  # noqa: F401 — the converter « key »
from initiatives.review.admin_links import review_button, review_menu_item
from initiatives.review.admin_views import ReviewPreviewView, ReviewQueueView, ReviewSheetView


@hooks.register("register_admin_urls")
def register_review_urls() -> list[URLPattern]:
    """The queue of the reviewers, and the review of one sheet."""
    return [
        path("relectures/", ReviewQueueView.as_view(), name="review-queue"),
        path("relectures/<key:pk>/", ReviewSheetView.as_view(), name="review-sheet"),
        path("relectures/<key:pk>/apercu/", ReviewPreviewView.as_view(), name="review-preview"),
    ]


@hooks.register("register_admin_menu_item")
def register_review_menu_item() -> MenuItem:
    """The way to the queue, with the number of sheets that wait."""
    return review_menu_item()


@hooks.register("register_page_header_buttons")
def register_review_button(
    page: Page,
    user: AbstractBaseUser,
    view_name: str,  # noqa: ARG001 — Wagtail's signature
    next_url: str | None = None,  # noqa: ARG001 — likewise
) -> Iterable[Button]:
    """The way from the editor of a sheet to its review."""
    return review_button(page=page, user=user)
