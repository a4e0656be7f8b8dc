from collections.abc import Iterable
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from hub.vocabulary.models import Scheme


@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    return render(request, "vocabulary/glossary.html", {"letters": schemes_by_letter(schemes=Scheme.objects.all())})


def schemes_by_letter(*, schemes: Iterable[Scheme]) -> list[tuple[str, list[Scheme]]]:
    """Group schemes by the first letter of their short name, accents and case aside; digits come under « 0-9 »."""
    ordered = sorted(schemes, key=lambda scheme: slugify(scheme.short_label))
    return [(letter, list(group)) for letter, group in groupby(ordered, key=_letter)]


def _letter(scheme: Scheme) -> str:
    first = slugify(scheme.short_label)[:1].upper()
    return first if first.isalpha() else "0-9"
