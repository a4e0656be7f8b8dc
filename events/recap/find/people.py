import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from events.recap.find.lexicon import Lexicon, Match
from events.recap.parsed import Confidence, Mention, StructureMention, provenance_at
from events.recap.read.text import Block, BlockKind, Token, folded_words, plain, split_sentences, tokens_of

_ORGANISED = re.compile(r"\b(?:co-?)?(?:organis|anim|propos|port)[ée]e?s?\s+(?:conjointement\s+)?par\s+", re.IGNORECASE)
_INITIATIVE = re.compile(r"\b[àa]\s+l[’']initiative\s+d(?:e\s+la\s+|e\s+l[’']|u\s+|es\s+|e\s+|[’'])", re.IGNORECASE)
_JOINTLY = re.compile(
    r"\b(?P<first>la\s+dihal\s+et\s+.{3,200}?)\s+(?:ont\s+(?:co-?)?organis[ée]|organisaient|organisent)\b",
    re.IGNORECASE,
)
_WITH = re.compile(
    r"\ben\s+(?:[ée]troit[e]?\s+)?(?:lien|partenariat|collaboration|coop[ée]ration|association)\s+(?:[ée]troite?\s+)?avec\s+|"
    r"\bavec\s+(?:le\s+(?:soutien|concours|appui)|la\s+(?:participation|collaboration))\s+d(?:e\s+|u\s+|es\s+|[’'])|"
    r"\baux\s+c[ôo]t[ée]s\s+d(?:e\s+|u\s+|es\s+|[’'])",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(
    r"[.;:!?]|,?\s+(?:a|ont|avait|aura|est|était|[ée]taient|ils?|elles?|s[’']est|s[’']inscrit|se|qui|dont|afin|pour\s+(?:les\s|\w+(?:er|ir|re)\b)|lors|dans|sur|hier|"
    r"(?:les?|du|ce|au)\s+(?:\d{1,2}(?:er)?|premier|(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)s?)|"
    r"(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)|au\s+mois|"
    r"en\s+(?:janvier|f[ée]vrier|mars|avril|mai|juin|juillet|ao[ûu]t|septembre|octobre|novembre|d[ée]cembre)|depuis|en\s+(?:[ée]troite?\s+)?(?:lien|partenariat|collaboration|coop[ée]ration|association|pr[ée]sence)|"
    r"en\s+\d{1,4}|avec|aux\s+c[ôo]t[ée]s|r[ée]uni\w*|rassembl\w*|ce\s+\w+|cet\s+\w+)\b",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(
    r"\s*,\s*(?:et\s+|ainsi\s+que\s+)?|\s+(?:et|ainsi\s+que)\s+(?=(?:l[ae]s?\s|l[’']|d(?:u|es|e\s+la|e\s+l[’'])\s?|[^\W\d_a-zà-öø-ÿ]))",
)
_ARTICLE = re.compile(r"(?:l[ae]s?\s+|l[’']|de\s+la\s+|de\s+l[’']|du\s+|des\s+|d[’']|de\s+)", re.IGNORECASE)
_BRACKETS = re.compile(r"\s?\([^()]{0,200}\)")
_EVENT = re.compile(
    r"atelier|webinaire|rencontre|journ[ée]e|[ée]v[ée]nement|s[ée]minaire|dihal|conf[ée]rence", re.IGNORECASE
)
_MAX_NAME = 100
_MAX_SENTENCE = 3_000


def find_hosts(
    *, blocks: tuple[Block, ...], title: Block, organisations: Lexicon
) -> tuple[tuple[Mention, ...], tuple[Mention, ...]]:
    """Read from its introduction who organised the workshop and with whom; « Atelier de la Dihal » is a guess."""
    organisers: dict[str, Mention] = {}
    partners: dict[str, Mention] = {}
    for block in blocks:
        for sentence in split_sentences(text=block.text):
            if len(sentence.text) > _MAX_SENTENCE or not _EVENT.search(sentence.text):
                continue
            spoken = _BRACKETS.sub("", sentence.text)
            organised = _ORGANISED.search(spoken) or _INITIATIVE.search(spoken)
            jointly = _JOINTLY.search(spoken)
            known = _known_spans(text=spoken, organisations=organisations)
            clauses = [(organisers, _clause(text=spoken, start=organised.end(), known=known))] if organised else []
            clauses += [(organisers, jointly["first"])] if jointly else []
            if organised or jointly or _EVENT.search(spoken[:60]):
                clauses += [
                    (partners, _clause(text=spoken, start=cue.end(), known=known)) for cue in _WITH.finditer(spoken)
                ]
            for found, clause in clauses:
                for mention in _names(clause=clause, block=block, offset=sentence.start, organisations=organisations):
                    found.setdefault(mention.key or mention.label.casefold(), mention)
    if not organisers and re.search(r"\bdihal\b", title.text, re.IGNORECASE):
        for mention in _names(clause="Dihal", block=title, offset=0, organisations=organisations, is_guess=True):
            organisers[mention.key or mention.label] = mention
    return tuple(organisers.values()), tuple(partners[name] for name in partners if name not in organisers)


def _known_spans(*, text: str, organisations: Lexicon) -> dict[tuple[int, int], str]:
    """Return where a text names organisations of the vocabulary, and their keys."""
    tokens = tokens_of(text=text)
    return {
        (tokens[match.first].start, tokens[match.last - 1].end): match.entries[0].key
        for match in organisations.find(tokens=tokens)
    }


def _clause(*, text: str, start: int, known: dict[tuple[int, int], str]) -> str:
    """Return the words that name the hosts, up to the verb; a known name is never cut, whatever words it holds."""
    for end in _CLAUSE_END.finditer(text, start):
        if not any(first < end.start() < last for first, last in known):
            return text[start : end.start()]
    return text[start:]


def _names(*, clause: str, block: Block, offset: int, organisations: Lexicon, is_guess: bool = False) -> list[Mention]:
    """Cut « la Dihal, l’USH et la Fédération … » into names, never inside a name the vocabulary knows."""
    known = _known_spans(text=clause, organisations=organisations)
    cuts = [0]
    for separator in _SEPARATOR.finditer(clause):
        if not any(start < separator.start() < end for start, end in known):
            cuts += [separator.start(), separator.end()]
    cuts.append(len(clause))
    mentions = []
    for start, end in zip(cuts[::2], cuts[1::2], strict=True):
        label = plain(text=clause[start:end]).strip(" ,–-")
        while (article := _ARTICLE.match(label)) is not None:
            label = label[article.end() :]
        if not label or len(label) > _MAX_NAME:
            continue
        key = next((key for (first, last), key in known.items() if start <= first and last <= end), None)
        is_sure = key is not None or any(character.isupper() for character in label)
        confidence = Confidence.RECOGNISED if is_sure and not is_guess else Confidence.GUESSED
        mentions.append(
            Mention(label=label, key=key, provenance=provenance_at(block=block, offset=offset, confidence=confidence))
        )
    return mentions


_AXES_LISTED = re.compile(r"\baxes?\b[^.(:]{0,60}[(:](?P<items>[^().]{4,300})", re.IGNORECASE)
_MIN_AXIS_MENTIONS = 3
_COMPARATIVES = frozenset(folded_words(text="plus moins"))


def find_mentions(
    *,
    blocks: tuple[Block, ...],
    lexicon: Lexicon,
    shadows: Sequence[Lexicon] = (),
    attendees: Sequence[StructureMention] = (),
) -> tuple[Mention, ...]:
    """Find the entries of a vocabulary named in the text, each once, in the order of their first sure mention.

    A word inside a longer name of another vocabulary (``shadows``) is a part of that name: « famille » in « pension de
    famille » is no public. A name in the list of the structures that attended (``attendees``) says who came.
    """
    came = {(attendee.provenance.block, attendee.provenance.sentence, attendee.label) for attendee in attendees}
    found: dict[str, Mention] = {}
    for block, tokens, match in _matches(blocks=blocks, lexicon=lexicon, shadows=shadows):
        start, end = tokens[match.first].start, tokens[match.last - 1].end
        if tokens[match.first - 1].folded in _COMPARATIVES and match.first and match.last - match.first == 1:
            continue  # « les plus jeunes » of some group are no public
        if came and (block.index, provenance_at(block=block, offset=start).sentence, block.text[start:end]) in came:
            continue
        for entry in match.entries:
            known = found.get(entry.key)
            if known is not None and (entry.is_hint or not known.provenance.is_guess):
                continue
            found[entry.key] = _mention(key=entry.key, block=block, tokens=tokens, match=match, is_guess=entry.is_hint)
    return tuple(found.values())


def find_axes(
    *, blocks: tuple[Block, ...], titles: tuple[str, ...], lexicon: Lexicon, shadows: Sequence[Lexicon] = ()
) -> tuple[Mention, ...]:
    """Find the axes of a recap.

    Their names are everyday words: those listed after « axes » are sure; else an axis is guessed when a title (the
    subject, a sequence) names it, or when the text names it three times; then the looser words of the vocabulary do not
    count.
    """
    lists = {block.index: list(_AXES_LISTED.finditer(block.text)) for block in blocks}
    listed = {key for found in lists.values() for each in found for key in _keys(text=each["items"], lexicon=lexicon)}
    titled = {key for title in titles for key in _keys(text=title, lexicon=lexicon, shadows=shadows, hints=False)}
    counts: dict[str, int] = {}
    first: dict[str, Mention] = {}
    for block, tokens, match in _matches(blocks=blocks, lexicon=lexicon, shadows=shadows):
        for entry in match.entries:
            counts[entry.key] = counts.get(entry.key, 0) + (not entry.is_hint)
            is_here = entry.key in listed and _is_inside(lists=lists[block.index], offset=tokens[match.first].start)
            if entry.key not in first or (is_here and first[entry.key].provenance.is_guess):
                first[entry.key] = _mention(
                    key=entry.key, block=block, tokens=tokens, match=match, is_guess=not is_here
                )
    return tuple(
        mention
        for key, mention in first.items()
        if key in listed or (not listed and (key in titled or counts[key] >= _MIN_AXIS_MENTIONS))
    )


def _matches(
    *, blocks: tuple[Block, ...], lexicon: Lexicon, shadows: Sequence[Lexicon]
) -> Iterator[tuple[Block, Sequence[Token], Match]]:
    for block in blocks:
        if block.kind is not BlockKind.EMBED:
            tokens = tokens_of(text=block.text)
            for match in _unshadowed(tokens=tokens, lexicon=lexicon, shadows=shadows):
                yield block, tokens, match


def _unshadowed(*, tokens: Sequence[Token], lexicon: Lexicon, shadows: Sequence[Lexicon]) -> Iterator[Match]:
    """Yield the names found, but for single words inside a longer name of another vocabulary."""
    matches = list(lexicon.find(tokens=tokens))
    if not any(match.last - match.first == 1 for match in matches):
        yield from matches
        return
    covered = {
        position
        for shadow in shadows
        for name in shadow.find(tokens=tokens)
        if name.last - name.first > 1
        for position in range(name.first, name.last)
    }
    yield from (match for match in matches if match.last - match.first > 1 or match.first not in covered)


def _keys(*, text: str, lexicon: Lexicon, shadows: Sequence[Lexicon] = (), hints: bool = True) -> set[str]:
    matches = _unshadowed(tokens=tokens_of(text=text), lexicon=lexicon, shadows=shadows)
    return {entry.key for match in matches for entry in match.entries if hints or not entry.is_hint}


def _is_inside(*, lists: list[re.Match[str]], offset: int) -> bool:
    """Say whether an offset is inside one of the lists, which are in order."""
    position = bisect_right(lists, offset, key=lambda found: found.start("items"))
    return position > 0 and offset < lists[position - 1].end()


def _mention(*, key: str, block: Block, tokens: Sequence[Token], match: Match, is_guess: bool) -> Mention:
    start = tokens[match.first].start
    return Mention(
        label=block.text[start : tokens[match.last - 1].end],
        key=key,
        provenance=provenance_at(
            block=block, offset=start, confidence=Confidence.GUESSED if is_guess else Confidence.RECOGNISED
        ),
    )
