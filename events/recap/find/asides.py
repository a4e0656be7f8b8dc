import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import unquote

from events.recap.find import WORDS
from events.recap.find.dates import DateMention, find_dates
from events.recap.parsed import (
    Aside,
    AsideRole,
    Confidence,
    DocumentLink,
    Found,
    GovernmentNotice,
    Replay,
    provenance_at,
)
from events.recap.read.markup import urlsplit_or_none
from events.recap.read.text import Block, BlockKind, Link, folded_words, plain, split_sentences, tokens_of
from hub.pages.videos import video_from_url

_REPLAY_WORDS = re.compile(
    r"\b(?:replays?|rediffusion|revoir|revivre|r[ée]-?[ée]couter|enregistrement|captation|vid[ée]os?)\b|\bvoir\s+l[’']atelier\b",
    re.IGNORECASE,
)
_REPLAY_PATH = re.compile(r"replay|rediffusion|/videos?/|\.(?:mp4|webm|m3u8)\Z", re.IGNORECASE)
_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|ppsx|od[tsp]|zip|csv|rtf)\Z", re.IGNORECASE)
_DOWNLOAD = re.compile(r"/(?:download|telecharger|telechargement|sites/default/files|documents?)/", re.IGNORECASE)
_LABEL_LENGTH = 200


def find_replay(*, blocks: tuple[Block, ...], asides: tuple[Aside, ...]) -> Replay | None:
    """Find the link to the replay.

    Sure: a link whose words, or whose block, say « replay »; or the only video of a known platform. Guessed: the first
    of several videos. When the text only announces a replay (« Accéder au replay »), it is returned without an address.
    """
    said: list[tuple[Block, Link]] = []
    videos: list[tuple[Block, Link]] = []
    for block in blocks:
        is_about_replay = bool(block.links) and _REPLAY_WORDS.search(block.text) is not None
        for link in block.links:
            is_video = video_from_url(url=link.href) is not None
            if not link.href.startswith(("http://", "https://")) and not _REPLAY_PATH.search(link.href):
                continue
            if _REPLAY_WORDS.search(link.text) or (is_video and is_about_replay):
                said.append((block, link))
            elif is_video or (block.kind is BlockKind.EMBED and _REPLAY_PATH.search(link.href)):
                videos.append((block, link))
    if said:
        known = min(said, key=lambda pair: video_from_url(url=pair[1].href) is None)
        return _replay(*known, confidence=Confidence.RECOGNISED)
    if videos:
        urls = {link.href for _, link in videos}
        return _replay(*videos[0], confidence=Confidence.RECOGNISED if len(urls) == 1 else Confidence.GUESSED)
    announced = next((aside.block for aside in asides if aside.role is AsideRole.REPLAY and aside.block.text), None)
    if announced is None:
        return None
    return Replay(url="", provider="", video_id="", provenance=provenance_at(block=announced))


def _replay(block: Block, link: Link, *, confidence: Confidence) -> Replay:
    video = video_from_url(url=link.href)
    return Replay(
        url=link.href,
        provider=video.provider.value if video else "",
        video_id=video.identifier if video else "",
        provenance=provenance_at(block=block, offset=link.start, confidence=confidence),
    )


def is_document(*, url: str) -> bool:
    path = _path(url=url)
    return _FILE.search(path) is not None or (
        _DOWNLOAD.search(path) is not None and not re.search(r"\.(?:html?|jpe?g|png|gif|webp)\Z", path)
    )


def find_documents(*, blocks: tuple[Block, ...]) -> tuple[DocumentLink, ...]:
    """Find the files the page offers, each once, called by the words of their link or else by their file name."""
    found: dict[str, DocumentLink] = {}
    for block in blocks:
        for link in block.links:
            if link.href in found or not is_document(url=link.href):
                continue
            name = unquote(_path(url=link.href).rsplit("/", 1)[-1])
            label = plain(text=link.text) if link.text and not link.text.startswith(("http", "www.")) else name
            provenance = provenance_at(block=block, offset=link.start)
            found[link.href] = DocumentLink(label=label[:_LABEL_LENGTH] or name, url=link.href, provenance=provenance)
    return tuple(found.values())


def _path(*, url: str) -> str:
    parts = urlsplit_or_none(address=url)
    return parts.path if parts else ""


