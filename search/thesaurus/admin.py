from typing import Any

from django import forms
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.forms.models import model_to_dict
from django.http import HttpRequest, HttpResponse
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

from hub.refusals import Refused
from search.query import SearchQuery
from search.resolving import make_synonym_table, read_vocabularies
from search.service import search
from search.thesaurus.exchange import acronym_conflicts, export_csv, import_csv
from search.thesaurus.models import ThesaurusEntry, wordings_in

PERMISSIONS = ("search.add_thesaurusentry", "search.change_thesaurusentry")
IMPORT_URL, EXPORT_URL, TRIAL_URL = "thesaurus-import", "thesaurus-export", "thesaurus-trial"


class ThesaurusForm(WagtailAdminModelForm):
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if "wordings" in self.changed_data:
            for message in acronym_conflicts(texts=wordings_in(cleaned.get("wordings", ""))):
                self.add_error("wordings", message)
        return cleaned


class ThesaurusIndexView(IndexView):
    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        buttons = list(super().header_buttons)
        if self.request.user.has_perms(PERMISSIONS):
            buttons.append(HeaderButton("Essayer", url=reverse(TRIAL_URL), icon_name="search", priority=20))
            buttons.append(HeaderButton("Importer", url=reverse(IMPORT_URL), icon_name="upload", priority=30))
            buttons.append(HeaderButton("Exporter", url=reverse(EXPORT_URL), icon_name="download", priority=40))
        return buttons


class ThesaurusEditView(EditView):
    @cached_property
    def header_more_buttons(self) -> list[Button]:
        buttons = list(super().header_more_buttons)
        if self.request.user.has_perms(PERMISSIONS):
            url = f"{reverse(TRIAL_URL)}?entree={self.object.pk}"
            buttons.append(Button("Essayer", url=url, icon_name="search", priority=5))
        return buttons


class ThesaurusViewSet(SnippetViewSet):
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
        [FieldPanel(name) for name in ("kind", "wordings", "meanings", "is_active", "note")],
        base_form_class=ThesaurusForm,
    )


class ThesaurusScreen(PermissionRequiredMixin, WagtailAdminTemplateMixin, FormView):
    """What our own screens share: the right to change the thesaurus, and the way back to the list."""

    permission_required = PERMISSIONS  # all of them, where Wagtail's own mixin asks for one
    header_icon = "list-ul"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        listing = {"url": reverse("wagtailsnippets_search_thesaurusentry:list"), "label": "Thésaurus"}
        return [*self.breadcrumbs_items, listing, {"url": "", "label": self.page_title}]


class ImportForm(forms.Form):
    file = forms.FileField(
        label="Fichier CSV", help_text="Les colonnes d’un export ; plusieurs mots séparés par « | »."
    )
    dry_run = forms.BooleanField(label="Seulement vérifier, sans rien changer", required=False, initial=True)


class ThesaurusImportView(ThesaurusScreen):
    template_name = "search/admin/thesaurus_import.html"
    page_title = "Importer un thésaurus"
    form_class = ImportForm

    def form_valid(self, form: ImportForm) -> HttpResponse:
        report, dry_run = None, form.cleaned_data["dry_run"]
        try:
            report = import_csv(content=form.cleaned_data["file"].read(), dry_run=dry_run)
        except Refused as refusal:
            form.add_error("file", refusal.message)
        context = self.get_context_data(form=form, report=report, dry_run=dry_run)
        return render(self.request, self.template_name, context)


class ThesaurusExportView(PermissionRequiredMixin, View):
    permission_required = PERMISSIONS

    def get(self, _request: HttpRequest) -> HttpResponse:
        text = export_csv(entries=ThesaurusEntry.objects.order_by("pk"))
        response = HttpResponse(text, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="thesaurus.csv"'
        return response


class TrialForm(forms.ModelForm):
    text = forms.CharField(label="Recherche à essayer", max_length=200)
    entry = forms.ModelChoiceField(ThesaurusEntry.objects.all(), required=False, widget=forms.HiddenInput)

    field_order = ["text", "kind", "wordings", "meanings"]

    class Meta:
        model = ThesaurusEntry
        fields = ["kind", "wordings", "meanings"]
        widgets = {"wordings": forms.Textarea({"rows": 4}), "meanings": forms.Textarea({"rows": 3})}


class ThesaurusTrialView(ThesaurusScreen):
    template_name = "search/admin/thesaurus_trial.html"
    page_title = "Essayer une entrée du thésaurus"
    form_class = TrialForm

    def get_initial(self) -> dict[str, Any]:
        known = self.request.GET.get("entree", "")
        is_number = known.isascii() and known.isdecimal() and len(known) < 10  # noqa: PLR2004
        entry = ThesaurusEntry.objects.filter(pk=int(known)).first() if is_number else None
        if entry is None:
            return {}
        text = next(iter(wordings_in(entry.wordings)), "")
        return {"text": text, "entry": entry.pk, **model_to_dict(entry, TrialForm.Meta.fields)}

    def form_valid(self, form: TrialForm) -> HttpResponse:
        query = SearchQuery(text=form.cleaned_data["text"])
        replaced, tried = form.cleaned_data["entry"], form.instance.equivalence
        others = ThesaurusEntry.objects.active()
        if replaced is not None:
            others = others.exclude(pk=replaced.pk)
        aliased, without = read_vocabularies().aliased, others.equivalences()
        answers = []
        for heading, entries in (("Sans cette entrée", without), ("Avec cette entrée", (*without, tried))):
            table = make_synonym_table(aliased=aliased, equivalences=entries)
            answers.append((heading, search(query=query, with_facets=False, synonyms=table).results))
        uses = [(word, _count(word)) for word in (*tried.wordings, *tried.meanings)]
        return render(self.request, self.template_name, self.get_context_data(form=form, answers=answers, uses=uses))


def _count(word: str) -> int:
    """How many published entries have exactly these words."""
    return search(query=SearchQuery(text=f'"{word}"'), page_size=1, with_facets=False).results.total
