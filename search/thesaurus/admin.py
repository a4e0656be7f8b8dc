"""Screens of the thesaurus in the admin."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import FormView, View
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import Button, HeaderButton
from wagtail.snippets.views.snippets import EditView, IndexView, SnippetViewSet

from search.query import SearchQuery
from search.resolving import make_synonym_table, read_vocabularies
from search.service import search
from search.thesaurus.exchange import ExchangeReport, UnreadableFileError, acronym_conflicts, export_csv, import_csv
from search.thesaurus.models import ThesaurusEntry, wordings_in

PERMISSIONS = ("search.add_thesaurusentry", "search.change_thesaurusentry")
IMPORT_URL, EXPORT_URL, TRIAL_URL = "thesaurus-import", "thesaurus-export", "thesaurus-trial"


class ThesaurusForm(WagtailAdminModelForm):
    """Editing form of an entry."""

    def clean(self) -> dict[str, Any]:
        """Tell the words that are the acronym of a scheme."""
        cleaned: dict[str, Any] = super().clean()
        if "wordings" in self.changed_data:
            for message in acronym_conflicts(texts=wordings_in(cleaned.get("wordings", ""))):
                self.add_error("wordings", message)
        return cleaned


class ThesaurusIndexView(IndexView):
    """The list, and the ways to the file and to the trial."""

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        buttons = list(super().header_buttons)
        if self.request.user.has_perms(PERMISSIONS):
            buttons.append(HeaderButton("Essayer", url=reverse(TRIAL_URL), icon_name="search", priority=20))
            buttons.append(HeaderButton("Importer", url=reverse(IMPORT_URL), icon_name="upload", priority=30))
            buttons.append(HeaderButton("Exporter", url=reverse(EXPORT_URL), icon_name="download", priority=40))
        return buttons


class ThesaurusEditView(EditView):
    """The form of an entry, and the way to its trial."""

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        buttons = list(super().header_more_buttons)
        if self.request.user.has_perms(PERMISSIONS):
            buttons.append(
                Button("Essayer", url=f"{reverse(TRIAL_URL)}?entree={self.object.pk}", icon_name="search", priority=5)
            )
        return buttons


class ThesaurusViewSet(SnippetViewSet):
    """The menu « Thésaurus », beside the vocabularies."""

    model = ThesaurusEntry
    icon = "list-ul"
    menu_label = "Thésaurus"
    menu_name = "thesaurus"
    menu_order = 251
    add_to_admin_menu = True
    copy_view_enabled = False
    index_view_class = ThesaurusIndexView
    edit_view_class = ThesaurusEditView
    list_per_page = 50
    search_backend_name = None
    search_fields = ["wordings", "meanings", "note"]
    list_display = [
        "__str__",
        Column("get_kind_display", label="Sorte", sort_key="kind"),
        BooleanColumn("is_active", label="Compte", sort_key="is_active"),
        Column("updated_at", label="Modifiée le", sort_key="updated_at"),
    ]
    list_filter = ["kind", "is_active"]
    edit_handler = ObjectList(
        [
            FieldPanel("kind"),
            FieldPanel("wordings"),
            FieldPanel("meanings"),
            FieldPanel("is_active"),
            FieldPanel("note"),
        ],
        base_form_class=ThesaurusForm,
    )


class ThesaurusScreen(WagtailAdminTemplateMixin, FormView):
    """What our own screens share: the right to change the thesaurus, and the way back to the list."""

    header_icon = "list-ul"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perms(PERMISSIONS):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        listing = {"url": reverse("wagtailsnippets_search_thesaurusentry:list"), "label": "Thésaurus"}
        return [*self.breadcrumbs_items, listing, {"url": "", "label": self.page_title}]


class ImportForm(forms.Form):
    """A file, and whether it is only looked at."""

    file = forms.FileField(
        label="Fichier CSV", help_text="Les colonnes d’un export ; plusieurs mots séparés par « | »."
    )
    dry_run = forms.BooleanField(label="Seulement vérifier, sans rien changer", required=False, initial=True)


class ThesaurusImportView(ThesaurusScreen):
    """Reads a file, and says line by line what it did."""

    template_name = "search/admin/thesaurus_import.html"
    page_title = "Importer un thésaurus"
    form_class = ImportForm

    def form_valid(self, form: ImportForm) -> HttpResponse:
        report: ExchangeReport | None = None
        dry_run = form.cleaned_data["dry_run"]
        try:
            report = import_csv(content=form.cleaned_data["file"].read(), dry_run=dry_run)
        except UnreadableFileError as error:
            form.add_error("file", str(error))
        context = self.get_context_data(form=form, report=report, dry_run=dry_run)
        return render(self.request, self.template_name, context)


class ThesaurusExportView(View):
    """Gives every entry as a CSV file."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if not request.user.has_perms(PERMISSIONS):
            raise PermissionDenied
        text = export_csv(entries=ThesaurusEntry.objects.order_by("pk"))
        response = HttpResponse(text, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="thesaurus.csv"'
        return response


class TrialForm(forms.ModelForm):
    """An entry as it might be, and a search to try it on. Nothing is saved."""

    text = forms.CharField(label="Recherche à essayer", max_length=200)
    entry = forms.ModelChoiceField(ThesaurusEntry.objects.all(), required=False, widget=forms.HiddenInput)

    field_order = ["text", "kind", "wordings", "meanings"]

    class Meta:
        model = ThesaurusEntry
        fields = ["kind", "wordings", "meanings"]
        widgets = {"wordings": forms.Textarea({"rows": 4}), "meanings": forms.Textarea({"rows": 3})}


class ThesaurusTrialView(ThesaurusScreen):
    """Shows what a search finds without an entry and with it, side by side."""

    template_name = "search/admin/thesaurus_trial.html"
    page_title = "Essayer une entrée du thésaurus"
    form_class = TrialForm

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        known = self.request.GET.get("entree", "")
        if self.request.method == "GET" and known.isascii() and known.isdecimal() and len(known) < 10:  # noqa: PLR2004
            entry = ThesaurusEntry.objects.filter(pk=int(known)).first()
            if entry is not None:
                first = wordings_in(entry.wordings)[:1]
                kwargs["initial"] = {
                    "text": first[0] if first else "",
                    "entry": entry.pk,
                    "kind": entry.kind,
                    "wordings": entry.wordings,
                    "meanings": entry.meanings,
                }
        return kwargs

    def form_valid(self, form: TrialForm) -> HttpResponse:
        query = SearchQuery(text=form.cleaned_data["text"])
        replaced = form.cleaned_data["entry"]
        others = ThesaurusEntry.objects.active()
        if replaced is not None:
            others = others.exclude(pk=replaced.pk)
        aliased, without = read_vocabularies().aliased, others.equivalences()
        answers = [
            (heading, search(query=query, with_facets=False, synonyms=table).results)
            for heading, table in (
                ("Sans cette entrée", make_synonym_table(aliased=aliased, equivalences=without)),
                (
                    "Avec cette entrée",
                    make_synonym_table(aliased=aliased, equivalences=(*without, form.instance.equivalence)),
                ),
            )
        ]
        words = [*form.instance.equivalence.wordings, *form.instance.equivalence.meanings]
        uses = [(word, _count(word)) for word in words]
        return render(self.request, self.template_name, self.get_context_data(form=form, answers=answers, uses=uses))


def _count(word: str) -> int:
    """How many published entries have exactly these words."""
    exact = f'"{word}"'
    return search(query=SearchQuery(text=exact), page_size=1, with_facets=False).results.total
