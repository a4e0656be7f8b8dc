from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from django.db import transaction
from django.db.models import (
    Count,
    ForeignKey,
    IntegerField,
    ManyToManyField,
    Model,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.forms import Form
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.text import capfirst
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView
from modelcluster.fields import ParentalKey
from wagtail.admin import messages
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import TitleFieldPanel
from wagtail.admin.ui.components import MediaContainer
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic import BaseListingView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.widgets.button import Button
from wagtail.admin.widgets.slug import SlugInput
from wagtail.log_actions import log
from wagtail.snippets.side_panels import SnippetStatusSidePanel
from wagtail.snippets.views.snippets import DeleteView, EditView, UsageView

from hub.refusals import Refused
from hub.vocabulary.fields import OrganisationChoiceField
from hub.vocabulary.merging import fields_towards, merge_proposed
from hub.vocabulary.models import Organisation
from hub.vocabulary.organisations import free_slug, similar_organisations
from hub.vocabulary.suggestions import suggest_organisations


class VocabularyForm(WagtailAdminModelForm):
    """Editing form of an entry, whose address is made from its name, whatever field holds it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Left empty it is filled below, whether or not the script of the form did it.
        self.fields["slug"].required = False

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if not cleaned.get("slug") and "slug" not in self.errors:
            names = ("label", "name", "acronym", "expansion")
            source = next((cleaned[name] for name in names if cleaned.get(name)), "")
            cleaned["slug"] = self.instance.slug or free_slug(model=type(self.instance), text=source)
            if not cleaned["slug"]:
                self.add_error(
                    "slug", "Indiquez un identifiant : le nom n’en donne pas (lettres sans accent, chiffres)."
                )
        return cleaned


class NamePanel(TitleFieldPanel):
    """The name an address is made from, while the entry is being created: an address once given stays.

    With its label and its border: Wagtail hides both of a title, whose placeholder says what it is; this has none.
    """

    def __init__(self, field_name: str, *, classname: str = "", placeholder: bool = False, **kwargs: Any) -> None:
        super().__init__(field_name, classname=classname, placeholder=placeholder, **kwargs)

    class BoundPanel(TitleFieldPanel.BoundPanel):
        """Stops the script from following later changes of the name."""

        def get_should_apply(self) -> bool:
            return not self.instance.pk


class AddressInput(SlugInput):
    """An address in plain letters: « sante », not « santé »."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs={"data-w-slug-allow-unicode-value": "false", **(attrs or {})})


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """One way entries of a vocabulary are named by rows of ``holder``.

    ``link`` is the table where the reference is stored, ``entry_column`` and ``holder_column`` its columns, and
    ``path`` the lookup that leads from the holder to the entry.
    """

    holder: type[Model]
    link: type[Model]
    entry_column: str
    holder_column: str
    path: str
    label: str


class Uses:
    """The rows that name an entry, in a sequence that reads only the slice it is asked for.

    A row that names the entry in two ways is there twice, with the name of each relation. Has what Wagtail's views ask
    of the reference index: ``count`` and ``is_protected``.
    """

    def __init__(self, entry: Model) -> None:
        self._found: list[tuple[str, QuerySet[Any], int]] = []
        for relation in relations_to(type(entry)):
            holders: QuerySet[Any] = (
                QuerySet(relation.holder).filter(**{relation.path: entry}).order_by("pk").distinct()
            )
            self._found.append((relation.label, holders, holders.count()))

    def __len__(self) -> int:
        return sum(count for _label, _holders, count in self._found)

    def __getitem__(self, wanted: slice) -> list[tuple[Model, str]]:
        start, stop, _step = wanted.indices(len(self))
        rows: list[tuple[Model, str]] = []
        offset = 0
        for label, holders, count in self._found:
            rows += [(holder, label) for holder in holders[max(start - offset, 0) : max(stop - offset, 0)]]
            offset += count
        return rows

    @property
    def is_protected(self) -> bool:
        """A word in use never disappears from published content."""
        return len(self) > 0

    def count(self) -> int:
        return len(self)


@cache
def relations_to(model: type[Model]) -> tuple[Relation, ...]:
    return tuple(map(_relation, fields_towards(model)))


def usage_count(model: type[Model]) -> Combinable:
    """An expression that counts, on a query of the vocabulary, the uses of each entry."""
    total: Combinable = Value(0, output_field=IntegerField())
    for relation in relations_to(model):
        counted = (
            QuerySet(relation.link)
            .filter(**{relation.entry_column: OuterRef("pk")})
            .order_by()
            .values(relation.entry_column)
            .annotate(uses=Count(relation.holder_column, distinct=True))
            .values("uses")
        )
        total = total + Coalesce(Subquery(counted, output_field=IntegerField()), 0)
    return total


def _relation(field: ForeignKey | ManyToManyField) -> Relation:
    if isinstance(field, ManyToManyField):
        through: Any = field.remote_field.through
        return Relation(
            holder=field.model,
            link=through,
            entry_column=field.m2m_reverse_field_name(),
            holder_column=field.m2m_field_name(),
            path=field.name,
            label=str(field.verbose_name),
        )
    # A line of a page (a partnership…) is shown and counted as the page it belongs to.
    parental = next((other for other in field.model._meta.fields if isinstance(other, ParentalKey)), None)
    return Relation(
        holder=parental.related_model if parental else field.model,
        link=field.model,
        entry_column=field.name,
        holder_column=parental.name if parental else "pk",
        path=f"{parental.related_query_name()}__{field.name}" if parental else field.name,
        label=str(field.model._meta.verbose_name if parental else field.verbose_name),
    )


class VocabularyStatusPanel(SnippetStatusSidePanel):
    def get_usage_context(self) -> dict[str, Any]:
        return {"usage_count": len(Uses(self.object)) if self.object.pk else 0, "usage_url": self.usage_url}


class VocabularyEditView(EditView):
    def get_side_panels(self) -> MediaContainer:
        panel = VocabularyStatusPanel(
            self.object,
            self.request,
            live_object=self.object,
            usage_url=self.get_usage_url(),
            history_url=self.get_history_url(),
            last_updated_info=self.get_last_updated_info(),
        )
        return MediaContainer([panel])


class VocabularyUsageView(UsageView):
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
    template_name = "vocabulary/admin/confirm_delete.html"

    def get_usage(self) -> Uses:
        return Uses(self.object)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "some_uses": [str(holder) for holder, _label in self.usage[:10]]}


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
    listed = ", ".join(f"« {entry} » ({count} utilisation{'s' if count > 1 else ''})" for entry, count in used)
    words = f"Suppression refusée, car des contenus en dépendent : {listed}. Retirez-les d’abord de ces contenus."
    return words if used else ""


