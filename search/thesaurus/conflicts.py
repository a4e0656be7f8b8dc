"""Words of the thesaurus that something else of the search already explains."""

from collections.abc import Iterable

from hub.vocabulary.models import Scheme
from search import analysis


def acronym_conflicts(*, texts: Iterable[str]) -> list[str]:
    """Return, in French, which of these words are the acronym of a scheme: its own other names are the place."""
    typed = {analysis.plain_term(text): text for text in texts if " " not in text}
    return [
        f"« {typed[term]} » est déjà le sigle du dispositif « {expansion} » : complétez plutôt ses autres appellations."
        for acronym, expansion in Scheme.objects.exclude(acronym="").values_list("acronym", "expansion")
        if (term := analysis.plain_term(acronym)) in typed
    ]
