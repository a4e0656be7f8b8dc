from typing import Any, ClassVar

from django.db.models import BooleanField, ExpressionWrapper, Model, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import URLPattern, path
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import LogActionRegistry, LogFormatter
from wagtail.models import ModelLogEntry
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

import hub.web.path_converters  # noqa: F401 — the converter « key »
from hub.vocabulary.admin import URL_NAME as PROPOSED_URL_NAME
from hub.vocabulary.admin import (
    AddressInput,
    NamePanel,
    OrganisationEditView,
    ProposedOrganisationView,
    VocabularyDeleteView,
    VocabularyEditView,
    VocabularyForm,
    VocabularyUsageView,
    listing_url,
    organisation_suggestions,
    proposal_buttons,
    refusal_message,
    usage_count,
)
from hub.vocabulary.models import Audience, Axis, Government, Organisation, OrganisationKind, Scheme

ADDRESS_PANEL = FieldPanel(
    "slug",
    widget=AddressInput,
    help_text="Rempli d’après le nom. Ne le changez plus ensuite : les adresses publiées en dépendent.",
)


def _form_of(name: str, *fields: str) -> ObjectList:
    """The form of an entry: the name its address is made from, then the other fields."""
    others = [ADDRESS_PANEL if field == "slug" else FieldPanel(field) for field in fields]
    return ObjectList([NamePanel(name), *others], base_form_class=VocabularyForm)


class VocabularyViewSet(SnippetViewSet):
    edit_view_class = VocabularyEditView
    usage_view_class = VocabularyUsageView
    delete_view_class = VocabularyDeleteView
    delete_template_name = "vocabulary/admin/confirm_delete.html"
    copy_view_enabled = False
    list_per_page = 50
    # The database itself is searched: short lists, and the annotations of the query are kept.
    search_backend_name = None
    usage_column: ClassVar[Column] = Column("usage_count", label="Utilisations", sort_key="usage_count")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:  # noqa: ARG002 — Wagtail's signature
        return QuerySet(self.model).annotate(usage_count=usage_count(self.model))


class AudienceViewSet(VocabularyViewSet):
    model = Audience
    icon = "group"
    list_display = [
        "label",
        Column("parent", label="Public plus large", sort_key="parent__label"),
        Column("slug", label="Identifiant", sort_key="slug"),
        BooleanColumn("is_universal", label="« Tous publics »"),
        VocabularyViewSet.usage_column,
    ]
    list_filter = ["parent"]
    search_fields = ["label", "aliases", "loose_aliases", "definition"]
    ordering = ("-is_universal", "family", "depth_key", "label")
    edit_handler = _form_of("label", "slug", "parent", "is_universal", "definition", "aliases", "loose_aliases")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return (
            super()
            .get_queryset(request)
            .select_related("parent")
            .annotate(family=Coalesce("parent__label", "label"), depth_key=Coalesce("parent_id", 0))
        )


class AxisViewSet(VocabularyViewSet):
    model = Axis
    icon = "crosshairs"
    list_display = ["label", Column("slug", label="Identifiant", sort_key="slug"), VocabularyViewSet.usage_column]
    search_fields = ["label", "aliases", "loose_aliases"]
    edit_handler = _form_of("label", "slug", "aliases", "loose_aliases")


class SchemeViewSet(VocabularyViewSet):
    model = Scheme
    icon = "openquote"
    list_display = [
        "expansion",
        Column("acronym", label="Sigle", sort_key="acronym"),
        Column("slug", label="Identifiant", sort_key="slug"),
        BooleanColumn("has_definition", label="Défini"),
        VocabularyViewSet.usage_column,
    ]
    search_fields = ["acronym", "expansion", "aliases", "loose_aliases", "definition"]
    edit_handler = _form_of("acronym", "expansion", "slug", "definition", "aliases", "loose_aliases")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        is_defined = ExpressionWrapper(~Q(definition=""), output_field=BooleanField())
        return super().get_queryset(request).annotate(has_definition=is_defined)


