"""Free content made of titles, call-outs and texts only, as people type it.

``## Title`` is a title. Lines that start with ``> ``, and those right under them, make a call-out: the first is its
title, unless it is the only one. The rest is text. Content with other blocks (tables, videos…) is not edited so.
"""

import re
from collections.abc import Collection, Iterator
from html import escape
from typing import Any

from wagtail.blocks import StreamValue

from hub.pages.markup import to_html, to_plain
from hub.pages.markup.html import addresses_in
from hub.pages.markup.inline import read_inline
from hub.pages.markup.segments import PARAGRAPH, Block, Segment
from hub.pages.markup.typed import write_typed

EDITABLE = frozenset({"heading", "text", "callout"})
_TITLE = re.compile(r"##[ \t]+(?P<title>.*)")
_QUOTED = re.compile(r">(?:[ \t](?P<text>.*))?")
# A text may begin a line with the sign of call-outs: it has a backslash more.
_TO_PROTECT = re.compile(r"^( *)(?=\\*>(?: |$))", re.MULTILINE)
_PROTECTED = re.compile(r"^([ \t]*)\\(?=\\*>(?:[ \t]|$))")


def is_editable(*, body: StreamValue) -> bool:
    return all(child.block_type in EDITABLE for child in body)


def addresses_of(*, body: StreamValue) -> frozenset[str]:
    return addresses_in(html="".join(map(_source, body)))


def plain_of(*, body: StreamValue) -> str:
    """Return a free content as it is edited; empty when it cannot be."""
    if not is_editable(body=body):
        return ""
    return "\n\n".join(filter(None, (_plain_child(child) for child in body)))


def _source(child: Any) -> str:
    text = child.value.get("text") if child.block_type == "callout" else child.value
    return getattr(text, "source", "")


def _plain_child(child: Any) -> str:
    text = to_plain(html=_source(child))
    if child.block_type == "text":
        return _TO_PROTECT.sub(r"\1\\", text)
    if child.block_type == "heading":
        return f"## {title}" if (title := _plain_title(child.value)) else ""
    lines = text.split("\n") if text else []
    if (title := _plain_title(child.value.get("title"))) or len(lines) > 1:
        lines.insert(0, title)
    return "\n".join(f"> {line}" if line else ">" for line in lines)


def _plain_title(title: str | None) -> str:
    """A title is plain text: what looks like a mark in it is protected, as it would be in a paragraph."""
    return write_typed(blocks=[Block(PARAGRAPH, (Segment(" ".join((title or "").split())),))])


def html_of(*, text: str, known: Collection[str] = ()) -> str:
    """Return a typed free content as one HTML, for the visual editor: titles are ``h2``, call-outs ``blockquote``."""
    return "".join(_editor_html(**block) for block in content_blocks(text=text, known=known))


def _editor_html(*, type: str, value: Any) -> str:  # noqa: A002 — the keys of a raw block
    if type == "heading":
        return f"<h2>{escape(value)}</h2>"
    return f"<blockquote><p>{escape(value['title'])}</p>{value['text']}</blockquote>" if type == "callout" else value


def content_blocks(*, text: str, known: Collection[str] = ()) -> list[dict[str, Any]]:
    """Return the blocks of a typed free content, as a stream field is saved; ``known``: see ``markup.to_html``."""
    blocks: list[dict[str, Any]] = []
    for kind, lines in _parts(text.replace("\r\n", "\n").replace("\r", "\n")):
        title, *others = lines
        value: Any
        if kind == "heading":
            value = _words(title)
        elif kind == "callout":
            title, others = (_words(title), others) if others else ("", lines)
            value = {"title": title, "text": to_html(text="\n".join(others), known=known)}
        else:
            value = to_html(text="\n".join(lines), known=known)
        if value:
            blocks.append({"type": kind, "value": value})
    return blocks


def _parts(text: str) -> Iterator[tuple[str, list[str]]]:
    kind, lines = "text", [""]
    for line in text.split("\n"):
        content = line.strip(" \t")
        title, quoted = _TITLE.fullmatch(content), _QUOTED.fullmatch(content)
        if kind == "callout" and (title or not content):
            yield _callout_or_text(lines)
            kind, lines = "text", [""]
        if title:
            yield kind, lines
            yield "heading", [title["title"]]
            lines = [""]
        elif quoted and kind == "text":
            yield kind, lines
            kind, lines = "callout", [quoted["text"] or ""]
        elif kind == "callout":
            # A line right under a call-out goes on with it.
            lines.append((quoted["text"] or "") if quoted else line)
        else:
            lines.append(_PROTECTED.sub(r"\1", line, count=1))
    yield _callout_or_text(lines) if kind == "callout" else (kind, lines)


def _callout_or_text(lines: list[str]) -> tuple[str, list[str]]:
    """Signs round nothing are words."""
    return ("callout", lines) if any(line.strip() for line in lines) else ("text", [">" for _line in lines])


def _words(title: str) -> str:
    return " ".join("".join(segment.text for segment in read_inline(text=title, known=())).split())


def titles_of(*, blocks: list[dict[str, Any]]) -> Iterator[str]:
    for block in blocks:
        if block["type"] != "text":
            yield block["value"] if block["type"] == "heading" else block["value"]["title"]
