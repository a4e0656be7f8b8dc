"""Who organised the workshop, and with whom."""

import re
from dataclasses import dataclass

from events.recap.lexicon import Lexicon
from events.recap.parsed import Confidence, Mention
from events.recap.provenance import provenance_at
from events.recap.text import Block, split_sentences
from events.recap.typography import plain, tokens_of

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosts:
    """The organisers of a workshop and the partners it was organised with."""

    organisers: tuple[Mention, ...]
    partners: tuple[Mention, ...]


def find_hosts(*, blocks: tuple[Block, ...], title: Block, organisations: Lexicon) -> Hosts:
    """Read who organised the workshop in its introduction; « atelier de la Dihal » in the title is taken as a guess."""
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
    return Hosts(
        organisers=tuple(organisers.values()),
        partners=tuple(mention for name, mention in partners.items() if name not in organisers),
    )


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
