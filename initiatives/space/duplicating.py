import re
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.text import Truncator

from hub.accounts.models import AccessRequest, User
from hub.vocabulary.models import Organisation
from initiatives.drafts import create_draft, save_text, text_of
from initiatives.fields import FIELDS, Copied, Kind, SheetField
from initiatives.models import InitiativePage
from initiatives.space.waiting import begin

TITLE_LENGTH = 255  # characters, Wagtail's


def published_at(*, address: str) -> InitiativePage | None:
    """Return the published sheet of an address, whole or not, as somebody copied it; ``None`` when there is none."""
    try:
        path = urlsplit(address).path
    except ValueError:
        return None
    slug = path.rstrip("/").rpartition("/")[2]
    if not re.fullmatch(r"[-\w]{1,255}", slug):
        return None
    found: InitiativePage | None = InitiativePage.objects.live().public().filter(slug=slug).first()
    return found


def duplicate(
    *,
    model: InitiativePage,
    user: User,
    organisation: Organisation | None,
    with_contact: bool,
    request: AccessRequest | None = None,
) -> InitiativePage:
    """Create a draft kept by ``organisation`` with the words of another sheet, and return it.

    Without an organisation it waits for one, that of ``request`` when it is known (``initiatives.space.waiting``).

    ``model`` is the text to copy, published or not. Its texts, facets, keywords and partners are copied, and its
    contact when asked. Its image, its documents, its key figures and its free content stay where they are: they belong
    to what was done there. So do its dates, its exchanges and its origin.

    Raises:
        Refused: when it waits for an organisation, as too many others of the person's.
    """
    title = Truncator(f"Copie de {model.title}").chars(TITLE_LENGTH)
    with transaction.atomic():
        if organisation is None:
            sheet = begin(user=user, request=request, title=title)
        else:
            sheet = create_draft(user=user, organisation=organisation, title=title)
        text = text_of(sheet=sheet)
        for field in FIELDS.values():
            if field.copied is Copied.ALWAYS or (with_contact and field.copied is Copied.WITH_CONTACT):
                _copy(field, model=model, text=text)
        save_text(text=text, user=user)
    return sheet


def _copy(field: SheetField, *, model: InitiativePage, text: InitiativePage) -> None:
    value = getattr(model, field.name)
    match field.kind:
        case Kind.TAGS:
            getattr(text, field.name).set(list(value.all()))
        case Kind.FACET:
            setattr(text, field.name, list(value.all()))
        case Kind.ROWS:
            rows = [
                value.model(**{part: getattr(row, part) for part in field.parts}, sort_order=order)
                for order, row in enumerate(value.all())
            ]
            setattr(text, field.name, rows)
        case _:
            setattr(text, field.name, value)