def listing_url(*, model: type[Model]) -> str:
    return reverse(f"wagtailsnippets_{model._meta.app_label}_{model._meta.model_name}:list")


URL_NAME = "proposed-organisation"
PERMISSIONS = ("vocabulary.change_organisation", "vocabulary.delete_organisation")


class MergeForm(Form):
    target = OrganisationChoiceField(
        label="Structure de la liste",
        queryset=Organisation.objects.validated(),
        help_text="Celle qui reste. Commencez à écrire son nom, puis choisissez-la.",
    )


class ProposedOrganisationView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """Shows what a partner proposed; a POST validates it, or merges it into a structure of the list."""

    template_name = "vocabulary/admin/proposed.html"
    page_title = "Structure proposée"
    header_icon = "home"
    permission_required = "decide"

    def user_has_permission(self, permission: str) -> bool:  # noqa: ARG002 — Wagtail's signature
        return self.request.user.has_perms(PERMISSIONS)

    @cached_property
    def proposed(self) -> Organisation:
        return get_object_or_404(Organisation, is_proposed=True, pk=self.kwargs["pk"])

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        way = [{"url": listing_url(model=Organisation), "label": "Structures"}, {"url": "", "label": self.proposed}]
        return [*self.breadcrumbs_items, *way]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.pop("form", None) or MergeForm()
        return super().get_context_data(
            proposed=self.proposed,
            form=form,
            similar=similar_organisations(name=self.proposed.name),
            uses=[str(holder) for holder, _relation in Uses(self.proposed)[:10]],
            uses_count=len(Uses(self.proposed)),
            **kwargs,
        )

    def post(self, request: HttpRequest, *_args: Any, **kwargs: Any) -> HttpResponse:
        action = request.POST.get("action")
        if action == "validate":
            self._validate()
        elif action == "merge":
            form = MergeForm(request.POST)
            if form.is_valid():
                self._merge(form)
            if form.errors:
                return self.render_to_response(self.get_context_data(form=form, **kwargs))
        else:
            messages.error(request, "Rien n’a été fait : l’action demandée est inconnue.")
        return redirect(listing_url(model=Organisation))

    def _validate(self) -> None:
        with transaction.atomic():
            self.proposed.is_proposed = False
            self.proposed.save(update_fields=["is_proposed"])
            log(instance=self.proposed, action="vocabulary.validate", user=self.request.user)
        messages.success(self.request, f"« {self.proposed} » est validée : elle paraît dans les listes et a sa page.")

    def _merge(self, form: MergeForm) -> None:
        target = form.cleaned_data["target"]
        try:
            merge_proposed(source=self.proposed, target=target, by=self.request.user)
        except Refused as refusal:
            form.add_error("target", refusal.message)
        else:
            messages.success(self.request, f"« {self.proposed} » est remplacée partout par « {target} ».")


class OrganisationEditView(VocabularyEditView):
    @property
    def header_more_buttons(self) -> list[Button]:
        return [*super().header_more_buttons, *proposal_buttons(organisation=self.object, user=self.request.user)]


def proposal_buttons(*, organisation: Organisation, user: Any) -> list[Button]:
    """Return the way to the page above, for a proposed structure and somebody who may decide."""
    if not organisation.is_proposed or not user.has_perms(PERMISSIONS):
        return []
    url = reverse(URL_NAME, args=[organisation.pk])
    return [Button("Valider ou fusionner avec…", url=url, icon_name="check", priority=5)]