_PUBLISHED = r"(?:publi[ée]e?|mise?\s+en\s+ligne|(?:date\s+de\s+)?publication)"
_MODIFIED = (
    r"(?:modifi[ée]e?|mise?\s+[àa]\s+jour|actualis[ée]e?|derni[èe]re\s+(?:mise\s+[àa]\s+jour|modification)|"
    r"(?:date\s+de\s+)?(?:modification|mise\s+[àa]\s+jour))"
)
_LABEL = re.compile(
    rf"\b(?:(?P<published>{_PUBLISHED})|(?P<modified>{_MODIFIED}))\s*:?\s*(?:le\s*:?\s*)?", re.IGNORECASE
)
_WEEKDAYS = re.compile(r"(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\s+", re.IGNORECASE)
_MAX_SIGNATURE = 300
_MAX_LABEL = 40
_MAX_OTHER_WORDS = 5  # « par la Dihal », « à 10h30 »

_PM = r"premi(?:er|[èe]re)\s+ministre"
_NAME = r"[^\W\d_a-zà-öø-ÿ][\w’'-]*(?:\s+(?:d[eu’']\s?|de\s+la\s+|[^\W\d_a-zà-öø-ÿ])[\w’'-]*){0,4}"
_NOTICE = re.compile(
    rf"(?i:sous\s+le\s+gouvernement\s+(?:de\s+la\s+|du\s+|de\s+|d[’'])?)(?:(?i:(?P<title>{_PM}))[\s,]*)?(?i:(?:m\.|mme|monsieur|madame)\s+)?"
    rf"(?P<name>{_NAME})(?:\s*,\s*(?i:(?P<title_after>{_PM})))?"
)
_MAX_NOTICE = 300
_MAX_NOTICE_LEAD = 60  # « Ce contenu a été publié »


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    published_on: Found[date] | None
    modified_on: Found[date] | None
    blocks: frozenset[int]


def find_signature(*, blocks: tuple[Block, ...]) -> Signature:
    """Find « Publié le … | Modifié le … », on one line or each label in the block before its date."""
    published: Found[date] | None = None
    modified: Found[date] | None = None
    consumed: set[int] = set()
    for position, block in enumerate(blocks):
        if len(block.text) > _MAX_SIGNATURE or not _LABEL.search(block.text):
            continue
        following = blocks[position + 1] if position + 1 < len(blocks) else None
        dated = _dated_labels(text=block.text)
        if not dated and following is not None and len(block.text) <= _MAX_LABEL and len(following.text) <= _MAX_LABEL:
            dated = _dated_labels(text=f"{block.text} {following.text}")
            if dated:
                consumed.add(following.index)
        for name, mention in dated:
            found = Found(mention.days[0], provenance_at(block=block))
            published = published or (found if name == "published" else None)
            modified = modified or (found if name == "modified" else None)
        if dated and len(tokens_of(text=block.text)) <= 6 * len(dated) + _MAX_OTHER_WORDS:
            consumed.add(block.index)
    return Signature(published_on=published, modified_on=modified, blocks=frozenset(consumed))


def _dated_labels(*, text: str) -> list[tuple[str, DateMention]]:
    dates = find_dates(text=text)
    found = []
    for label in _LABEL.finditer(text):
        weekday = _WEEKDAYS.match(text, label.end())
        start = weekday.end() if weekday else label.end()
        mention = next((mention for mention in dates if mention.start == start), None)
        if mention is not None:
            found.append(("published" if label["published"] else "modified", mention))
    return found


def find_notice(*, blocks: tuple[Block, ...]) -> tuple[GovernmentNotice, Block | None] | None:
    """Find the notice of the government, and its block if it says nothing else."""
    for block in blocks:
        found = _NOTICE.search(block.text) if len(block.text) <= _MAX_NOTICE else None
        if found is not None:
            notice = GovernmentNotice(
                name=plain(text=found["name"]).strip(" ,."),
                title=plain(text=found["title"] or found["title_after"] or ""),
                provenance=provenance_at(block=block, offset=found.start()),
            )
            rest = len(block.text) - (found.end() - found.start())
            return notice, block if rest <= _MAX_NOTICE_LEAD else None
    return None


