"""Reading small XML parts of a document, without what XML may be abused for."""

from collections.abc import Callable
from xml.parsers import expat

from hub.files.refusal import FileRefused

_DAMAGED = "Ce document est abîmé : ouvrez-le, enregistrez-le de nouveau, puis renvoyez-le."


def visit_elements(content: bytes, visit: Callable[[str, dict[str, str]], None]) -> None:
    """Call ``visit`` with each element's name and attributes, prefixes and namespaces removed, in order.

    Raises:
        FileRefused: for what is no XML, and for a document type, by which entities are declared: no office writes one.
    """
    parser = expat.ParserCreate(namespace_separator=" ")

    def start(name: str, attributes: dict[str, str]) -> None:
        visit(_local(name), {_local(key): value for key, value in attributes.items()} if attributes else attributes)

    def refuse_document_type(*_declaration: object) -> None:
        raise FileRefused(_DAMAGED)

    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = refuse_document_type
    try:
        parser.Parse(content, True)  # noqa: FBT003 — expat takes no keyword
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise FileRefused(_DAMAGED) from error


def _local(name: str) -> str:
    return name.rpartition(" ")[2]
