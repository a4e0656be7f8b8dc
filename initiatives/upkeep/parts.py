"""A structure named on a published sheet says whether its part is told right."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from hub.accounts.models import User
from hub.mail.queueing import queue_mail
from hub.mail.site import page_url
from hub.refusals import Refused
from hub.vocabulary.models import Organisation
from initiatives.drafts import locked
from initiatives.enums import ExchangeKind
from initiatives.models import Dossier, InitiativePage, PartConfirmation
from initiatives.people import members_of
from initiatives.readable import part_statement
from initiatives.thread import record
from initiatives.upkeep.confirming import FORGED, LinkProblem, make_token, mark_of, read_token

PURPOSE = "part"
LINK_LIFETIME = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPart:
    """A structure named on the published sheet, what is said of it, and what it answered."""

    organisation: Organisation
    statement: str
    confirmation: PartConfirmation | None

    @property
    def is_confirmed(self) -> bool:
        """Whether the structure confirmed these very words."""
        return self.confirmation is not None and is_still_confirmed(
            confirmation=self.confirmation, statement=self.statement
        )

    def is_waiting(self, *, now: datetime) -> bool:
        """Whether the structure was asked, has not answered, and still may."""
        asked = self.confirmation
        return asked is not None and asked.answered_at is None and now < asked.asked_at + LINK_LIFETIME


def is_still_confirmed(*, confirmation: PartConfirmation, statement: str) -> bool:
    """Whether what was confirmed is what the sheet says now."""
    return bool(confirmation.is_confirmed) and confirmation.statement == statement


def named_parts(*, sheet: InitiativePage) -> list[NamedPart]:
    """Return the structures the published sheet names, each once, its keeper aside, in the order of the sheet."""
    if not sheet.live:
        return []
    published = InitiativePage.objects.select_related("dossier").get(pk=sheet.pk)
    steward_id = published.dossier.steward_id if hasattr(published, "dossier") else None
    answers = {answer.organisation_id: answer for answer in PartConfirmation.objects.filter(page=published.pk)}
    organisations: dict[int, Organisation] = {}
    said: dict[int, list[str]] = {}
    for partnership in published.partnerships.select_related("organisation"):
        organisations[partnership.organisation_id] = partnership.organisation
        said.setdefault(partnership.organisation_id, []).append(part_statement(partnership=partnership))
    return [
        NamedPart(organisation=organisation, statement="\n".join(said[pk]), confirmation=answers.get(pk))
        for pk, organisation in organisations.items()
        if pk != steward_id
    ]


def named_part(*, sheet: InitiativePage, organisation_pk: int) -> NamedPart | None:
    """Return what the published sheet says of one structure, or ``None`` when it does not name it."""
    return next((part for part in named_parts(sheet=sheet) if part.organisation.pk == organisation_pk), None)


def ask_part(*, sheet: InitiativePage, organisation_pk: int, email: str, user: User, now: datetime) -> PartConfirmation:
    """Ask a structure the published sheet names whether its part is told right; ``Refused`` once asked or confirmed."""
    with transaction.atomic():
        locked(pk=sheet.pk)
        part = named_part(sheet=sheet, organisation_pk=organisation_pk)
        if part is None:
            raise Refused("La fiche en ligne ne nomme pas cette structure.")
        if part.is_confirmed:
            raise Refused("Cette structure a déjà confirmé sa participation.")
        if part.is_waiting(now=now):
            raise Refused("Cette structure a déjà reçu la question : attendez sa réponse, ou la fin du lien.")
        asked, _created = PartConfirmation.objects.update_or_create(
            page_id=sheet.pk,
            organisation_id=organisation_pk,
            defaults={
                "email": email,
                "asked_by": user,
                "asked_at": now,
                "answered_at": None,
                "is_confirmed": None,
                "remark": "",
                "statement": part.statement,
            },
        )
        dossier = Dossier.objects.filter(page=sheet.pk).select_related("steward").first()
        steward = dossier.steward if dossier else None
        expires_at = now + LINK_LIFETIME
        queue_mail(
            key=f"part-{asked.pk}-asked-{mark_of(moment=now)}",
            recipient=email,
            template="initiatives/mail/part_asked",
            context={
                "sheet": sheet,
                "public_address": page_url(page=sheet),
                "organisation": part.organisation,
                "statement": part.statement,
                "steward_name": steward.name if steward else "La Dihal",
                "asked_by": f"{user} ({steward.name})" if steward else str(user),
                "expires_at": expires_at,
                "token": make_token(
                    purpose=PURPOSE,
                    values={"part": asked.pk, "sheet": sheet.pk, "round": mark_of(moment=now)},
                    expires_at=expires_at,
                ),
            },
            expires_at=expires_at,
        )
    return asked


@dataclass(frozen=True, slots=True, kw_only=True)
class PartQuestion:
    """What a link shows to the structure, and the request it answers."""

    asked: PartConfirmation
    part: NamedPart


def part_question(*, token: str, now: datetime) -> PartQuestion:
    """Return what a link asks, changing nothing; ``LinkProblem`` when it is forged, expired, used or replaced."""
    values = read_token(purpose=PURPOSE, token=token, now=now)
    asked = (
        PartConfirmation.objects.select_related("page", "organisation")
        .filter(pk=values["part"], page=values["sheet"])
        .first()
    )
    if asked is None:
        raise LinkProblem(*FORGED)
    if mark_of(moment=asked.asked_at) != values["round"]:
        raise LinkProblem(
            "Ce lien a été remplacé", "Un lien plus récent a été envoyé à votre structure : répondez par celui-là."
        )
    if asked.answered_at is not None:
        raise LinkProblem(
            "Ce lien a déjà servi",
            "Votre structure a répondu, et sa réponse est enregistrée. Vous n’avez plus rien à faire.",
        )
    part = named_part(sheet=asked.page, organisation_pk=asked.organisation_id)
    if part is None:
        raise LinkProblem(
            "Ce lien n’a plus d’objet",
            "La fiche n’est plus en ligne, ou ne nomme plus votre structure. Vous n’avez plus rien à faire.",
        )
    return PartQuestion(asked=asked, part=part)


def answer_part(
    *, token: str, is_confirmed: bool, remark: str, seen_statement: str, now: datetime
) -> PartQuestion | None:
    """Record the structure's answer, once, and tell the members; ``None`` when the sheet says something else by now.

    ``seen_statement`` is what the person read: nobody confirms words written since.

    Raises:
        LinkProblem: see ``part_question``.
    """
    question = part_question(token=token, now=now)
    with transaction.atomic():
        locked(pk=question.asked.page_id)
        question = part_question(token=token, now=now)
        if question.part.statement.split() != seen_statement.split():
            return None
        asked = question.asked
        asked.answered_at, asked.is_confirmed, asked.remark = now, is_confirmed, remark
        asked.statement = question.part.statement
        asked.save()
        record(
            sheet=asked.page,
            kind=ExchangeKind.PART_CONFIRMED if is_confirmed else ExchangeKind.PART_DISPUTED,
            author_name=asked.organisation.name,
            created_at=now,
            text=remark,
        )
        for member in members_of(sheet=asked.page):
            queue_mail(
                key=f"part-{asked.pk}-answered-{mark_of(moment=now)}-user-{member.pk}",
                recipient=member.email,
                template="initiatives/mail/part_answered",
                context={"sheet": asked.page, "organisation": asked.organisation, "part": asked},
            )
    return question
