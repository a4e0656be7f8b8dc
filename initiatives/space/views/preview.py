"""The latest text of a sheet as it would be published, for those who may read it."""

from csp.constants import SELF
from csp.decorators import csp_replace
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from initiatives.drafts import text_of
from initiatives.models import InitiativePage
from initiatives.space.access import may_read_draft
from initiatives.states import state_of


@never_cache
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": [SELF]})  # type: ignore[arg-type]
@login_required
@require_safe
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the latest saved text with the template of the public page; the form shows it in a frame (``?cadre=1``).

    Raises:
        Http404: for a sheet that does not exist or whose text is not the person's to read.
    """
    sheet = InitiativePage.objects.filter(pk=pk).select_related("dossier").first()
    if sheet is None or not may_read_draft(user=request.user, sheet=sheet):
        message = "Cette fiche n’existe pas, ou n’est pas tenue par votre structure."
        raise Http404(message)
    text = text_of(sheet=sheet)
    context = {
        **text.get_context(request),
        "sheet": sheet,
        "is_in_frame": request.GET.get("cadre") == "1",
        "state": state_of(sheet=sheet),
        "is_published_text": sheet.live and not sheet.has_unpublished_changes,
    }
    response = render(request, "initiatives/space/preview.html", context)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
