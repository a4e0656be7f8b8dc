"""What must hold between the dates and times of a workshop. Pure: used by the forms and by the import."""

from collections.abc import Sequence
from datetime import date, timedelta


def replay_date_problem(*, published_on: date | None, workshop_starts_on: date | None) -> str | None:
    """Say what is wrong with a replay's publication date, or ``None``."""
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
