from collections.abc import Collection
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, QuerySet, When
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.permission_policies import BasePermissionPolicy
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.chooser import ChooseResultsView, ChooseView, SnippetChooserViewSet
from wagtail.snippets.views.snippets import IndexView, InspectView, SnippetViewSet

from hub.accounts.models import User
from hub.territories.models import Territory
from hub.territories.suggestions import suggest_territories

_LOOKING = {"view", "choose"}


class LoadedDataPolicy(BasePermissionPolicy):
    """Data that a command loads: people of the admin may see and choose it, none may add, change or delete."""

    def user_has_permission(self, user: User | AnonymousUser, action: str) -> bool:
        return action in _LOOKING and user.is_active and user.has_perm("wagtailadmin.access_admin")

    def users_with_any_permission(self, actions: Collection[str]) -> QuerySet[Any]:
        users = get_user_model().objects
        if not _LOOKING.intersection(actions):
            return users.none()
        return users.with_perm("wagtailadmin.access_admin", backend="django.contrib.auth.backends.ModelBackend")


MAX_RESULTS = 100

register_permission_policy(Territory, LoadedDataPolicy(Territory))


def matching(*, territories: QuerySet[Territory], text: str) -> QuerySet[Territory]:
    """Keep the territories the autocompletion suggests for ``text``, in its order."""
    keys = [territory.pk for territory in suggest_territories(text=text, limit=MAX_RESULTS)]
    order = Case(*(When(pk=key, then=position) for position, key in enumerate(keys)), default=len(keys))
    return territories.filter(pk__in=keys).order_by(order)


class TerritoryFilterForm(BaseFilterForm):
    q = forms.CharField(
        label="Nom, code postal ou code",
        widget=forms.TextInput(attrs={"placeholder": "Ambérieu, 01500, Ain…"}),
        required=False,
    )

    def filter(self, objects: QuerySet[Territory]) -> QuerySet[Territory]:
        objects = super().filter(objects)
        if text := self.cleaned_data.get("q"):
            self.is_searching = True
            self.search_query = text
            return matching(territories=objects, text=text)
        return objects


class _ChooseCurrent:
    filter_form_class = TerritoryFilterForm

    def get_object_list(self) -> QuerySet[Territory]:
        return Territory.objects.current().order_by("-population", "code")


class TerritoryChooseView(_ChooseCurrent, ChooseView):
    pass


class TerritoryChooseResultsView(_ChooseCurrent, ChooseResultsView):
    pass


class TerritoryChooserViewSet(SnippetChooserViewSet):
    choose_view_class = TerritoryChooseView
    choose_results_view_class = TerritoryChooseResultsView


class TerritoryIndexView(IndexView):
    def search_queryset(self, queryset: QuerySet[Territory]) -> QuerySet[Territory]:
        return matching(territories=queryset, text=self.search_query) if self.is_searching else queryset


class TerritoryInspectView(InspectView):
    def get_field_display_value(self, field_name: str, field: Any) -> Any:
        if field_name == "containers":
            return ", ".join(str(container) for container in self.object.containers.all()) or "aucun"
        if field_name == "postcodes":
            return ", ".join(self.object.postcodes) or "aucun"
        return super().get_field_display_value(field_name, field)


class TerritoryViewSet(SnippetViewSet):
    """Territories in the admin: to look at and to choose. They are loaded by ``manage.py load_territories``."""

    model = Territory
    icon = "globe"
    menu_label = "Territoires"
    menu_name = "territories"
    add_to_settings_menu = True
    index_view_class = TerritoryIndexView
    inspect_view_class = TerritoryInspectView
    chooser_viewset_class = TerritoryChooserViewSet
    inspect_view_enabled = True
    copy_view_enabled = False
    list_display = [
        "name",
        Column("get_kind_display", label="Échelle", sort_key="kind"),
        Column("official_code", label="Code officiel", sort_key="official_code"),
        Column("population", label="Population", sort_key="population"),
        BooleanColumn("is_obsolete", label="N’existe plus"),
    ]
    list_filter = ["kind", "is_obsolete"]
    list_per_page = 50
    # Enables the search box; the search itself is TerritoryIndexView.search_queryset.
    search_fields = ["name"]
    inspect_view_fields = "name kind official_code code population postcodes containers is_obsolete successor".split()


register_snippet(TerritoryViewSet)
