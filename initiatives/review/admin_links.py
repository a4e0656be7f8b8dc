"""The ways to the reviewers' screens: the menu, and the editor of a sheet."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.urls import reverse
from wagtail.admin.menu import LinkMenuItemComponent, MenuItem
from wagtail.admin.widgets.button import Button
from wagtail.models import Page

from initiatives.models import InitiativePage
from initiatives.review.people import may_review
from initiatives.review.queue import waiting_states


class ReviewMenuItem(MenuItem):
    """Shown to those who review, with the number of sheets that wait for them."""

    def is_shown(self, request: HttpRequest) -> bool:
        return may_review(user=request.user)

    def render_component(self, request: HttpRequest) -> LinkMenuItemComponent:
        component = super().render_component(request)
        if count := waiting_states(user=request.user).count():
            component.label = f"{self.label} ({count})"
        return component


def review_menu_item() -> ReviewMenuItem:
    """Return the entry of the main menu, under the pages."""
    return ReviewMenuItem("Relectures", reverse("review-queue"), name="reviews", icon_name="clipboard-list", order=105)


def review_button(*, page: Page, user: AbstractBaseUser) -> Iterator[Button]:
    """Yield the button of the editor that leads from a sheet to its review."""
    model = page.specific_class
    if page.pk and model is not None and issubclass(model, InitiativePage) and may_review(user=user):
        arguments: dict[str, Any] = {"icon_name": "clipboard-list", "priority": 5}
        yield Button("Relecture et échanges", reverse("review-sheet", args=[page.pk]), **arguments)
