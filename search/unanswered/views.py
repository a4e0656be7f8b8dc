from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from hub.refusals import UNPROCESSABLE
from hub.web.limits import limited, seconds_to_wait
from search.analysis import clean
from search.query import SearchQuery
from search.resolving import Resolution, resolve_query
from search.unanswered.keeping import filter_names, has_personal_data, keep
from search.unanswered.models import MAX_LENGTH


class TellUsForm(forms.Form):
    """What somebody was looking for. ``website`` is a trap: people do not see it, robots fill it."""

    text = forms.CharField(
        label="Ce que vous cherchiez",
        max_length=MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5, "class": "fr-input"}),
        help_text=f"Quel public, quelle situation, quel territoire ? {MAX_LENGTH} signes au plus. N’écrivez ni nom, ni "
        "adresse, ni numéro de téléphone : personne ne pourra vous répondre.",
        error_messages={
            "required": "Dites ce que vous cherchiez.",
            "max_length": f"Votre texte dépasse {MAX_LENGTH} signes : il en a %(show_value)d.",
        },
    )
    website = forms.CharField(label="Laissez ce champ vide", required=False)

    def clean_text(self) -> str:
        """Refuse what tells who somebody is: it would be kept for nothing."""
        text = clean(self.cleaned_data["text"]).strip()
        if not any(map(str.isalnum, text)):
            raise ValidationError("Dites ce que vous cherchiez.", code="required")
        if has_personal_data(text):
            raise ValidationError(
                "Votre texte contient une adresse électronique ou un numéro de téléphone : retirez-le. Ce texte est "
                "gardé sans rien qui dise qui vous êtes.",
                code="personal",
            )
        return text


TELL_US_URL = "search-tell-us"
_SENT = "envoye"
_BUSY = (
    "Ce formulaire reçoit trop de messages en ce moment : le vôtre n’est pas enregistré. Réessayez dans une heure, "
    "votre texte reste ici en attendant."
)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited(name="tell-us")
def tell_us(request: HttpRequest) -> HttpResponse:
    """Ask what was looked for; the parameters of the address are those of the search that found nothing."""
    query, _ = SearchQuery.from_params(request.GET)
    resolution = resolve_query(query=query)
    if request.method != "POST":
        return _page(request, resolution=resolution, form=TellUsForm(), is_sent=request.GET.get(_SENT) == "1")
    form = TellUsForm(request.POST)
    if not form.is_valid():
        return _page(request, resolution=resolution, form=form, status=UNPROCESSABLE)
    # A robot is thanked as anybody: told the truth, it would try again.
    if not form.data.get("website"):
        # Counted for everybody together: many machines may not fill the editors' list.
        if wait := seconds_to_wait(request=request, name="tell-us-all", key="everybody"):
            form.add_error("text", _BUSY)
            response = _page(request, resolution=resolution, form=form, status=429)
            response["Retry-After"] = str(wait)
            return response
        keep(text=form.cleaned_data["text"], resolution=resolution, now=timezone.now())
    said = resolution.query.querystring(with_page=False)
    return redirect(f"{reverse(TELL_US_URL)}?{said}{'&' if said else ''}{_SENT}=1")


def _page(
    request: HttpRequest, *, resolution: Resolution, form: TellUsForm, is_sent: bool = False, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "is_sent": is_sent,
        "query": resolution.query,
        "filters": filter_names(resolution=resolution),
        "querystring": resolution.query.querystring(with_page=False),
        "search_url": reverse("search"),
    }
    return render(request, "search/unanswered/tell_us.html", context, status=status)
