from datetime import date, timedelta
from typing import Any

from events.chronology import replay_date_problem, sequence_time_problems
from hub.pages.forms import CatalogueEntryForm
from hub.territories.enums import COUNTRY_CODE
from hub.territories.models import Territory


class WorkshopPageForm(CatalogueEntryForm):
    """Editing form of a workshop: number, dates, replay and sequence times agree with each other."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A workshop is for everybody unless it says otherwise.
        if self.instance.pk is None and "territories" in self.fields and not self.initial.get("territories"):
            self.initial["territories"] = list(Territory.objects.by_codes([COUNTRY_CODE]))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self._check_number(cleaned.get("number"))
        starts_on, ends_on = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", "Le dernier jour précède le premier.")
        starts_at, ends_at = cleaned.get("starts_at"), cleaned.get("ends_at")
        if starts_at and ends_at and not (ends_on and starts_on and ends_on > starts_on) and ends_at <= starts_at:
            self.add_error("ends_at", "L’heure de fin doit suivre l’heure de début.")
        duration = self._check_replay(starts_on)
        self._check_sequences(duration)
        return cleaned

    def _check_number(self, number: int | None) -> None:
        """A workshop's number is its name: two pages, drafts included, cannot share it."""
        if number is None:
            return
        model = type(self.instance)
        twin = model.objects.filter(number=number).exclude(pk=self.instance.pk).first()
        if twin is not None:
            self.add_error("number", f"L’atelier n° {number} existe déjà : « {twin.title} ».")

    def _check_replay(self, starts_on: date | None) -> timedelta | None:
        formset = self.formsets.get("replays") if hasattr(self, "formsets") else None
        duration = None
        for form in _kept_forms(formset):
            problem = replay_date_problem(
                published_on=form.cleaned_data.get("published_on"), workshop_starts_on=starts_on
            )
            if problem:
                form.add_error("published_on", problem)
                self.add_error(None, f"Replay : {problem}")
            duration = form.cleaned_data.get("duration") or duration
        return duration

    def _check_sequences(self, duration: timedelta | None) -> None:
        formset = self.formsets.get("sequences") if hasattr(self, "formsets") else None
        forms = sorted(_kept_forms(formset), key=lambda form: form.cleaned_data.get("ORDER") or 0)
        times = [form.cleaned_data.get("replay_start") for form in forms]
        for position, problem in sequence_time_problems(times=times, duration=duration).items():
            forms[position].add_error("replay_start", problem)
            self.add_error(None, f"Séquence {position + 1} : {problem}")


def _kept_forms(formset: Any) -> list[Any]:
    if formset is None:
        return []
    # A formset validates its forms on demand; asking here makes their cleaned values available.
    formset.is_valid()
    return [
        form for form in formset.forms if getattr(form, "cleaned_data", None) and not form.cleaned_data.get("DELETE")
    ]