class OrganisationKindViewSet(VocabularyViewSet):
    model = OrganisationKind
    icon = "tag"
    list_display = ["label", Column("position", label="Rang", sort_key="position"), VocabularyViewSet.usage_column]
    search_fields = ["label", "aliases"]
    edit_handler = _form_of("label", "slug", "position", "aliases")


class OrganisationViewSet(VocabularyViewSet):
    model = Organisation
    icon = "home"
    edit_view_class = OrganisationEditView
    list_display = [
        "name",
        Column("kind", label="Type", sort_key="kind__label"),
        Column("territory", label="Territoire", sort_key="territory__name"),
        BooleanColumn("is_proposed", label="À valider", sort_key="is_proposed"),
        VocabularyViewSet.usage_column,
    ]
    list_filter = ["is_proposed", "kind"]
    search_fields = ["name", "aliases"]
    edit_handler = _form_of("name", "slug", "kind", "territory", "website", "aliases", "is_proposed")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("kind", "territory")


class GovernmentViewSet(VocabularyViewSet):
    model = Government
    icon = "date"
    list_display = [
        "name",
        Column("get_title_display", label="Titre"),
        Column("started_on", label="Depuis le", sort_key="started_on"),
        Column("ended_on", label="Jusqu’au", sort_key="ended_on"),
    ]
    search_fields = ["name"]
    panels = [FieldPanel("name"), FieldPanel("title"), FieldPanel("started_on"), FieldPanel("ended_on")]


class VocabularyGroup(SnippetViewSetGroup):
    menu_label = "Vocabulaires"
    menu_name = "vocabularies"
    menu_icon = "list-ul"
    menu_order = 250
    items = (
        AudienceViewSet,
        AxisViewSet,
        SchemeViewSet,
        OrganisationViewSet,
        OrganisationKindViewSet,
        GovernmentViewSet,
    )


register_snippet(VocabularyGroup)


@hooks.register("register_admin_urls")
def suggestion_urls() -> list[URLPattern]:
    """Addresses the widgets of the admin ask, open to who may enter it."""
    return [
        path("vocabulaires/structures/suggestions/", organisation_suggestions, name="organisation-suggestions"),
        path("vocabulaires/structures/<key:pk>/proposee/", ProposedOrganisationView.as_view(), name=PROPOSED_URL_NAME),
    ]


@hooks.register("register_snippet_listing_buttons")
def proposed_organisation_buttons(snippet: Model, user: Any, next_url: str | None = None) -> list[Button]:
    del next_url
    return proposal_buttons(organisation=snippet, user=user) if isinstance(snippet, Organisation) else []


@hooks.register("register_log_actions")
def vocabulary_log_actions(actions: LogActionRegistry) -> None:
    actions.register_action("vocabulary.validate", "Valider", "Structure proposée validée")

    @actions.register_action("vocabulary.merge")
    class MergeFormatter(LogFormatter):
        label = "Fusionner"

        def format_message(self, log_entry: ModelLogEntry) -> str:
            name, changed = log_entry.data["name"], log_entry.data["changed"]
            return f"Remplace « {name} », proposée par un partenaire ({changed} contenus changés)"


@hooks.register("before_delete_snippet")
def refuse_deletion_of_used_entries(request: HttpRequest, instances: list[Model]) -> HttpResponseRedirect | None:
    """Stop a deletion, one by one or in bulk, that would take a word away from published content."""
    vocabularies = [
        one for one in instances if any(isinstance(one, viewset.model) for viewset in VocabularyGroup.items)
    ]
    is_only_asking = request.method == "GET" and len(instances) == 1  # the confirmation says it in full
    if is_only_asking or not (refusal := refusal_message(entries=vocabularies)):
        return None
    messages.error(request, refusal)
    return HttpResponseRedirect(listing_url(model=type(vocabularies[0])))
