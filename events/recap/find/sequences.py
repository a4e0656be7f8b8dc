import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from events.recap.find import WORDS
from events.recap.find.counts import NUMBER_WORDS, ORDINAL_WORDS, ROMAN_NUMBERS
from events.recap.parsed import Confidence, Found, ParsedSequence, provenance_at
from events.recap.read.text import Block, BlockKind, Sentence, fold, split_sentences

_NUMBER = r"\d{1,2}|une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix"
_PART = (
    r"s[ée]quences?|temps(?:\s+forts?)?|parties|tables?[- ]rondes?|volets?|sessions?|moments?|"
    r"th[ée]matiques?|th[èe]mes?|axes?|"
    r"objectifs?|[ée]tapes?|sujets|points|questions|interventions|sous-?parties"
)
_COUNTED = re.compile(
    rf"(?<![\w,.])(?P<number>{_NUMBER})\s+(?:(?:grand|principa|diff[ée]rent|court|beau)\w*\s+)?(?P<part>{_PART})\b",
    re.IGNORECASE,
)
_BUILT = re.compile(
    r"\b(?:construit|articul|organis|structur|d[ée]compos|divis|d[ée]roul|rythm|compos|compren|comport|propos|autour|programme|"
    r"d[ée]coup|ponctu|consacr|permis|s[’']est\s+tenu|[ée]tait|en)\w*",
    re.IGNORECASE,
)
_BUILT_OF = re.compile(
    r"\b(?:construit|articul|structur|divis|d[ée]compos|rythm|d[ée]coup|organis|d[ée]roul|compos)\w*\s+(?:[^\W\d]+\s+){0,2}\Z",
    re.IGNORECASE,
)
_MAX_PARTS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    count: Found[int]
    block: Block
    sentence: Sentence


def find_announcement(*, blocks: tuple[Block, ...]) -> Announcement | None:
    """Find the sentence that announces the parts: one on « séquences », else one that builds on or lists parts."""
    second_best: Announcement | None = None
    for block in blocks:
        for sentence in split_sentences(text=block.text):
            found = _COUNTED.search(sentence.text)
            if found is None or not _BUILT.search(sentence.text):
                continue
            printed = found["number"]
            count = int(printed) if printed.isdigit() else NUMBER_WORDS[fold(printed)]
            if not 1 < count <= _MAX_PARTS and not (count == 1 and "séquence" in found["part"].casefold()):
                continue
            is_sequence = fold(found["part"]).startswith("sequence")
            confidence = Confidence.RECOGNISED if is_sequence else Confidence.GUESSED
            provenance = provenance_at(block=block, offset=sentence.start, confidence=confidence)
            announcement = Announcement(count=Found(count, provenance), block=block, sentence=sentence)
            if is_sequence:
                return announcement
            is_built_of = _BUILT_OF.search(sentence.text[max(0, found.start() - 60) : found.start()]) is not None
            if second_best is None and (is_built_of or ":" in sentence.text[found.end() :]):
                second_best = announcement
    return second_best


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
# What opens another section: a conclusion, documents, contacts.
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
_NOT_INFINITIVE = frozenset(fold(word) for word in WORDS["not_infinitive"])
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
                words = following.text.rstrip(" .")
                title = SequenceTitle(first=position, last=position + 1, title=words, headings=(block, following))
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
        if len(block.text) > _MAX_TITLE or _OTHER_SECTION.match(block.text):
            continue
        level = block.level if block.kind is BlockKind.HEADING else 7
        numbered = _NUMBERED.match(block.text)
        title = (numbered["title"] if numbered else block.text).strip().rstrip(" .:")
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
        if (title := _cut(position=position, block=block, start=found.start("title"))) is not None:
            titles.append(title)
    return titles if len(titles) > 1 else []


def listed_titles(*, blocks: Sequence[Block]) -> list[SequenceTitle]:
    """The items of the first list, when the list follows the announcement."""
    titles: list[SequenceTitle] = []
    for position, block in enumerate(blocks):
        if block.kind is not BlockKind.LIST_ITEM:
            if titles or position > 0:
                break
            continue
        if (title := _cut(position=position, block=block, start=0)) is not None:
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


