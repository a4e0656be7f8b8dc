"""The ways a recap marks where a sequence begins. Each finder returns the titles it sees, in the order of the text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from events.recap.announcement import Announcement
from events.recap.numbers import NUMBER_WORDS, ORDINAL_WORDS, ROMAN_NUMBERS
from events.recap.parsed import Confidence
from events.recap.text import Block, BlockKind, split_sentences
from events.recap.typography import fold

_KIND = r"s[ée]quence|partie|temps|table[- ]ronde|session|volet|th[èe]me|th[ée]matique|axe|intervention|atelier"
_RANK = r"\d{1,2}|[IVX]{1,4}|une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix"
_ORDINAL = (
    r"1\s?(?:er|[èe]re)|\d{1,2}\s?(?:i?[èe]mes?|nde?|e)|premi(?:er|[èe]re)|deuxi[èe]me|seconde?|troisi[èe]me|"
    r"quatri[èe]me|cinqui[èe]me|sixi[èe]me|septi[èe]me|huiti[èe]me"
)
_MARKED = re.compile(
    rf"\W{{0,3}}(?:(?:{_KIND})\s*(?:n\s?[°ºo]\s?)?(?P<rank>{_RANK})(?!\w)|(?P<ordinal>{_ORDINAL})\s+(?:{_KIND})(?!\w))"
    r"\s*(?:(?P<mark>[:.–—|/)-]+)\s*|\Z)(?P<title>.*)",
    re.IGNORECASE | re.DOTALL,
)
_NUMBERED = re.compile(r"(?P<rank>\d{1,2}|[IVX]{1,4})\s?(?:[.)/°]+\s?-?|[-–—])\s+(?P<title>\S.*)", re.DOTALL)
_OTHER_SECTION = re.compile(
    r"\W*(?:(?:en\s+)?conclusion|introduction|ouverture|contexte|replay|vid[ée]os?|documents?|ressources|contacts?|programme|intervenants?|"
    r"pour\s+aller\s+plus\s+loin|en\s+savoir\s+plus|[àa]\s+t[ée]l[ée]charger|[àa]\s+lire(?:\s+aussi)?|voir\s+aussi|sur\s+le\s+m[êe]me\s+sujet|"
    r"liens?\s+utiles?|partager\s+(?:la|cette)\s+page|actualit[ée]s|prochains?\s+ateliers?|chiffres?[- ]cl[ée]s?|"
    r"acc[ée]de[rz]\s+au\s+replay|le\s+replay|retrouvez|"
    r"(?:les\s+(?:\w+\s+)?)?s[ée]quences|(?:le\s+)?d[ée]roul[ée]|participants?|compte[- ]rendu|synth[èe]se|"
    r"dans\s+la\s+m[êe]me\s+rubrique|"
    r"bilan\s+de\s+l[’']atelier|publi[ée])\b",
    re.IGNORECASE,
)
_NOT_INFINITIVE = frozenset(
    fold(word)
    for word in (
        "premier dernier première dernière notre votre autre autres quatre entre contre outre cadre titre "
        "centre maire territoire histoire "
        "mémoire ministre lettre offre membre nombre novembre décembre octobre septembre février janvier "
        "atelier chantier quartier "
        "métier foyer loyer hier avenir partenaire bénéficiaire salaire horaire commentaire sommaire "
        "annuaire glossaire culture "
        "structure ouverture mesure procédure lecture manière matière carrière lumière chambre ordre livre "
        "cahier papier dossier "
        "courrier calendrier millier pilier plaisir désir loisir espoir hiver cher fier danger leader "
        "cluster guère misère frère mère "
        "père affaire rencontre fenêtre moindre propre encore alors pair militaire sanitaire solidaire "
        "propriétaire locataire "
        "intermédiaire interministère ministère préfecture agriculture nature signature couverture "
        "architecture figure rupture"
    ).split()
)
_MIN_INFINITIVE = 4
_INFINITIVE_ENDINGS = ("er", "ir", "re")
_MAX_TITLE = 250
_MIN_TITLE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceTitle:
    """A title, cleared of its number, and the words it was read in.

    It takes the blocks from ``first`` to ``last``, the latter included; ``rest`` is the text that follows in the same
    block. « Séquence 1 » and its title may be two blocks.
    """

    first: int
    last: int
    title: str
    headings: tuple[Block, ...]
    rest: Block | None = None
    confidence: Confidence = Confidence.RECOGNISED


def is_section_other_than_sequence(*, text: str) -> bool:
    """Say whether a heading opens another section, such as a conclusion, documents or contacts."""
    return _OTHER_SECTION.match(text) is not None


def marked_titles(*, blocks: Sequence[Block]) -> list[SequenceTitle]:
    """« Séquence 1 : … », « 2ème séquence – … », the title sometimes in the block that follows."""
    titles: list[SequenceTitle] = []
    for position, block in enumerate(blocks):
        found = _MARKED.match(block.text)
        if found is None or not (found["mark"] or not found["title"]):
            continue
        if _rank(printed=found["rank"] or found["ordinal"]) != len(titles) + 1:
            continue
        title = _cut(position=position, block=block, start=found.start("title"))
        if title is None and not found["title"] and position + 1 < len(blocks):
            following = blocks[position + 1]
            if len(following.text) <= _MAX_TITLE:
                title = SequenceTitle(
                    first=position,
                    last=position + 1,
                    title=following.text.rstrip(" ."),
                    headings=(block, following),
                )
        if title is not None:
            titles.append(title)
    return titles


def heading_titles(*, blocks: Sequence[Block], announced: int | None) -> list[SequenceTitle]:
    """Headings of one level, or paragraphs all in bold: the level whose count is announced, else the highest."""
    by_level: dict[int, list[SequenceTitle]] = {}
    for position, block in enumerate(blocks):
        is_bold_title = block.is_strong and block.kind in {BlockKind.PARAGRAPH, BlockKind.LIST_ITEM}
        if not (block.kind is BlockKind.HEADING or is_bold_title):
            continue
        if len(block.text) > _MAX_TITLE or is_section_other_than_sequence(text=block.text):
            continue
        level = block.level if block.kind is BlockKind.HEADING else 7
        title = _unnumbered(text=block.text)
        by_level.setdefault(level, []).append(
            SequenceTitle(first=position, last=position, title=title, headings=(block,))
        )
    for titles in by_level.values():
        if len(titles) == announced:
            return titles
    followed = [titles for _, titles in sorted(by_level.items()) if _have_text(titles=titles, blocks=blocks)]
    return next((titles for titles in followed if len(titles) > 1), followed[0] if followed else [])


def numbered_titles(*, blocks: Sequence[Block]) -> list[SequenceTitle]:
    """« 1. … », « II) … », numbered from one on."""
    titles: list[SequenceTitle] = []
    for position, block in enumerate(blocks):
        found = _NUMBERED.match(block.text)
        if found is None or _rank(printed=found["rank"]) != len(titles) + 1:
            continue
        title = _cut(position=position, block=block, start=found.start("title"))
        if title is not None:
            titles.append(title)
    return titles if len(titles) > 1 else []


def infinitive_titles(*, blocks: Sequence[Block]) -> list[SequenceTitle]:
    """A short sentence that starts with an infinitive (« Présenter le bilan… »), before a longer paragraph."""
    return _short_titles(blocks=blocks, must_be_infinitive=True)


def short_titles(*, blocks: Sequence[Block]) -> list[SequenceTitle]:
    """A short sentence, before a longer paragraph."""
    return _short_titles(blocks=blocks, must_be_infinitive=False)


def listed_titles(*, blocks: Sequence[Block]) -> list[SequenceTitle]:
    """The items of the first list, when the list follows the announcement."""
    titles: list[SequenceTitle] = []
    for position, block in enumerate(blocks):
        if block.kind is not BlockKind.LIST_ITEM:
            if titles or position > 0:
                break
            continue
        title = _cut(position=position, block=block, start=0)
        if title is not None:
            titles.append(title)
    return titles


def inline_titles(*, announcement: Announcement) -> list[SequenceTitle]:
    """« trois séquences : présenter … ; partager … ; échanger … », all in the sentence before the blocks."""
    sentence = announcement.sentence.text
    colon = sentence.find(":")
    if colon < 0:
        return []
    listed = sentence[colon + 1 :]
    parts = re.split(r"\s*;\s*(?:et\s+|puis\s+|enfin\s+)?", listed)
    if len(parts) == 1:
        parts = re.split(r"\s*(?:\A|,|\bet\b)\s*(?:\d\s?[.)°]|[a-e]\))\s*", listed)[1:]
    titles = [part.strip(" .,;") for part in parts]
    if len(titles) != announcement.count.value or not all(_MIN_TITLE <= len(title) <= _MAX_TITLE for title in titles):
        return []
    return [
        SequenceTitle(
            first=0,
            last=-1,
            title=title[0].upper() + title[1:],
            headings=(announcement.block,),
            confidence=Confidence.GUESSED,
        )
        for title in titles
    ]


def _short_titles(*, blocks: Sequence[Block], must_be_infinitive: bool) -> list[SequenceTitle]:
    titles = []
    for position, block in enumerate(blocks[:-1]):
        following = blocks[position + 1]
        if not _MIN_TITLE <= len(block.text) <= _MAX_TITLE or block.text.endswith((":", ",", ";")):
            continue
        if len(split_sentences(text=block.text)) != 1 or len(following.text) <= len(block.text):
            continue
        if is_section_other_than_sequence(text=block.text) or (
            must_be_infinitive and not _starts_with_infinitive(text=block.text)
        ):
            continue
        title = block.text.rstrip(" .")
        titles.append(SequenceTitle(first=position, last=position, title=title, headings=(block,)))
    return titles


def _starts_with_infinitive(*, text: str) -> bool:
    words = re.findall(r"[^\W\d_]+", text[:60])
    if words and fold(words[0]) in {"se", "s", "mieux"}:
        words = words[1:]
    if not words or not text.lstrip(" «“")[0].isupper():
        return False
    first = words[0]
    return (
        first.casefold().endswith(_INFINITIVE_ENDINGS)
        and len(first) >= _MIN_INFINITIVE
        and fold(first) not in _NOT_INFINITIVE
    )


def _have_text(*, titles: list[SequenceTitle], blocks: Sequence[Block]) -> bool:
    """Say whether text follows at least one of the titles: headings one after the other are a menu."""
    positions = {title.last for title in titles}
    return any(
        position + 1 < len(blocks)
        and position + 1 not in positions
        and blocks[position + 1].kind is not BlockKind.HEADING
        for position in positions
    )


def _cut(*, position: int, block: Block, start: int) -> SequenceTitle | None:
    """Cut the title from the text that follows it in the same block."""
    sentences = split_sentences(text=block.text[start:])
    if not sentences:
        return None
    is_all_title = len(block.text) - start <= _MAX_TITLE and len(sentences) == 1
    end = len(block.text) if is_all_title else start + sentences[0].end
    title = block.text[start:end].strip().rstrip(" .:")
    if not title or len(title) > _MAX_TITLE:
        return None
    rest = block.part(start=end) if block.text[end:].strip() else None
    return SequenceTitle(
        first=position, last=position, title=title, headings=(block.part(start=0, end=end),), rest=rest
    )


def _unnumbered(*, text: str) -> str:
    numbered = _NUMBERED.match(text)
    return (numbered["title"] if numbered else text).strip().rstrip(" .:")


def _rank(*, printed: str) -> int | None:
    if printed.isdigit():
        return int(printed)
    digits = re.match(r"\d+", printed)
    if digits:
        return int(digits.group())
    return ROMAN_NUMBERS.get(printed) or ORDINAL_WORDS.get(fold(printed)) or NUMBER_WORDS.get(fold(printed))
