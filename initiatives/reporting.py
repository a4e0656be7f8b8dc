"""A reader, without an account, says that something on a published sheet is wrong."""

from datetime import datetime, timedelta

from django.db import transaction

from hub.mail.queueing import queue_mail
from hub.mail.site import page_url
from initiatives.enums import ExchangeKind, ReportState
from initiatives.models import ErrorReport, Exchange, InitiativePage
from initiatives.people import members_of, reviewers_of_sheet
from initiatives.thread import record

# The same words again within this time are the button pressed twice.
SAME_REPORT_WITHIN = timedelta(hours=1)


def report_error(*, sheet: InitiativePage, text: str, email: str, now: datetime) -> ErrorReport:
    """Keep what a reader reports, in the thread of the sheet too, and tell its members and Dihal's reviewers.

    The reader's address is told to them, and not written in the thread, which stays.
    """
    with transaction.atomic():
        twin = ErrorReport.objects.filter(page=sheet, text=text, created_at__gte=now - SAME_REPORT_WITHIN).first()
        if twin is not None:
            return twin
        report: ErrorReport = ErrorReport.objects.create(page=sheet, text=text, email=email, created_at=now)
        record(sheet=sheet, kind=ExchangeKind.ERROR_REPORTED, author_name="un lecteur", created_at=now, text=text)
        members = members_of(sheet=sheet)
        known = {member.pk for member in members}
        reviewers = [reviewer for reviewer in reviewers_of_sheet(sheet=sheet) if reviewer.pk not in known]
        for person, is_reviewer in [(m, False) for m in members] + [(r, True) for r in reviewers]:
            queue_mail(
                key=f"error-report-{report.pk}-user-{person.pk}",
                recipient=person.email,
                template="initiatives/mail/error_reported",
                context={
                    "sheet": sheet,
                    "public_address": page_url(page=sheet),
                    "report": report,
                    "is_reviewer": is_reviewer,
                },
            )
    return report


def settle(*, report: ErrorReport, now: datetime) -> None:
    """Note that somebody dealt with a report; twice is once. The thread of its sheet follows (``note_settled``)."""
    with transaction.atomic():
        report = ErrorReport.objects.select_for_update().get(pk=report.pk)
        if report.state == ReportState.CLOSED:
            return
        report.state = ReportState.CLOSED
        report.closed_at = now
        report.save(update_fields=["state", "closed_at"])


def note_settled(*, report: ErrorReport) -> None:
    """Tick the report in the thread of its sheet: they were written at the same moment, with the same words."""
    Exchange.objects.filter(
        page=report.page_id, kind=ExchangeKind.ERROR_REPORTED, created_at=report.created_at, resolved_at=None
    ).update(resolved_at=report.closed_at)
