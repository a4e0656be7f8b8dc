from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, HelpPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn, TitleColumn
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy

from search.unanswered.models import UnansweredSearch

CHANGE = "search.change_unansweredsearch"
_SHOWN_LENGTH = 120


class NeverAddedByHand(ModelPermissionPolicy):
    """Visitors write the rows: nobody adds one here, superusers included."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action != "add" and bool(super().user_has_permission(user, action))

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)


register_permission_policy(UnansweredSearch, NeverAddedByHand(UnansweredSearch))


class SearchAgainPanel(HelpPanel):
    class BoundPanel(HelpPanel.BoundPanel):
        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.content = format_html(
                '<p><a href="{}">Refaire cette recherche</a> · '
                '<a href="{}?{}">Voir ce qui est trouvé, et pourquoi</a></p>',
                self.instance.search_url,
                reverse("search-explained"),
                self.instance.querystring,
            )


class UnansweredMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(CHANGE)


class UnansweredSearchViewSet(ModelViewSet):
    model = UnansweredSearch
    name = "unanswered_searches"
    url_prefix = "rapports/recherches-sans-reponse"
    icon = "help"
    menu_hook = "register_reports_menu_item"
    menu_item_class = UnansweredMenuItem
    menu_label = "Recherches sans réponse"
    menu_name = "unanswered-searches"
    menu_order = 1310
    copy_view_enabled = False
    inspect_view_enabled = False
    # Words of visitors could be read as formulas by a spreadsheet, and Wagtail does not escape them.
    list_export: ClassVar[list[str]] = []
    list_display: ClassVar[list[Any]] = [
        TitleColumn(
            "text",
            label="Ce qui était cherché",
            accessor=lambda said: _shortened(said.text),
            url_name="unanswered_searches:edit",
        ),
        Column("query", label="Mots de la recherche"),
        Column("filters_shown", label="Filtres"),
        DateColumn("created_at", label="Reçue le", sort_key="created_at"),
        BooleanColumn("is_handled", label="Traitée", sort_key="is_handled"),
    ]
    list_filter: ClassVar[list[str]] = ["is_handled"]
    search_fields: ClassVar[list[str]] = ["text", "query"]
    search_backend_name = None
    edit_handler = ObjectList(
        [
            *(FieldPanel(name, read_only=True) for name in ("text", "query", "filters", "created_at")),
            SearchAgainPanel(),
            FieldPanel("is_handled"),
        ]
    )


@hooks.register("register_admin_viewset")
def register_unanswered_searches() -> UnansweredSearchViewSet:
    return UnansweredSearchViewSet()


def unanswered_permissions(permissions: QuerySet) -> QuerySet:
    return permissions.filter(
        content_type__app_label="search", codename__in=("change_unansweredsearch", "delete_unansweredsearch")
    )


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN_LENGTH else f"{text[:_SHOWN_LENGTH].rstrip()}…"
