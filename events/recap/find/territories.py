import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from events.recap.find.lexicon import Match, TerritoryIndex
from events.recap.parsed import Confidence, Mention, provenance_at
from events.recap.read.text import Block, Token, folded_words, split_sentences, tokens_of
from hub.territories.enums import TerritoryKind

# Between the introducing word and the name, and the article that may belong to the name: « ville du | (Le) Havre ».
_LINKS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("de", "l"), "l"),
    (("de", "la"), "la"),
    (("de", "le"), "les"),
    (("des",), "les"),
    (("du",), "le"),
    (("d",), ""),
    (("de",), ""),
    ((), ""),
)
_ARTICLES = frozenset(folded_words(text="l la le les"))
_OF = frozenset(folded_words(text="du de des d"))
_IN = frozenset(folded_words(text="dans en à"))
_AT = folded_words(text="à")[0]
_JOINERS = frozenset(folded_words(text="et ou"))
# Also a point of the compass, a river or a thing, even with a capital: they must follow « dans » or « en ».
_AMBIGUOUS = frozenset(folded_words(text="Nord Lot Manche Somme Cher Loire Marne Vienne Paris Centre"))
_SCOPE = re.compile(
    r"\b(?:ateliers?|webinaires?)\s+(?:(?:de|la|dihal|en|ligne)\s+){0,3}"
    r"(?P<scale>(?:inter)?r[ée]gion|(?:inter)?d[ée]partement|territori|m[ée]tropolit|loc|(?:inter)?commun)"
    r"(?:al|ale|aux|ales|aine?s?)\b"
    r"|(?P<label>\A\s*territoires?(?:\s+concern[ée]s?)?\s*:)",
    re.IGNORECASE,
)
# « atelier départemental de la Drôme » says as much as « du département de la Drôme ».
_OF_A_NAME = re.compile(r"\s*(?:du\b|des\b|de\b|d[’'])", re.IGNORECASE)
_SCALE_NAMES = {"d": "département", "r": "région"}
_LISTED = re.compile(r"\s*[,;/]\s*|\s+et\s+")
_NEAR = 150  # characters after these words
_MAX_NAME = 10
_MIN_EXPANDED = 3  # « communauté de communes … »


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hit:
    code: str
    first: int
    last: int
    is_sure: bool


def find_territories(*, blocks: tuple[Block, ...], index: TerritoryIndex) -> tuple[Mention, ...]:
    """Find the territories named, each once, a sure mention before a guess.

    Sure: after the word for its kind (département, ville…), after « dans » or « en », or a name of several words.
    Guessed: after an article alone (« la Gironde »), or one of several communes of that name.
    """
    found: dict[str, Mention] = {}
    for block in blocks:
        tokens = tokens_of(text=block.text)
        for hit in _hits(text=block.text, tokens=tokens, index=index):
            known = found.get(hit.code)
            if known is not None and (not hit.is_sure or not known.provenance.is_guess):
                continue
            confidence = Confidence.RECOGNISED if hit.is_sure else Confidence.GUESSED
            start = tokens[hit.first].start
            found[hit.code] = Mention(
                label=block.text[start : tokens[hit.last - 1].end],
                key=hit.code,
                provenance=provenance_at(block=block, offset=start, confidence=confidence),
            )
    return tuple(found.values())


def find_scope(*, blocks: tuple[Block, ...], index: TerritoryIndex) -> tuple[Mention, ...]:
    """Find the territories a workshop says it is for: « atelier régional … de Bretagne », « Territoire : l’Ain ».

    Any other place is named in passing: an example told there, a guest who comes from there.
    """
    found: dict[str, Mention] = {}
    for block in blocks:
        for said in _SCOPE.finditer(block.text):
            near = block.part(start=said.end(), end=said.end() + _NEAR)
            sentence = split_sentences(text=near.text)[:1]
            if not sentence:
                continue
            words = sentence[0].text
            scale = _SCALE_NAMES.get((said["scale"] or "")[:1].lower())
            if scale and _OF_A_NAME.match(words):
                words = f"{scale} {words}"
            if said["label"]:
                words = "; ".join(f"dans {name}" for name in _LISTED.split(words))
            told = replace(near, text=words, links=())
            for mention in find_territories(blocks=(told,), index=index):
                provenance = provenance_at(block=block, offset=said.start())
                if not mention.provenance.is_guess or said["label"]:
                    found.setdefault(mention.key or "", replace(mention, provenance=provenance))
    return tuple(found.values())


