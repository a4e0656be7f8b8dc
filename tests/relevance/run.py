"""One run of the measures, on a database of its own."""

import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from django.core.management import call_command
from django.test.utils import setup_test_environment

from tests.relevance import sides
from tests.relevance.measuring import Answers, ask_all, by_kind, keep, losses, outcomes, show
from tests.relevance.questions import Question, judged, known_items
from tests.support.demo_site import load_demo_site

JUDGED, KNOWN = "liste jugée", "fiches connues"


def main() -> None:
    """Fill the database, ask, print."""
    chosen = json.loads(sys.argv[1])
    setup_test_environment(debug=False)
    print("→ démonstration", flush=True)
    call_command("migrate", verbosity=0)
    load_demo_site()
    records = sides.records_by_slug()
    lists = {JUDGED: judged(), KNOWN: known_items(records)}
    everything = [question for questions in lists.values() for question in questions]
    answers: dict[str, Answers] = {}
    for side, opened in _sides(url=chosen["url"], records=records).items():
        print(f"→ {side} : {len(everything)} questions", flush=True)
        answers[side] = ask_all(side=opened, questions=everything)
    tables = {
        name: {side: by_kind(questions=questions, answers=found) for side, found in answers.items()}
        for name, questions in lists.items()
    }
    for name, table in tables.items():
        show(title=name.upper(), tables=table)
    if chosen["worst"]:
        _show_worst(lists=lists, answers=answers[sides.EMBEDDED], count=chosen["worst"])
    if chosen["json"]:
        Path(chosen["json"]).write_text(json.dumps(answers, indent=1, ensure_ascii=False), encoding="utf-8")
    ours = {
        f"{name} : {side}": table[side] for name, table in tables.items() for side in sides.HUB_SIDES if side in table
    }
    if chosen["keep"]:
        keep(tables=ours)
        return
    lost = [line for name, table in ours.items() for line in losses(name=name, table=table)]
    if lost:
        sys.exit("\n".join(["", "Moins bien que les chiffres gardés :", *lost]))


def _sides(*, url: str, records: Mapping[str, object]) -> dict[str, AbstractContextManager[sides.Ask]]:
    opened: dict[str, AbstractContextManager[sides.Ask]] = {sides.EMBEDDED: sides.hub()}
    if url:
        opened[sides.ELASTICSEARCH] = sides.hub(url=url)
        opened[sides.UNTOUCHED] = sides.untouched(url=url, records=records)  # type: ignore[arg-type]
    opened[sides.WAGTAIL] = sides.wagtail()
    return opened


def _show_worst(*, lists: Mapping[str, Sequence[Question]], answers: Answers, count: int) -> None:
    for name, questions in lists.items():
        got = outcomes(questions=questions, answers=answers)
        print(f"\n{name.upper()} : les moins bien servies")
        for text, each in sorted(got.items(), key=lambda pair: pair[1].ndcg)[:count]:
            print(f"  {each.ndcg:.2f}  {text}\n        {', '.join(answers[text][:4]) or 'rien'}")
