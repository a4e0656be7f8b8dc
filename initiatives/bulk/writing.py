"""What a line does to its sheet. It never takes the place of what somebody wrote since the last import."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from wagtail.log_actions import log
from wagtail.models import PageLogEntry, Revision

from hub.accounts.models import User
from hub.vocabulary.models import Organisation
from hub.vocabulary.organisations import propose_organisation
from initiatives.bulk.figures import figure_of
from initiatives.bulk.partners import PartnerValue
from initiatives.bulk.reading import SourceLine
from initiatives.bulk.reference import kind_of_the_unknown
from initiatives.bulk.values import SheetValues
from initiatives.drafts import create_draft, locked, save_text, text_of
from initiatives.enums import ImportOutcome, SheetState
from initiatives.models import Dossier, InitiativePage, Partnership
from initiatives.review.actions import submit
from initiatives.states import UNDER_REVIEW, state_of

LOG_ACTION = "initiatives.import"
_MANY_TO_MANY = ("audiences", "territories", "axes", "schemes")
_TO_SUBMIT = (SheetState.DRAFT, SheetState.ONLINE_CHANGING)


class LineRefused(Exception):  # noqa: N818 — it is an answer, not a fault
    """The line is not taken; ``str()`` of it is the reason, in French."""


@dataclass(frozen=True, slots=True)
class _LastImport:
    """What the last import of a sheet read and wrote, by digest."""

    line: str
    text: str


def write_line(
    *, line: SourceLine, values: SheetValues, user: User | None, is_to_submit: bool
) -> tuple[InitiativePage, ImportOutcome]:
    """Create or update the sheet of a line, submit it if asked, and return it with what happened.

    Call it in a transaction of its own.

    Raises:
        LineRefused: when the sheet was changed by somebody, is being reviewed, or is archived.
        ReviewRefused: when it is to be submitted and cannot be.
    """
    dossier = (
        Dossier.objects.filter(steward_id=values.steward_id, external_id=values.external_id).order_by("pk").first()
    )
    if dossier is None:
        sheet, outcome = _create(values, user=user), ImportOutcome.CREATED
    else:
        sheet = locked(pk=dossier.page_id)
        outcome = _what_to_do(sheet, line=line, is_to_submit=is_to_submit)
    if outcome in {ImportOutcome.CREATED, ImportOutcome.UPDATED}:
        text = text_of(sheet=sheet)
        _fill(text, values=values)
        save_text(text=text, user=user)
    if is_to_submit and outcome is not ImportOutcome.UNCHANGED:
        submit(sheet=sheet, user=user)
    if outcome is not ImportOutcome.UNCHANGED:
        data = {"line": _digest_of_line(line), "text": _digest_of_text(sheet)}
        log(instance=sheet, action=LOG_ACTION, user=user, data=data)
    return sheet, outcome


def _create(values: SheetValues, *, user: User | None) -> InitiativePage:
    steward = None if values.steward_id is None else Organisation.objects.get(pk=values.steward_id)
    sheet = create_draft(user=user, organisation=steward, title=values.fields["title"])
    Dossier.objects.filter(page=sheet).update(external_id=values.external_id)
    return sheet


def _what_to_do(sheet: InitiativePage, *, line: SourceLine, is_to_submit: bool) -> ImportOutcome:
    """Compare with the last import. Raises ``LineRefused``."""
    last = _last_import(sheet)
    if last is None:
        raise LineRefused("une fiche de cet identifiant existe déjà, que cet import n’a pas écrite")
    is_same_line = last.line == _digest_of_line(line)
    if is_same_line and not is_to_submit:
        return ImportOutcome.UNCHANGED
    is_untouched = last.text == _digest_of_text(sheet)
    state = state_of(sheet=sheet)
    if is_same_line:
        return ImportOutcome.SUBMITTED if is_untouched and state in _TO_SUBMIT else ImportOutcome.UNCHANGED
    if not is_untouched:
        raise LineRefused("la fiche a été modifiée depuis le dernier import : reprenez ce changement dans la fiche")
    if state in UNDER_REVIEW:
        raise LineRefused("la fiche est en relecture : attendez la réponse, ou reprenez-la d’abord")
    if state is SheetState.ARCHIVED:
        raise LineRefused("la fiche est archivée")
    return ImportOutcome.UPDATED


def _last_import(sheet: InitiativePage) -> _LastImport | None:
    entry = PageLogEntry.objects.filter(page=sheet.pk, action=LOG_ACTION).order_by("-timestamp", "-pk").first()
    return None if entry is None else _LastImport(entry.data.get("line", ""), entry.data.get("text", ""))


def _digest_of_line(line: SourceLine) -> str:
    # An empty cell empties the field, a column that is not there leaves it alone: not the same line.
    return _digest(line.cells)


def _digest_of_text(sheet: InitiativePage) -> str:
    content = Revision.page_revisions.filter(object_id=str(sheet.pk)).order_by("-created_at", "-pk")
    return _digest(content.values_list("content", flat=True).first())


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()


def _fill(text: InitiativePage, *, values: SheetValues) -> None:
    for name, value in values.fields.items():
        if name in _MANY_TO_MANY:
            chosen = InitiativePage._meta.get_field(name).related_model.objects.filter(pk__in=value)
            setattr(text, name, list(chosen))
        elif name == "tags":
            text.tags.set(value)
        elif name == "partnerships":
            partners = enumerate(value)
            text.partnerships.set([_partnership(partner, at) for at, partner in partners])
        elif name == "key_figures":
            text.key_figures.set([figure_of(value=figure, position=at) for at, figure in enumerate(value)])
        else:
            # The field of the body takes JSON, and gives blocks.
            setattr(text, name, json.dumps(value) if name == "body" else value)


def _partnership(partner: PartnerValue, position: int) -> Partnership:
    organisation_id = partner.organisation_id or _proposed(partner.name)
    return Partnership(
        sort_order=position,
        organisation_id=organisation_id,
        role=partner.role,
        contribution=partner.contribution,
    )


def _proposed(name: str) -> int:
    """Return the structure of this name, proposed to Dihal when the hub does not know it. Raises ``LineRefused``."""
    known = Organisation.objects.filter(name=name).values_list("pk", flat=True).first()
    if known is not None:
        return known
    kind = kind_of_the_unknown()
    if kind is None:
        raise LineRefused("le hub n’a aucun type de structure (load_vocabulary)")
    return propose_organisation(name=name, kind=kind).pk
