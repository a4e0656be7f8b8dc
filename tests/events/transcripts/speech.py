"""Hour-long transcripts made from the sheets of the demonstration: what a workshop that presents them may sound like.

A sequence is written as its editor writes it (a title, a summary); what is said comes from the other parts of the
sheet, among what any meeting says. The true starts are known.
"""

import random
from dataclasses import dataclass

from events.chapters import Part
from events.demo.sources import initiative_sources
from events.transcripts import Cue

SAID_ANYWHERE = (
    "Merci pour cette question, elle revient souvent.",
    "On a essayé, ça n’a pas marché du premier coup.",
    "Je vois beaucoup de messages dans la conversation, on y reviendra.",
    "Les partenaires se réunissent tous les mois, et le logement est toujours à l’ordre du jour.",
    "Il faut du temps, il faut des moyens, et il faut que les ménages nous fassent confiance.",
    "Voilà, je crois que c’est important de le dire.",
    "Est-ce que vous m’entendez bien ?",
    "L’accompagnement social, c’est d’abord une rencontre.",
    "Nous avons commencé petit, avec deux personnes et un téléphone.",
)
INTRODUCTIONS = (
    "Merci beaucoup. Je laisse maintenant la parole à {name}.",
    "Nous passons à la suite, et nous accueillons {name}.",
    "Sans transition, {name}, à vous.",
)
FIRST_WORDS = ("Bonjour à tous. Je vais vous parler de ceci : {title}.", "Merci. {title}, voilà notre sujet.")
NAMES = ("Claire Aubin", "Karim Belhadj", "Sophie Lannoy", "Marc Tessier", "Fatou Diarra", "Yann Le Goff", "Inès Vidal")
SECONDS_A_WORD = 0.4


@dataclass(frozen=True)
class Meeting:
    cues: list[Cue]
    parts: list[Part]
    starts: list[float]


def meeting(*, seed: int, minutes: int = 60, sequences: int = 5, named_turns: bool, introduced: bool) -> Meeting:
    """``named_turns``: the platform names who speaks. ``introduced``: the host says who comes next."""
    draw = random.Random(seed)  # noqa: S311 — the same meeting each time
    sheets = draw.sample([sheet for sheet in initiative_sources() if sentences_of(sheet)], sequences)
    names = draw.sample(NAMES, sequences)
    cues: list[Cue] = []
    at = 0.0

    def say(sentence: str, speaker: str) -> None:
        nonlocal at
        words = sentence.split()
        for begun in range(0, len(words), 12):
            part = words[begun : begun + 12]
            end = at + len(part) * SECONDS_A_WORD
            cues.append(Cue(round(at, 2), round(end, 2), " ".join(part), speaker if named_turns else ""))
            at = end
        at += draw.choice((0.2, 0.5, 1.5))

    say("Bonjour à toutes et à tous, bienvenue à cet atelier. Voici le programme.", "Anne Hôte")
    for sheet in sheets:
        say(f"Nous entendrons parler de {sheet['title'].lower()}.", "Anne Hôte")
    for _ in range(15):
        say(draw.choice(SAID_ANYWHERE), "Anne Hôte")
    starts = []
    length = minutes * 60 / sequences
    for position, (sheet, name) in enumerate(zip(sheets, names, strict=True)):
        starts.append(at)
        if introduced:
            say(draw.choice(INTRODUCTIONS).format(name=name), "Anne Hôte")
        say(draw.choice(FIRST_WORDS).format(title=sheet["title"]), name)
        own = sentences_of(sheet)
        while at < (position + 1) * length:
            say(draw.choice(own) if draw.random() < 0.5 else draw.choice(SAID_ANYWHERE), name)
    parts = [
        Part(title=sheet["title"], text=sheet["summary"], speakers=[f"{name}, cheffe de projet"])
        for sheet, name in zip(sheets, names, strict=True)
    ]
    return Meeting(cues, parts, starts)


def sentences_of(sheet: dict) -> list[str]:
    """What the sheet says elsewhere than in its title and summary."""
    texts = [value for key, value in sheet.items() if isinstance(value, str) and len(value) > 150 and key != "summary"]
    return [line.strip(" -#*") for text in texts for line in text.replace(". ", ".\n").split("\n") if len(line) > 30]