def _hits(*, text: str, tokens: Sequence[Token], index: TerritoryIndex) -> Iterator[_Hit]:
    position = 0
    while position < len(tokens):
        if (bare := _bare(text=text, tokens=tokens, first=position, index=index)) is not None:
            yield bare
            position = bare.last
            continue
        cue = index.cues.match_at(tokens=tokens, first=position)
        introduced = list(_introduced(text=text, tokens=tokens, cue=cue, index=index)) if cue else []
        yield from introduced
        position = introduced[-1].last if introduced else position + 1


def _introduced(*, text: str, tokens: Sequence[Token], cue: Match, index: TerritoryIndex) -> Iterator[_Hit]:
    """Read the name after an introducing word, and those joined to it: « les départements de l’Ain et du Rhône »."""
    kinds = tuple(entry.key for entry in cue.entries)
    position = cue.last
    while position < len(tokens):
        if (hit := _named(text=text, tokens=tokens, first=position, kinds=kinds, index=index)) is None:
            return
        yield hit
        position = hit.last
        if position >= len(tokens):
            return
        gap = text[tokens[position - 1].end : tokens[position].start]
        if tokens[position].folded in _JOINERS and not gap.strip():
            position += 1
        elif gap.strip() != ",":
            return


def _named(
    *, text: str, tokens: Sequence[Token], first: int, kinds: tuple[str, ...], index: TerritoryIndex
) -> _Hit | None:
    for link, article in _LINKS:
        start = first + len(link)
        if start >= len(tokens) or tuple(token.folded for token in tokens[first:start]) != link:
            continue
        gap = text[tokens[first - 1].end : tokens[start].start] if first else ""
        if not tokens[start].raw[0].isupper() or any(sign in gap for sign in ".;:!?"):
            continue
        for kind in kinds:
            lexicon = index.introduced[TerritoryKind(kind)]
            if article:
                whole = [Token(article, article, 0, 0), *tokens[start : start + _MAX_NAME]]
                match = lexicon.match_at(tokens=whole, first=0)
                if match is not None and match.last > 1:
                    return _hit(match=match, first=start, last=start + match.last - 1, kinds=kinds, index=index)
            if (match := lexicon.match_at(tokens=tokens, first=start)) is not None:
                return _hit(match=match, first=start, last=match.last, kinds=kinds, index=index)
    return None


def _hit(*, match: Match, first: int, last: int, kinds: tuple[str, ...], index: TerritoryIndex) -> _Hit:
    term, is_sure = index.choose(entries=match.entries, kinds=kinds)
    return _Hit(code=term.code, first=first, last=last, is_sure=is_sure)


def _bare(*, text: str, tokens: Sequence[Token], first: int, index: TerritoryIndex) -> _Hit | None:
    match = index.bare.match_at(tokens=tokens, first=first)
    if match is None:
        return None
    named = first + 1 if tokens[first].folded in _ARTICLES and match.last > first + 1 else first
    term, _ = index.choose(entries=match.entries)
    is_expanded_epci = term.kind == TerritoryKind.EPCI and match.last - first >= _MIN_EXPANDED
    if not tokens[named].raw[0].isupper() and not is_expanded_epci:
        return None
    is_sure = True if match.last - first > 1 else _is_word_a_place(text=text, tokens=tokens, first=first)
    return None if is_sure is None else _Hit(code=term.code, first=first, last=match.last, is_sure=is_sure)


def _is_word_a_place(*, text: str, tokens: Sequence[Token], first: int) -> bool | None:
    """Say whether a single word, the name of a territory, is meant as one here: surely, perhaps (``False``) or not."""
    token = tokens[first]
    if text[token.start - 1 : token.start] == "-" or text[token.end : token.end + 1] == "-":
        return None  # a part of a longer name: « Isle-sur-Marne »
    before = [earlier.folded for earlier in tokens[max(0, first - 2) : first]]
    is_after_article = bool(before) and before[-1] in _ARTICLES
    is_placed = bool(before) and (before[-1] in _IN or (is_after_article and len(before) > 1 and before[0] in _IN))
    if token.folded in _AMBIGUOUS:
        follower = tokens[first + 1].folded if first + 1 < len(tokens) else ""
        return False if is_placed and follower not in _OF and before[-1] != _AT else None
    if is_placed:
        return True
    return False if is_after_article or (before and before[-1] in _OF) else None
