from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.utils.functional import lazy
from wagtail.admin.panels import Panel

from events.recap.report import REPLAY_WARNINGS
from events.registrations.fields import registration_problems
from events.transcripts.editing import PageProposals
from hub.files import FileRefused
from hub.files.reading import extension_of, readable_size
from hub.files.videos import TAKEN, VideoKind, check_video
from hub.pages.forms import CatalogueEntryForm
from hub.pages.videos import accepted_videos, video_problem
from hub.territories.enums import COUNTRY_CODE
from hub.territories.models import Territory


class WorkshopPageForm(CatalogueEntryForm):
    """Editing form of a workshop: number, dates, replay and sequence times agree with each other."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A workshop is for everybody unless it says otherwise.
        if self.instance.pk is None and "territories" in self.fields and not self.initial.get("territories"):
            self.initial["territories"] = list(Territory.objects.by_codes([COUNTRY_CODE]))
        rows = self.formsets["sequences"].forms if "sequences" in self.formsets else []
        proposals = PageProposals(page=self.instance, sequences=[row.instance for row in rows])
        for row in rows:
            row.proposals = proposals

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self._check_number(cleaned.get("number"))
        starts_on, ends_on = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", "Le dernier jour précède le premier.")
        starts_at, ends_at = cleaned.get("starts_at"), cleaned.get("ends_at")
        if starts_at and ends_at and not (ends_on and starts_on and ends_on > starts_on) and ends_at <= starts_at:
            self.add_error("ends_at", "L’heure de fin doit suivre l’heure de début.")
        for name, problem in registration_problems(cleaned):
            self.add_error(name, problem)
        duration = self._check_replay(starts_on)
        self._check_sequences(duration)
        return cleaned

    def _check_number(self, number: int | None) -> None:
        """A workshop's number is its name: two pages, drafts included, cannot share it."""
        if number is None:
            return
        twin = type(self.instance).objects.filter(number=number).exclude(pk=self.instance.pk).first()
        if twin is not None:
            self.add_error("number", f"L’atelier n° {number} existe déjà : « {twin.title} ».")

    def _check_replay(self, starts_on: date | None) -> timedelta | None:
        duration = None
        for form in self._kept_forms("replays"):
            for field, refusal in source_problems(form):
                form.add_error(field, refusal)
                self.add_error(None, f"Replay : {refusal}")
            problem = replay_date_problem(
                published_on=form.cleaned_data.get("published_on"), workshop_starts_on=starts_on
            )
            if problem:
                form.add_error("published_on", problem)
                self.add_error(None, f"Replay : {problem}")
            duration = form.cleaned_data.get("duration") or duration
        return duration

    def _check_sequences(self, duration: timedelta | None) -> None:
        forms = sorted(self._kept_forms("sequences"), key=lambda form: form.cleaned_data.get("ORDER") or 0)
        times = [form.cleaned_data.get("replay_start") for form in forms]
        for position, problem in sequence_time_problems(times=times, duration=duration).items():
            forms[position].add_error("replay_start", problem)
            self.add_error(None, f"Séquence {position + 1} : {problem}")

    def _kept_forms(self, name: str) -> list[Any]:
        formset = getattr(self, "formsets", {}).get(name)
        if formset is None:
            return []
        # A formset validates its forms on demand; asking here makes their cleaned values available.
        formset.is_valid()
        cleaned = [form for form in formset.forms if getattr(form, "cleaned_data", None)]
        return [form for form in cleaned if not form.cleaned_data.get("DELETE")]


def source_problems(form: Any) -> list[tuple[str, str]]:
    """Say why a replay's new address or new file is refused: (field, message).

    What was there before is left as it is, an address of another site shown as a plain link (``PlainLinkPanel``): who
    edits another field is not to blame for it.
    """
    problems = []
    url, file = form.cleaned_data.get("url"), form.cleaned_data.get("file")
    if url and "url" in form.changed_data and (problem := video_problem(url=url)):
        problems.append(("url", problem))
    if file and "file" in form.changed_data and (problem := _file_problem(file)):
        problems.append(("file", problem))
    return problems


def _file_problem(document: Any) -> str:
    """Documents are checked when they are sent; this one may be older than the check, or no video at all."""
    if extension_of(name=document.filename) not in VideoKind.values:
        return f"« {document.title} » n’est pas une vidéo. {TAKEN}"
    try:
        with document.file.open("rb") as file:
            check_video(file=file, limit=settings.WAGTAILDOCS_MAX_UPLOAD_SIZE)
    except FileNotFoundError:
        return f"Le fichier de « {document.title} » n’est plus sur le serveur : envoyez-le de nouveau."
    except FileRefused as refusal:
        return refusal.message
    return ""


def replay_date_problem(*, published_on: date | None, workshop_starts_on: date | None) -> str | None:
    if published_on and workshop_starts_on and published_on < workshop_starts_on:
        return "le replay ne peut pas être publié avant l’atelier."
    return None


def sequence_time_problems(*, times: Sequence[timedelta | None], duration: timedelta | None) -> dict[int, str]:
    """Say what is wrong with the starts of the sequences in the replay: position (from 0) → message.

    Starts must grow in the order of the sequences and stay within the replay; a missing start is fine.
    """
    problems: dict[int, str] = {}
    latest: timedelta | None = None
    for position, start in enumerate(times):
        if start is None:
            continue
        if start < timedelta(0):
            problems[position] = "le début ne peut pas être négatif."
        elif duration is not None and start >= duration:
            problems[position] = f"le début ({start}) dépasse la durée du replay ({duration})."
        elif latest is not None and start <= latest:
            problems[position] = f"le début ({start}) doit suivre celui de la séquence précédente ({latest})."
        else:
            latest = start
    return problems


class ImportReportPanel(Panel):
    """Shows, above the fields of an imported workshop, what was recognised, guessed and left over. Nothing to type."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "events/recap/report_panel.html"

        def is_shown(self) -> bool:
            return bool(self.instance.import_report)

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context = super().get_context_data(parent_context)
            report = self.instance.import_report
            if self.instance.replay is not None:
                # What was missing was given since.
                left = [text for text in report.get("warnings", []) if text not in REPLAY_WARNINGS]
                report = {**report, "warnings": left}
            return {**context, "report": report, "problems": report.get("problems", [])}


def _videos_taken() -> str:
    return f"La page de la vidéo : {accepted_videos()}. Un début dans l’adresse (« t=754 ») est compris."


def _files_taken() -> str:
    most = readable_size(settings.WAGTAILDOCS_MAX_UPLOAD_SIZE)
    return f"Vidéo MP4 (H.264) ou WebM, {most} au plus : environ deux heures en 720p. Elle est lue dans la page du hub."


# Said when the form is shown: they depend on the settings of the site.
VIDEOS_TAKEN, FILES_TAKEN = lazy(_videos_taken, str)(), lazy(_files_taken, str)()


class PlainLinkPanel(Panel):
    """Warns that a replay kept from before leads to a site whose player is not shown here. Nothing to type."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "events/plain_link_panel.html"

        def is_shown(self) -> bool:
            return bool(self.instance.url and video_problem(url=self.instance.url))

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context = super().get_context_data(parent_context)
            return {**context, "problem": video_problem(url=self.instance.url)}