def short_titles(*, blocks: Sequence[Block], must_be_infinitive: bool) -> list[SequenceTitle]:
    """A short sentence before a longer paragraph; perhaps only with an infinitive first (« Présenter… »)."""
    titles = []
    for position, block in enumerate(blocks[:-1]):
        following = blocks[position + 1]
        if not _MIN_TITLE <= len(block.text) <= _MAX_TITLE or block.text.endswith((":", ",", ";")):
            continue
        if len(split_sentences(text=block.text)) != 1 or len(following.text) <= len(block.text):
            continue
        if _OTHER_SECTION.match(block.text) or (must_be_infinitive and not _starts_with_infinitive(text=block.text)):
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


def _rank(*, printed: str) -> int | None:
    if digits := re.match(r"\d+", printed):
        return int(digits.group())
    return ROMAN_NUMBERS.get(printed) or ORDINAL_WORDS.get(fold(printed)) or NUMBER_WORDS.get(fold(printed))


_CONCLUSION = re.compile(
    r"\W*(?:(?:en\s+(?:guise\s+de\s+)?)?conclusion\b|pour\s+(?:conclure|finir|terminer)\b|en\s+synth[èe]se\b|cl[ôo]ture\b)",
    re.IGNORECASE,
)
_CONTACT = re.compile(r"\W*(?:contacts?|(?:pour\s+)?plus\s+d[’']informations?|renseignements)\s*:", re.IGNORECASE)
_ORDINAL_REFERENCE = re.compile(
    r"\W*(?:(?:au\s+cours|lors)\s+de\s+(?:la|cette)\s+|dans\s+(?:la|cette|une)\s+|durant\s+la\s+|(?:la|une|cette|le|un)\s+)?"
    r"(?:(?P<digits>\d{1,2})\s?(?:er|[èe]re|i?[èe]mes?|nde?|e)|(?P<word>[^\W\d]+))\s+"
    r"(?:s[ée]quence|partie|temps|table[- ]ronde|session|volet)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The body of a recap, cut: each block of the input is in exactly one part."""

    introduction: tuple[Block, ...]
    sequences: tuple[ParsedSequence, ...]
    conclusion: tuple[Block, ...]
    leftovers: tuple[Block, ...]
    warnings: tuple[str, ...]


def cut_body(*, blocks: Sequence[Block], after_aside: frozenset[int], announcement: Announcement | None) -> Body:
    """Cut the body, in order, without the title nor what surrounds the recap, into its parts.

    ``after_aside`` are the indices of the blocks right after a call to the replay, a list of documents or page
    furniture: past the last sequence, they are no longer part of it.
    """
    titles, warnings = _choose_titles(blocks=blocks, announcement=announcement)
    if not titles:
        kept, conclusion, leftovers = _split_tail(blocks=blocks, after_aside=after_aside, level=0)
        return Body(introduction=kept, sequences=(), conclusion=conclusion, leftovers=leftovers, warnings=warnings)
    texts = [
        [*([title.rest] if title.rest else []), *blocks[title.last + 1 : after.first if after else len(blocks)]]
        for title, after in zip(titles, [*titles[1:], None], strict=True)
    ]
    level = titles[-1].headings[-1].level
    kept, conclusion, leftovers = _split_tail(blocks=texts[-1], after_aside=after_aside, level=level)
    texts[-1] = list(kept)
    if len(titles) > 1 and texts[-1] and not any(texts[:-1]):
        texts, unplaced, warning = _shared_out(blocks=texts[-1], count=len(titles))
        leftovers = (*unplaced, *leftovers)
        warnings = (*warnings, warning)
    sequences = tuple(
        ParsedSequence(
            title=title.title,
            headings=title.headings,
            paragraphs=tuple(text),
            provenance=provenance_at(block=title.headings[-1], confidence=title.confidence),
        )
        for title, text in zip(titles, texts, strict=True)
    )
    introduction = tuple(blocks[: titles[0].first])
    return Body(
        introduction=introduction, sequences=sequences, conclusion=conclusion, leftovers=leftovers, warnings=warnings
    )


def _choose_titles(
    *, blocks: Sequence[Block], announcement: Announcement | None
) -> tuple[list[SequenceTitle], tuple[str, ...]]:
    """Choose the finder whose count is the one announced; else the most explicit that finds something, as a guess."""
    count = announcement.count.value if announcement else None
    positions = {block.index: position for position, block in enumerate(blocks)}
    start = positions.get(announcement.block.index, -1) + 1 if announcement else 0
    found = _found_titles(blocks=blocks, start=start, announcement=announcement)
    if count is not None:
        counted = next((titles for titles in found if len(titles) == count), None)
        if counted is None and start:
            from_the_top = _found_titles(blocks=blocks, start=0, announcement=None)
            counted = next((titles for titles in from_the_top if len(titles) == count), None)
        if counted is not None:
            return counted, ()
    explicit, infinitive = found[:3], found[3]
    titles = next((titles for titles in explicit if titles), [])
    if not titles and (count is not None or len(infinitive) > 1):
        titles = [replace(title, confidence=Confidence.GUESSED) for title in infinitive]
    if count is None:
        return titles, () if titles else ("Aucune séquence n’a été reconnue : le texte est dans l’introduction.",)
    announced = f"{count} séquence{'s' if count > 1 else ''} annoncée{'s' if count > 1 else ''}"
    if not titles:
        return [], (f"{announced}, aucune reconnue : le texte est dans l’introduction.",)
    warning = f"{announced}, {len(titles)} reconnue{'s' if len(titles) > 1 else ''} : vérifiez leur découpage."
    return [replace(title, confidence=Confidence.GUESSED) for title in titles], (warning,)


def _found_titles(
    *, blocks: Sequence[Block], start: int, announcement: Announcement | None
) -> list[list[SequenceTitle]]:
    """Titles seen by each finder from a position on: the explicit marks first, then the guesses."""
    body = blocks[start:]
    count = announcement.count.value if announcement else None
    found = [
        marked_titles(blocks=body),
        heading_titles(blocks=body, announced=count),
        numbered_titles(blocks=body),
        short_titles(blocks=body, must_be_infinitive=True),
    ]
    if announcement is not None:
        guesses = (
            listed_titles(blocks=body),
            short_titles(blocks=body, must_be_infinitive=False),
            inline_titles(announcement=announcement),
        )
        found += [[replace(title, confidence=Confidence.GUESSED) for title in titles] for titles in guesses]
    return [
        [replace(title, first=title.first + start, last=title.last + start) for title in titles] for titles in found
    ]


def _split_tail(
    *, blocks: Sequence[Block], after_aside: frozenset[int], level: int
) -> tuple[tuple[Block, ...], tuple[Block, ...], tuple[Block, ...]]:
    """Cut what follows the last sequence: its text, the conclusion, and what is neither."""
    kept: list[Block] = []
    conclusion: list[Block] = []
    leftovers: list[Block] = []
    current = kept
    for position, block in enumerate(blocks):
        is_heading = block.kind is BlockKind.HEADING
        if _CONCLUSION.match(block.text):
            current = conclusion
        elif position > 0 and (
            block.index in after_aside
            or _CONTACT.match(block.text)
            or (is_heading and (_OTHER_SECTION.match(block.text) or 0 < block.level < level))
        ):
            current = leftovers
        current.append(block)
    return tuple(kept), tuple(conclusion), tuple(leftovers)


def _shared_out(*, blocks: Sequence[Block], count: int) -> tuple[list[list[Block]], tuple[Block, ...], str]:
    """Share the text that follows a list of titles between them: « La première séquence… », else one paragraph each."""
    texts: list[list[Block]] = [[] for _ in range(count)]
    ranks = [_rank_referred_to(text=block.text, count=count) for block in blocks]
    if any(ranks):
        unplaced: list[Block] = []
        current = 0
        for block, rank in zip(blocks, ranks, strict=True):
            current = rank or current
            (texts[current - 1] if current else unplaced).append(block)
        return texts, tuple(unplaced), "Le texte suit la liste des séquences : sa répartition est à vérifier."
    if len(blocks) == count:
        return (
            [[block] for block in blocks],
            (),
            "Le texte suit la liste des séquences : un paragraphe a été donné à chacune.",
        )
    return texts, tuple(blocks), "Les séquences sont listées sans leur texte : ce qui les suit reste à classer."


def _rank_referred_to(*, text: str, count: int) -> int | None:
    found = _ORDINAL_REFERENCE.match(text)
    if found is None:
        return None
    word = fold(found["word"] or "")
    if found["digits"]:
        rank: int | None = int(found["digits"])
    else:
        rank = count if word in {"dernier", "derniere"} else ORDINAL_WORDS.get(word)
    return rank if rank and rank <= count else None
