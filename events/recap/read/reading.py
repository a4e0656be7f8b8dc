import html
import re
from dataclasses import dataclass, field
from itertools import pairwise

from events.recap.find.heading import find_title
from events.recap.read.markup import blocks_of_markup, is_html
from events.recap.read.sources import MAX_BYTES, decoded, require_readable_size, require_text
from events.recap.read.text import BULLET, LEVELS, Block, BlockKind, Link, RecapText, collapsed, regular
from hub.files import FileRefused

_MARKDOWN_HEADING = re.compile(r"(#{1,6})\s+")
_UNDERLINE = re.compile(r"(?:={3,}|-{3,})\Z")
_ADDRESS = re.compile(r"(?<!\w)(?:https?://|www\.)[^\s<>«»\"”]{1,2000}")
_NUMBERED = re.compile(r"(?:\d{1,2}|[IVX]{1,4}|[a-h])\s?[.)/°]\s")
# Lines of a text wrapped by a mail program are about as long as each other; those of a web page are whole paragraphs.
_WRAP_WIDTH = 100
_WRAP_MINIMUM = 45
_MIN_FOLLOWED = 3  # two lines may be neighbours by chance


@dataclass(slots=True)
class _Draft:
    kind: BlockKind
    lines: list[str] = field(default_factory=list)
    level: int = 0


def blocks_of_text(*, text: str) -> tuple[Block, ...]:
    """Cut a plain text into paragraphs, list items and headings (lines marked with # or underlined)."""
    lines = [line.strip() for line in text.split("\n")]
    is_wrapped = _is_wrapped(lines=lines)
    drafts: list[_Draft] = []
    after_blank = True
    for line in lines:
        if not line:
            after_blank = True
            continue
        if _UNDERLINE.match(line) and drafts and not after_blank:
            _make_heading_of_last_line(drafts=drafts, level=1 if line[0] == "=" else 2)
        elif not after_blank and _continues(line=line, previous=drafts[-1], is_wrapped=is_wrapped):
            drafts[-1].lines.append(line)
        else:
            drafts.append(_draft_of(line=line))
        after_blank = False
    return tuple(_block(index=index, draft=draft) for index, draft in enumerate(drafts))


def links_in(*, text: str) -> tuple[Link, ...]:
    links = []
    for found in _ADDRESS.finditer(text):
        shown = found.group().rstrip(".,;:!?…’'")
        if shown.endswith(")") and "(" not in shown:
            shown = shown[:-1]
        href = shown if shown.startswith("http") else f"https://{shown}"
        links.append(Link(href=href, text=shown, start=found.start(), end=found.start() + len(shown)))
    return tuple(links)


def _is_wrapped(*, lines: list[str]) -> bool:
    """Say whether the lines were cut at a fixed width: most lines followed by another are long, and none very long."""
    followed = [line for line, after in pairwise(lines) if line and after]
    full = [line for line in followed if len(line) >= _WRAP_MINIMUM]
    return len(followed) >= _MIN_FOLLOWED and max(map(len, lines)) <= _WRAP_WIDTH and len(full) > 0.6 * len(followed)


def _continues(*, line: str, previous: _Draft, is_wrapped: bool) -> bool:
    starts_block = any(sign.match(line) for sign in (BULLET, _MARKDOWN_HEADING, _NUMBERED))
    if starts_block or previous.kind is BlockKind.HEADING:
        return False
    before = previous.lines[-1]
    if is_wrapped:
        return len(before) >= _WRAP_MINIMUM or line[0].islower()
    return len(before) >= _WRAP_MINIMUM and before[-1] not in ".!?…:;»" and (line[0].islower() or line[0] in "(«")


def _draft_of(*, line: str) -> _Draft:
    heading = _MARKDOWN_HEADING.match(line)
    if heading and line[heading.end() :].strip("# "):
        return _Draft(BlockKind.HEADING, [line[heading.end() :].rstrip("# ")], level=len(heading.group(1)))
    bullet = BULLET.match(line)
    if bullet and line[bullet.end() :]:
        return _Draft(BlockKind.LIST_ITEM, [line[bullet.end() :]], level=LEVELS.get(bullet.group()[:1], 1))
    return _Draft(BlockKind.PARAGRAPH, [line])


def _make_heading_of_last_line(*, drafts: list[_Draft], level: int) -> None:
    last = drafts[-1]
    title = last.lines.pop()
    if not last.lines:
        drafts.pop()
    drafts.append(_Draft(BlockKind.HEADING, [title], level=level))


def _block(*, index: int, draft: _Draft) -> Block:
    text = collapsed(text=" ".join(draft.lines)).strip()
    return Block(index=index, kind=draft.kind, text=text, level=draft.level, links=links_in(text=text))


MAX_BLOCKS = 50_000
"""More paragraphs than any recap; the longest page of the site has a few hundred."""

_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}|#\d{2,5});")


def read_recap(*, data: bytes | str, filename: str = "", max_bytes: int = MAX_BYTES) -> RecapText:
    """Read a recap, the content of a file or what was pasted, into ordered blocks.

    ``filename`` is shown in reports, never trusted to say what the file is. A larger input than ``max_bytes`` is
    refused by its size, unread; ``FileRefused`` too if it is empty, not text, or not a recap.
    """
    # A character takes at least a byte: the length of a paste is a lower bound of its size.
    require_readable_size(size=len(data), max_bytes=max_bytes)
    characters, encoding = decoded(data=data) if isinstance(data, bytes) else (data, "utf-8")
    require_text(text=characters)
    text = _text_of(characters=regular(text=characters), encoding=encoding, filename=filename)
    if not text.blocks:
        raise FileRefused("Ce HTML ne contient aucun texte.")
    if len(text.blocks) > MAX_BLOCKS:
        raise FileRefused(
            f"Ce texte a {len(text.blocks)} paragraphes : c’est trop pour un compte rendu (limite : {MAX_BLOCKS})."
        )
    if find_title(text=text) is None:
        raise FileRefused(
            "Ce texte ne ressemble pas au compte rendu d’un atelier : ni numéro ni sujet d’atelier n’y ont été trouvés "
            "(par exemple « Retour sur le 12e atelier de la Dihal « … » du 3 mars 2020 »)."
        )
    return text


def _text_of(*, characters: str, encoding: str, filename: str) -> RecapText:
    if is_html(text=characters):
        blocks, chrome, base_url = blocks_of_markup(html=characters)
        return RecapText(
            blocks=blocks,
            chrome=chrome,
            source_format="html",
            encoding=encoding,
            filename=filename,
            base_url=base_url,
        )
    if _ENTITY.search(characters):
        characters = regular(text=html.unescape(characters))
    return RecapText(blocks=blocks_of_text(text=characters), encoding=encoding, filename=filename)