# What the page prints around a recap, when it is copied as plain text. Whole lines only.
_CHROME = frozenset(folded_words(text=line) for line in WORDS["furniture"])
# The same, with words of their own: the way to the page, how long it takes to read, the licence at the foot.
_CHROME_LINE = re.compile(
    r"\A(?:(?:accueil|vous\s+[êe]tes\s+ici)\s*[:>›»/→|].{0,300}"
    r"|(?:temps|dur[ée]e)\s+de\s+lecture\s*:?\s*(?:de\s+)?\d.{0,20}|\d+\s+min(?:utes?)?\s+de\s+lecture"
    r"|\d[\d\s]*(?:vues?|partages?|commentaires?)"
    r"|sauf\s+mention\s+(?:explicite|contraire).{0,250}licence.{0,60}|©.{0,100}|(?:partager|suivre)\s+(?:sur|par|cette)\s.{0,40})\Z",
    re.IGNORECASE,
)
_REPLAY = re.compile(
    r"\b(?:replays?|rediffusion|revoir|revivre|r[ée]-?[ée]couter|enregistrement|vid[ée]o|captation)\b|\bvoir\s+l[’']atelier\b",
    re.IGNORECASE,
)
_REPLAY_CALL = re.compile(
    r"\A\W*(?:acc[ée]de[rz]|voir|(?:re)?visionne[rz]|regarde[rz]|revoi[rez]+|revivez|retrouve[rz]|consulte[rz]|lien|lire|d[ée]couvr\w+|le\s+replay|"
    r"(?:la\s+)?vid[ée]o|replay|(?:l[’'])?enregistrement|(?:la\s+)?rediffusion|t[ée]l[ée]charge[rz]|cliquez|pour\s+(?:re)?voir)\b",
    re.IGNORECASE,
)
_DOCUMENTS = re.compile(
    r"\A\W*(?:documents?(?:\s+(?:[àa]\s+t[ée]l[ée]charger|joints?|associ[ée]s|utiles))?|[àa]\s+t[ée]l[ée]charger|t[ée]l[ée]chargements?|"
    r"supports?(?:\s+de\s+pr[ée]sentation)?|pr[ée]sentations|pi[èe]ces?\s+jointes?|ressources)\s*:?\W*\Z",
    re.IGNORECASE,
)
_FILE_WORDS = re.compile(
    r"\b(?:pdf|docx?|xlsx?|pptx?|odt|odp|ods|zip|[kmg]o|t[ée]l[ée]charger)\b|[\d\W_]", re.IGNORECASE
)
_MAX_OTHER_LETTERS = 20  # a word or two
_MAX_CALL = 180


def is_replay_call(*, block: Block) -> bool:
    """Say whether a block only invites to watch the replay: one short sentence, not a paragraph that mentions it."""
    return (
        len(block.text) <= _MAX_CALL
        and len(split_sentences(text=block.text)) == 1
        and _REPLAY.search(block.text) is not None
        and _REPLAY_CALL.search(block.text) is not None
    )


def find_asides(
    *, blocks: tuple[Block, ...], title: Block | None, signature: Signature, notice: Block | None
) -> tuple[Aside, ...]:
    """Sort out the blocks whose words are recorded elsewhere or belong to the page; the others are the recap."""
    roles = ((_role(block=block, title=title, signature=signature, notice=notice), block) for block in blocks)
    return tuple(Aside(role, block) for role, block in roles if role is not None)


def _role(  # noqa: PLR0911 - one question, one answer each
    *, block: Block, title: Block | None, signature: Signature, notice: Block | None
) -> AsideRole | None:
    if title is not None and folded_words(text=block.text) == folded_words(text=title.text):
        return AsideRole.TITLE
    if block.index in signature.blocks:
        return AsideRole.DATES
    if notice is not None and block.index == notice.index:
        return AsideRole.NOTICE
    if block.kind is BlockKind.EMBED or is_replay_call(block=block):
        return AsideRole.REPLAY
    if _DOCUMENTS.match(block.text) or _is_only_documents(block=block):
        return AsideRole.DOCUMENTS
    if folded_words(text=block.text) in _CHROME or _CHROME_LINE.match(block.text):
        return AsideRole.CHROME
    return None


def _is_only_documents(*, block: Block) -> bool:
    """Say whether the block is links to files with their type and weight: « Programme de l’atelier (PDF, 2 Mo) »."""
    linked = [link for link in block.links if is_document(url=link.href)]
    if not linked:
        return False
    ends = [0, *(link.end for link in linked)]
    starts = [*(link.start for link in linked), len(block.text)]
    rest = "".join(block.text[end:start] for end, start in zip(ends, starts, strict=True))
    return len(_FILE_WORDS.sub("", rest)) <= _MAX_OTHER_LETTERS
