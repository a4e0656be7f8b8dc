"""Understand a recap: the facts it states, the parts of its text, and what is left over.

Loaded where files are looked at, without settings: nothing here may ask for models.
"""

import json
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from events.recap.find.asides import Signature, find_asides, find_documents, find_notice, find_replay, find_signature
from events.recap.find.counts import find_key_figures, find_participants, find_structures
from events.recap.find.dates import find_days
from events.recap.find.heading import Title, find_title, is_title
from events.recap.find.lexicon import Lexicon, RecapVocabulary
from events.recap.find.people import find_axes, find_hosts, find_mentions
from events.recap.find.sequences import cut_body, find_announcement
from events.recap.find.territories import find_scope, find_territories
from events.recap.parsed import Aside, AsideRole, Found, ParsedRecap
from events.recap.read.reading import read_recap
from events.recap.read.text import Block, RecapText
from events.recap.report import build_report
from hub.files import FileRefused

MAX_ANSWER = 4 * 1024 * 1024
"""Bytes of what was understood: a page of it is drawn, and kept with the draft. A long recap takes some 500 kB."""

Understood = tuple[ParsedRecap, dict[str, Any]]
"""What a recap says, and the report of its reading."""

adapter = cache(TypeAdapter)  # slow to make: once in each process, where it serves


def parse_recap(*, text: RecapText, vocabulary: RecapVocabulary) -> ParsedRecap:
    """Understand a recap; ``FileRefused`` if the text says neither the number nor the subject of a workshop.

    Every block of the text ends up in the introduction, a sequence, the conclusion, the leftovers or the asides.
    """
    title = find_title(text=text)
    if title is None:
        raise FileRefused(
            "Ce texte ne ressemble pas au compte rendu d’un atelier : ni numéro ni sujet d’atelier n’y ont été trouvés."
        )
    signature = find_signature(blocks=text.blocks)
    notice, notice_block = find_notice(blocks=text.blocks) or (None, None)
    asides = find_asides(
        blocks=text.blocks,
        title=title.block if is_title(block=title.block) else None,
        signature=signature,
        notice=notice_block,
    )
    flow, before = _flow(text=text, title=title, asides=asides)
    announcement = find_announcement(blocks=flow)
    body = cut_body(blocks=flow, after_aside=_after_aside(blocks=text.blocks, asides=asides), announcement=announcement)
    told = body.introduction or flow[:1]
    organisations = Lexicon(vocabulary.organisations, has_capitalised_acronyms=True)
    schemes = Lexicon(vocabulary.schemes)
    organisers, partners = find_hosts(blocks=told, title=title.block, organisations=organisations)
    subject_titles = (title.subject.value if title.subject else "", *(sequence.title for sequence in body.sequences))
    spoken = (title.block, *flow)
    shadows = (schemes, organisations)
    structures = find_structures(blocks=told, kinds=Lexicon(vocabulary.structure_kinds))
    published = signature.published_on.value if signature.published_on else None
    days = title.days or find_days(blocks=told, published=published)
    return ParsedRecap(
        number=title.number,
        subject=title.subject,
        days=days,
        published_on=signature.published_on,
        modified_on=signature.modified_on,
        government=notice,
        organisers=organisers,
        partners=partners,
        participants=find_participants(blocks=(*told, *body.conclusion)),
        structures=structures,
        introduction=body.introduction,
        announced_sequences=announcement.count if announcement else None,
        sequences=body.sequences,
        conclusion=body.conclusion,
        leftovers=(*before, *body.leftovers),
        asides=(*asides, *(Aside(AsideRole.CHROME, block) for block in text.chrome)),
        key_figures=find_key_figures(blocks=flow),
        audiences=find_mentions(blocks=spoken, lexicon=Lexicon(vocabulary.audiences), shadows=shadows),
        axes=find_axes(blocks=flow, titles=subject_titles, lexicon=Lexicon(vocabulary.axes), shadows=shadows),
        schemes=find_mentions(blocks=spoken, lexicon=schemes, attendees=structures),
        scope=find_scope(blocks=(title.block, *told), index=vocabulary.territory_index),
        territories=find_territories(blocks=flow, index=vocabulary.territory_index),
        replay=find_replay(blocks=text.blocks, asides=asides),
        documents=find_documents(blocks=text.blocks),
        warnings=(*_warnings(title=title, days=days, signature=signature), *body.warnings),
    )


def _flow(*, text: RecapText, title: Title, asides: tuple[Aside, ...]) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
    aside = {item.block.index for item in asides}
    content = [block for block in text.blocks if block.index not in aside]
    start = title.block.index
    return (
        tuple(block for block in content if block.index >= start),
        tuple(block for block in content if block.index < start),
    )


def _after_aside(*, blocks: tuple[Block, ...], asides: tuple[Aside, ...]) -> frozenset[int]:
    """Return the indices of the blocks that follow page furniture, a call to the replay or a list of documents."""
    closing = {AsideRole.CHROME, AsideRole.REPLAY, AsideRole.DOCUMENTS}
    aside = {item.block.index: item.role for item in asides}
    return frozenset(
        block.index for block in blocks if block.index not in aside and aside.get(block.index - 1) in closing
    )


def _warnings(*, title: Title, days: Found[tuple[date, ...]] | None, signature: Signature) -> Iterator[str]:
    if title.number is None:
        yield "Le numéro de l’atelier n’a pas été reconnu."
    if title.subject is None:
        yield "Le sujet de l’atelier n’a pas été reconnu."
    if days is None:
        yield "La date de l’atelier n’a pas été reconnue."
    published, modified = signature.published_on, signature.modified_on
    if days and published and published.value < days.value[0]:
        yield "Le compte rendu est daté d’avant l’atelier : vérifiez les dates."
    if published and modified and modified.value < published.value:
        yield "La date de modification précède celle de publication : vérifiez les dates."


def list_words_apart(content: bytes, *, is_pasted: bool, filename: str, max_bytes: int) -> tuple[dict[str, Any], bytes]:
    """Answer in JSON the folded words of a recap: what a vocabulary has to know of. FileRefused for anything else."""
    text = _read(content, is_pasted=is_pasted, filename=filename, max_bytes=max_bytes)
    return {}, json.dumps(sorted(text.folded_words())).encode()


def read_apart(
    content: bytes, *, vocabulary_length: int, is_pasted: bool, filename: str, max_bytes: int
) -> tuple[dict[str, Any], bytes]:
    """Answer in JSON what a recap says; ``content`` is the vocabulary, then what was sent.

    Raises ``FileRefused`` for what is no recap, or holds too much to be looked over by anybody.
    """
    vocabulary = adapter(RecapVocabulary).validate_json(content[:vocabulary_length])
    text = _read(content[vocabulary_length:], is_pasted=is_pasted, filename=filename, max_bytes=max_bytes)
    parsed = parse_recap(text=text, vocabulary=vocabulary)
    answer = adapter(Understood).dump_json((parsed, build_report(text=text, parsed=parsed)))
    if len(answer) > MAX_ANSWER:
        raise FileRefused("Ce texte contient trop de choses pour un seul compte rendu : coupez-le en plusieurs.")
    return {}, answer


def _read(sent: bytes, *, is_pasted: bool, filename: str, max_bytes: int) -> RecapText:
    # The length of a paste was looked at in characters: what it weighs once encoded is not held against it.
    most = max(max_bytes, len(sent)) if is_pasted else max_bytes
    return read_recap(data=sent.decode() if is_pasted else sent, filename=filename, max_bytes=most)
