"""Ask every side every question, and hold the figures of the hub against those kept in the repository."""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from typing import TypeAlias

from tests.relevance.metrics import Figures, Outcome, figures, outcome
from tests.relevance.questions import FOLDER, Question
from tests.relevance.sides import Ask

KEPT = FOLDER / "figures.json"
# What the hub may lose on a figure before somebody must say why.
TOLERANCE = 0.02
# What one question may lose to the former rule, that every word must match.
TOLERATED_BEHIND = 0.05
ALL = "tout"

Answers: TypeAlias = dict[str, list[str]]
Table: TypeAlias = dict[str, Figures]


def ask_all(*, side: AbstractContextManager[Ask], questions: Sequence[Question]) -> Answers:
    """Return the slugs found for each question, by its text."""
    with side as ask:
        return {question.text: ask(question.text) for question in questions}


def outcomes(*, questions: Sequence[Question], answers: Answers) -> dict[str, Outcome]:
    """Return what each question got, by its text."""
    return {question.text: outcome(found=answers[question.text], gains=question.gains) for question in questions}


def behind(*, questions: Sequence[Question], answers: Answers, others: Answers) -> dict[str, float]:
    """Return the questions that ``others`` answer better, by more than is tolerated, and by how much nDCG@10."""
    ours, theirs = (outcomes(questions=questions, answers=found) for found in (answers, others))
    lost = {text: theirs[text].ndcg - ours[text].ndcg for text in ours}
    return {text: loss for text, loss in lost.items() if loss > TOLERATED_BEHIND}


def by_kind(*, questions: Sequence[Question], answers: Answers) -> Table:
    """Return the figures of each kind of question, then of all."""
    got = outcomes(questions=questions, answers=answers)
    kinds = dict.fromkeys(question.kind for question in questions)
    table = {kind: figures([got[each.text] for each in questions if each.kind == kind]) for kind in kinds}
    return {**table, ALL: figures(list(got.values()))}


def kept_figures() -> dict[str, dict[str, Figures]]:
    """Return the figures kept in the repository: by list of questions, then by kind."""
    kept = json.loads(KEPT.read_text(encoding="utf-8"))
    return {name: {kind: Figures(**row) for kind, row in table.items()} for name, table in kept.items()}


def keep(*, tables: Mapping[str, Table]) -> None:
    """Write the figures to be kept."""
    rounded = {
        name: {kind: {key: round(value, 4) for key, value in asdict(row).items()} for kind, row in table.items()}
        for name, table in tables.items()
    }
    KEPT.write_text(json.dumps(rounded, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def losses(*, name: str, table: Table) -> list[str]:
    """Return, in one line each, the figures that fell by more than the tolerance under those kept."""
    lost = []
    for kind, kept in kept_figures()[name].items():
        now = table[kind]
        for key, sign in (("ndcg", 1), ("mrr", 1), ("recall", 1), ("success", 1), ("empty", -1)):
            before, after = getattr(kept, key), getattr(now, key)
            if (before - after) * sign > TOLERANCE:
                lost.append(f"{name}, {kind}: {key} {before:.3f} → {after:.3f}")
    return lost


def show(*, title: str, tables: Mapping[str, Table], write: Callable[[str], object] = print) -> None:
    """Print one list of questions: a block for each kind, a line for each side."""
    write(f"\n{title}")
    first = next(iter(tables.values()))
    for kind, row in first.items():
        write(f"\n  {kind} ({row.queries} questions)")
        write(f"    {'':30}{'nDCG@10':>9}{'MRR':>8}{'rappel':>8}{'succès':>8}{'vide':>8}")
        for side, table in tables.items():
            f = table[kind]
            write(f"    {side:30}{f.ndcg:9.3f}{f.mrr:8.3f}{f.recall:8.3f}{f.success:8.3f}{f.empty:8.1%}")
