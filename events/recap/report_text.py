"""The report of an import as lines for a terminal."""

from collections.abc import Iterable, Iterator
from typing import Any

_SHORT = 160


def report_lines(*, report: dict[str, Any], problems: Iterable[str] = (), is_detailed: bool = False) -> Iterator[str]:
    """Yield the lines of a report: what was recognised in one line (or one each), then all that is to be checked."""
    recognised = report["recognised"]
    yield f"Reconnu : {len(recognised)} élément(s), {report['sentences']} phrase(s) lues."
    if is_detailed:
        yield from (f"  {item['label']} : {_short(item['value'])}" for item in recognised)
    yield from (f"À vérifier – {item['label']} (supposé) : {_short(item['value'])}" for item in report["guessed"])
    yield from (f"Inconnu du vocabulaire : {_short(name)}" for name in report["unknown"])
    yield from (f"Document à téléverser : {document['label']} – {document['url']}" for document in report["documents"])
    yield from (f"Attention : {warning}" for warning in (*report["warnings"], *problems))
    yield from (f"À classer : {_short(text)}" for text in report["leftovers"])
    if is_detailed:
        yield from (f"  Hors texte ({aside['role']}) : {_short(aside['text'])}" for aside in report["asides"])
    yield from (f"PERDU, signalez-le : {text}" for text in report["missing"])


def _short(text: str) -> str:
    return text if len(text) <= _SHORT else f"{text[:_SHORT].rstrip()}…"
