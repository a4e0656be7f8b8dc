"""A recap read from HTML, safely: what a page adds around it is left out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import SplitResult, urljoin, urlsplit

from bs4 import BeautifulSoup, Comment, NavigableString, PageElement, Tag

from events.recap.read.text import Block, BlockKind, Link, collapsed, regular, without_bullet
from hub.files import FileRefused

MAX_TAGS = 60_000
"""More tags than any page of a site has; the time of the HTML parser grows with their number and depth."""

_TAG = re.compile(
    r"</?(?P<name>html|head|body|main|article|section|div|p|h[1-6]|ul|ol|li|a|strong|b|em|i|span|br|table|tr|td|blockquote)"
    r"(?:\s[^<>]{0,4000})?/?>",
    re.IGNORECASE,
)
_INLINE = frozenset(["a", "strong", "b", "em", "i", "span"])
_MAX_TAGS_READ = 1_000
_WHOLE_PAGE = re.compile(r"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!doctype\s+html|<html[\s>])", re.IGNORECASE)
_DECLARATION = re.compile(r"<[!?][^>]*>")


def is_html(*, text: str) -> bool:
    """Say whether a text is HTML, a whole page or a fragment: at least two tags, of which one makes a block or a line.

    A plain text may hold a few words in bold tags; read as HTML, its paragraphs would run together.
    """
    head = text[:200_000]
    if _WHOLE_PAGE.match(head):
        return True
    names = [found["name"].lower() for found in islice(_TAG.finditer(head), _MAX_TAGS_READ)]
    return len(names) > 1 and any(name not in _INLINE for name in names)


def without_raw_parts(*, html: str) -> str:
    """Cut comments, declarations, scripts, styles and drawings, in linear time; FileRefused if too many tags remain."""
    html = _without_pairs(html=html, opening="<!--", closing="-->")
    for name in ("script", "style", "template", "svg", "math", "object"):
        html = _without_pairs(html=html, opening=rf"<{name}(?=[\s>/])", closing=rf"</{name}\s*>")
    # Past the last ">" nothing closes: the parser would read the rest again from each "<".
    end = html.rfind(">") + 1
    html = _DECLARATION.sub(" ", html[:end]) + html[end:].replace("<", "&lt;")
    count = html.count("<")
    if count > MAX_TAGS:
        raise FileRefused(
            f"Ce HTML est trop complexe pour une page de compte rendu ({count} balises, limite : {MAX_TAGS})."
        )
    return html


def _without_pairs(*, html: str, opening: str, closing: str) -> str:
    """Cut what lies between an opening and the closing that follows; an opening that nothing closes is kept.

    Only the part before the last closing is searched, so that no opening is searched for a closing it does not have.
    """
    end = 0
    for found in re.finditer(closing, html, re.IGNORECASE):
        end = found.end()
    pair = re.compile(f"{opening}.*?{closing}", re.IGNORECASE | re.DOTALL)
    return pair.sub(" ", html[:end]) + html[end:]


_ALWAYS = frozenset(["head", "nav", "button", "dialog", "select", "textarea"])
_PAGE_LEVEL = frozenset(["header", "footer", "aside", "form"])
_CONTENT = frozenset(["main", "article", "h1"])
_ROLES = frozenset("navigation banner contentinfo search dialog alertdialog menu menubar toolbar tooltip".split())
_NAMES = re.compile(
    r"(?:\A|[\s_-])(?:nav|navbar|navigation|menus?|breadcrumbs?|ariane|cookies?|tarteaucitron|consent|share|sharing|partage|"
    r"social|socials|addtoany|addthis|skiplinks?|skip|pager|pagination|toolbar|newsletter|search|recherche|back-to-top|"
    r"visually-hidden|sr-only|hidden|modal|print)(?=\Z|[\s_-])",
    re.IGNORECASE,
)
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
# A class name alone is a weak sign: "share" may also name the whole body of a page. Furniture says little, in links.
_MAX_FURNITURE_TEXT = 300
_MIN_LINK_SHARE = 0.5


@dataclass(slots=True)
class _Measure:
    """What an element holds: characters, those in links, and whether it holds, or lies in, the content of the page."""

    characters: int = 0
    linked: int = 0
    holds_content: bool = False
    lies_in_content: bool = False


def chrome_elements(*, soup: BeautifulSoup) -> frozenset[int]:
    """Return the identities (``id``) of the elements of a page that are furniture, not content.

    An element that holds the title or the main part of the page is never furniture, whatever it is called: some sites
    put the whole page in a form, or call its body "menu-open".
    """
    measures = _measures(soup=soup)
    return frozenset(
        id(element)
        for element in soup.find_all(name=True)
        if element.name not in {"html", "body"} | _CONTENT
        and not measures[id(element)].holds_content
        and _is_furniture(element=element, measure=measures[id(element)])
    )


def _measures(*, soup: BeautifulSoup) -> dict[int, _Measure]:
    """Measure every element in two passes over the page, so that deep nesting costs no more than flat."""
    in_order: list[PageElement] = list(soup.descendants)
    measures = {id(element): _Measure() for element in (soup, *in_order)}
    for element in in_order:
        parent = element.parent
        if parent is not None:
            inside = measures[id(parent)].lies_in_content or parent.name in {"main", "article"}
            measures[id(element)].lies_in_content = inside
    for element in reversed(in_order):
        own = measures[id(element)]
        if isinstance(element, NavigableString):
            own.characters = len(element.strip())
        elif isinstance(element, Tag) and element.name == "a":
            own.linked = own.characters
        if element.parent is not None:
            outer = measures[id(element.parent)]
            outer.characters += own.characters
            outer.linked += own.linked
            is_content = isinstance(element, Tag) and element.name in _CONTENT
            outer.holds_content = outer.holds_content or own.holds_content or is_content
    return measures


def _is_furniture(*, element: Tag, measure: _Measure) -> bool:
    if element.name in _ALWAYS or element.has_attr("hidden") or _HIDDEN_STYLE.search(str(element.get("style") or "")):
        return True
    if element.name in _PAGE_LEVEL and not measure.lies_in_content:
        return True
    if str(element.get("role") or "").lower() in _ROLES:
        return True
    says_little = measure.characters <= _MAX_FURNITURE_TEXT or measure.linked >= _MIN_LINK_SHARE * measure.characters
    names = " ".join([*classes_of(element), str(element.get("id") or "")])
    return says_little and _NAMES.search(names) is not None


def classes_of(element: Tag) -> list[str]:
    classes: str | list[str] = element.get("class") or []
    return classes.split() if isinstance(classes, str) else [str(name) for name in classes]


_KINDS = {
    **dict.fromkeys(["h1", "h2", "h3", "h4", "h5", "h6", "summary", "caption"], BlockKind.HEADING),
    **dict.fromkeys(["li", "dt", "dd"], BlockKind.LIST_ITEM),
    **dict.fromkeys(["blockquote"], BlockKind.QUOTE),
    **dict.fromkeys(["tr"], BlockKind.TABLE_ROW),
}
_CONTAINERS = frozenset(
    "address article aside body center details dialog div dl fieldset figcaption figure footer form header "
    "hgroup hr html "
    "main menu nav ol option p pre section select table tbody tfoot thead title ul head legend textarea "
    "video audio".split()
)
_MAY_BE_AN_ITEM = frozenset([BlockKind.PARAGRAPH, BlockKind.LIST_ITEM])
_EMBEDS = {"iframe": "src", "embed": "src", "video": "src", "source": "src"}
# Lists as Word saves them: paragraphs whose style names the list and the level, and that begin with the sign itself.
_STYLED = frozenset(["p", "div", "span", *(f"h{level}" for level in range(1, 7))])
_WORD_ITEM = re.compile(r"mso-list\s*:\s*l\d+\s+level([1-9])")
_WORD_SIGN = re.compile(r"mso-list\s*:\s*ignore", re.IGNORECASE)
_GOOGLE_LIST = re.compile(r"\blst-kix_\w+-([0-8])(?!\d)")
_STRONG = frozenset(["strong", "b"])
_SAFE_SCHEMES = frozenset(["http", "https", "mailto", "tel"])


@dataclass(slots=True)
class _Draft:
    """A block being read, line by line (``br`` begins a line), or the frame of another page."""

    kind: BlockKind
    level: int
    is_chrome: bool
    lines: list[list["_Piece"]] = field(default_factory=lambda: [[]])
    frame: Tag | None = None


@dataclass(frozen=True, slots=True)
class _Piece:
    """Words set the same way: the address they link to ("" for none), and whether they are in bold."""

    words: str
    href: str = ""
    is_strong: bool = False


def blocks_of_markup(*, html: str) -> tuple[tuple[Block, ...], tuple[Block, ...], str]:
    """Read HTML, however broken: blocks of the page, of its furniture, and its address. FileRefused: too many tags."""
    soup = BeautifulSoup(without_raw_parts(html=html), "html.parser")
    base_url = _base_url(soup=soup)
    content: list[Block] = []
    chrome: list[Block] = []
    for part in _parts(soup=soup):
        kept = chrome if part.is_chrome else content
        if part.frame is None:
            kept.extend(_blocks(draft=part, first_index=len(kept), base_url=base_url))
        else:
            kept.extend(_embed_blocks(index=len(kept), element=part.frame, base_url=base_url))
    return tuple(content), tuple(chrome), base_url


def _base_url(*, soup: BeautifulSoup) -> str:
    for selector, key in (("base", "href"), ('link[rel="canonical"]', "href"), ('meta[property="og:url"]', "content")):
        element = soup.select_one(selector)
        address = str(element.get(key) or "") if element is not None else ""
        if urlsplit_or_none(address=address) is not None and address.startswith(("http://", "https://")):
            return address
    return ""


def _parts(*, soup: BeautifulSoup) -> Iterator[_Draft]:
    """Walk the tree without recursion, whatever its depth, and yield a draft at each boundary of a block."""
    furniture = chrome_elements(soup=soup)
    frame = _Frame(kind=BlockKind.PARAGRAPH, level=0, is_chrome=False, is_strong=False, href="")
    draft = _draft_in(frame)
    stack: list[tuple[_Frame, Iterator[object], bool]] = [(frame, iter(soup.contents), False)]
    while stack:
        frame, children, is_boundary = stack[-1]
        child = next(children, None)
        if child is None:
            stack.pop()
            if is_boundary:
                yield draft
                draft = _draft_in(stack[-1][0] if stack else frame)
        elif isinstance(child, Tag):
            inner = _inner_frame(frame=frame, element=child, is_furniture=id(child) in furniture)
            breaks = child.name in _KINDS or child.name in _CONTAINERS or inner.is_chrome != frame.is_chrome
            if breaks or child.name in _EMBEDS:
                yield draft
                draft = _draft_in(inner)
            if child.name in _EMBEDS:
                yield _Draft(BlockKind.EMBED, level=0, is_chrome=inner.is_chrome, frame=child)
            elif child.name == "br":
                draft.lines.append([])
            elif child.name in {"td", "th"}:
                draft.lines[-1].append(_Piece(" "))
            stack.append((inner, iter(child.contents), breaks))
        elif isinstance(child, NavigableString) and not isinstance(child, Comment) and not frame.is_sign:
            draft.lines[-1].append(_Piece(regular(text=str(child)), frame.href, frame.is_strong))
    yield draft


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """What an element passes on to its contents."""

    kind: BlockKind
    level: int
    is_chrome: bool
    is_strong: bool
    href: str
    depth: int = 0
    is_sign: bool = False


def _inner_frame(*, frame: _Frame, element: Tag, is_furniture: bool) -> _Frame:
    name = element.name
    kind, level, depth = frame.kind, frame.level, frame.depth
    style = str(element.get("style") or "") if name in _STYLED else ""
    if name in {"ul", "ol"}:
        # The export of Google Docs puts an inner list beside the outer one, and says its level in a class.
        of_google = _GOOGLE_LIST.search(" ".join(classes_of(element)))
        depth = int(of_google[1]) + 1 if of_google else depth + 1
    of_word = _WORD_ITEM.search(style) if name in {"p", "div"} else None  # Word numbers its headings too
    if of_word is not None:
        kind, level = BlockKind.LIST_ITEM, int(of_word[1])
    elif name == "li":
        kind, level = BlockKind.LIST_ITEM, max(depth, 1)
    elif name in _KINDS:
        kind = _KINDS[name]
        level = int(name[1]) if re.fullmatch(r"h[1-6]", name) else (6 if kind is BlockKind.HEADING else 0)
    elif name in _CONTAINERS and kind is BlockKind.HEADING:
        kind, level = BlockKind.PARAGRAPH, 0
    href = str(element.get("href") or "") if name == "a" else frame.href
    is_strong = frame.is_strong or name in _STRONG
    return _Frame(
        kind=kind,
        level=level,
        is_chrome=frame.is_chrome or is_furniture,
        is_strong=is_strong,
        href=href,
        depth=depth,
        is_sign=frame.is_sign or _WORD_SIGN.search(style) is not None,
    )


def _draft_in(frame: _Frame) -> _Draft:
    return _Draft(kind=frame.kind, level=frame.level, is_chrome=frame.is_chrome)


def _embed_blocks(*, index: int, element: Tag, base_url: str) -> Iterator[Block]:
    address = str(element.get(_EMBEDS[element.name]) or element.get("data-src") or "")
    href = safe_address(href=address, base_url=base_url)
    if href:
        title = collapsed(text=regular(text=str(element.get("title") or ""))).strip()
        yield Block(index=index, kind=BlockKind.EMBED, text="", links=(Link(href=href, text=title),))


def _blocks(*, draft: _Draft, first_index: int, base_url: str) -> Iterator[Block]:
    """Make a block of each line, but for a line that goes on with the sentence of the one before."""
    merged: list[list[_Piece]] = []
    last_sign = "."
    for line in draft.lines:
        words = "".join(piece.words for piece in line).strip()
        if not words:
            continue
        if merged and last_sign not in ".!?…:;»" and (words[0].islower() or words[0] in "(«"):
            merged[-1].extend([_Piece(" "), *line])
        else:
            merged.append(list(line))
        last_sign = words[-1]
    for position, line in enumerate(merged):
        yield _block(index=first_index + position, draft=draft, line=line, base_url=base_url)


def _block(*, index: int, draft: _Draft, line: list[_Piece], base_url: str) -> Block:
    words: list[str] = []
    spans: list[tuple[str, int, int]] = []
    length = 0
    for piece in line:
        shown = collapsed(text=piece.words)
        if not words or words[-1][-1].isspace():
            shown = shown.lstrip()
        if not shown:
            continue
        words.append(shown)
        if piece.href and spans and spans[-1][0] == piece.href and spans[-1][2] == length:
            spans[-1] = (piece.href, spans[-1][1], length + len(shown))
        elif piece.href:
            spans.append((piece.href, length, length + len(shown)))
        length += len(shown)
    text = "".join(words).rstrip()
    block = Block(
        index=index,
        kind=draft.kind,
        text=text,
        level=draft.level,
        links=tuple(_links(spans=spans, text=text, base_url=base_url)),
        is_strong=all(piece.is_strong for piece in line if piece.words.strip()),
    )
    return without_bullet(block=block) if draft.kind in _MAY_BE_AN_ITEM else block


def _links(*, spans: list[tuple[str, int, int]], text: str, base_url: str) -> Iterator[Link]:
    for href, start, end in spans:
        address = safe_address(href=href, base_url=base_url)
        label = text[start:end].strip()
        if address and label:
            first = text.index(label, start)
            yield Link(href=address, text=label, start=first, end=first + len(label))


def safe_address(*, href: str, base_url: str) -> str:
    """Return the full address of a link, or "" for a script, an anchor of the page or a malformed address."""
    href = "".join(href.split())
    if not href or href.startswith("#"):
        return ""
    if href.startswith("//"):
        href = f"https:{href}"
    parts = urlsplit_or_none(address=href)
    if parts is None or (parts.scheme and parts.scheme.lower() not in _SAFE_SCHEMES):
        return ""
    return href if parts.scheme or not base_url else urljoin(base_url, href)


def urlsplit_or_none(*, address: str) -> SplitResult | None:
    """Split an address, or return ``None`` for one that cannot be an address (« http://[ »)."""
    try:
        return urlsplit(address)
    except ValueError:
        return None
