"""Screens of the vocabularies in the admin, where usage is counted through the relations themselves."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.db.models import Model
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.ui.components import MediaContainer
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic import BaseListingView
from wagtail.snippets.side_panels import SnippetStatusSidePanel
from wagtail.snippets.views.snippets import DeleteView, EditView, UsageView

from hub.vocabulary.suggestions import suggest_organisations
from hub.vocabulary.usage import Uses


class VocabularyStatusPanel(SnippetStatusSidePanel):
    """The side panel, with the true count of uses."""

    def get_usage_context(self) -> dict[str, Any]:
        count = len(Uses(self.object)) if self.object.pk else 0
        return {"usage_count": count, "usage_url": self.usage_url}


class VocabularyEditView(EditView):
    """Editing an entry."""

    def get_side_panels(self) -> MediaContainer:
        panel = VocabularyStatusPanel(
            self.object,
            self.request,
            show_schedule_publishing_toggle=False,
            live_object=self.object,
            scheduled_object=None,
            locale=self.locale,
            translations=self.translations,
            usage_url=self.get_usage_url(),
            history_url=self.get_history_url(),
            last_updated_info=self.get_last_updated_info(),
        )
        return MediaContainer([panel])


class VocabularyUsageView(UsageView):
    """What names an entry, with a link to edit each."""

    def get_queryset(self) -> Uses:
        return Uses(self.object)

    @cached_property
    def columns(self) -> list[Column]:
        return [
            TitleColumn("name", label="Nom", accessor="name", get_url=lambda row: row["edit_url"]),
            Column("type", label="Type", accessor="type"),
            Column("relation", label="Champ", accessor="relation"),
        ]

    def get_table(self, object_list: list[tuple[Model, str]], **kwargs: Any) -> Any:
        finder = AdminURLFinder(self.request.user)
        rows = [
            {
                "name": str(holder),
                "type": capfirst(holder._meta.verbose_name),
                "relation": capfirst(relation),
                "edit_url": finder.get_edit_url(holder),
            }
            for holder, relation in object_list
        ]
        # The view's own rows come from the reference index; only the table of any listing is wanted.
        return BaseListingView.get_table(self, rows, **kwargs)


class VocabularyDeleteView(DeleteView):
    """Deleting an entry, refused while something names it."""

    template_name = "vocabulary/admin/confirm_delete.html"

    def get_usage(self) -> Uses:
        return Uses(self.object)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        some_uses = [str(holder) for holder, _relation in self.usage[:10]]
        return {**super().get_context_data(**kwargs), "some_uses": some_uses}


@require_safe
@never_cache
def organisation_suggestions(request: HttpRequest) -> JsonResponse:
    """Answer ``?q=`` with a list of ``{code, label, detail}``, best first, in the form ``combobox.js`` reads."""
    suggestions = [
        {"code": str(suggestion.key), "label": suggestion.name, "detail": suggestion.kind}
        for suggestion in suggest_organisations(text=request.GET.get("q", ""))
    ]
    return JsonResponse(suggestions, safe=False, json_dumps_params={"ensure_ascii": False})


def refusal_message(*, entries: Sequence[Model]) -> str:
    """Say which of these entries cannot be deleted, and how often each is used; empty when all can."""
    used = [(entry, count) for entry in entries if (count := len(Uses(entry)))]
    if not used:
        return ""
    listed = ", ".join(f"« {entry} » ({count} utilisation{'s' if count > 1 else ''})" for entry, count in used)
    return f"Suppression refusée, car des contenus en dépendent : {listed}. Retirez-les d’abord de ces contenus."


def listing_url(*, model: type[Model]) -> str:
    """Address of the list of a vocabulary."""
    options = model._meta
    return reverse(f"wagtailsnippets_{options.app_label}_{options.model_name}:list")
