"""What a reviewer reads of a text: what it changes to the published one, and to the one that was sent back."""

from dataclasses import dataclass

from hub.vocabulary.models import Organisation
from initiatives.comparing import FieldDifference, differences
from initiatives.drafts import text_of
from initiatives.enums import ExchangeKind
from initiatives.models import Exchange, InitiativePage


@dataclass(frozen=True, slots=True, kw_only=True)
class SinceReturn:
    """The return a text answers, and what changed in it since."""

    returned: Exchange
    changes: list[FieldDifference]


def changes_of(*, sheet: InitiativePage) -> list[FieldDifference]:
    """Return what the latest text changes to the published one; nothing for a sheet that is not online."""
    if not sheet.live:
        return []
    return differences(before=InitiativePage.objects.get(pk=sheet.pk), after=text_of(sheet=sheet))


def since_return(*, sheet: InitiativePage) -> SinceReturn | None:
    """Compare the latest text with the one that was last sent back, when nothing was published in between."""
    stages = Exchange.objects.filter(page=sheet, kind__in=(ExchangeKind.RETURNED, ExchangeKind.APPROVED))
    last = stages.select_related("revision").last()
    if last is None or last.kind != ExchangeKind.RETURNED or last.revision is None:
        return None
    if last.revision_id == sheet.latest_revision_id:
        return None
    before: InitiativePage = last.revision.as_object()
    return SinceReturn(returned=last, changes=differences(before=before, after=text_of(sheet=sheet)))


def proposed_structures(*, text: InitiativePage) -> list[Organisation]:
    """Return the structures a text names that Dihal has not validated: publishing the text validates them."""
    named = [part.organisation_id for part in text.partnerships.all()]
    found = Organisation.objects.filter(pk__in=named, is_proposed=True)
    return list(found.select_related("kind").order_by("name"))
