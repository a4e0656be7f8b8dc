"""Reading small XML parts of a document, without what XML may be abused for."""

from xml.parsers import expat

from hub.files.refusal import FileRefused

Element = tuple[str, dict[str, str]]

_DAMAGED = "Ce document est abîmé : ouvrez-le, enregistrez-le de nouveau, puis renvoyez-le."


def elements_of(content: bytes) -> list[Element]:
    """Return each element's name and attributes, prefixes and namespaces removed, in order.

    Raises:
        FileRefused: for what is no XML, and for a document type, by which entities are declared: no office writes one.
    """
    found: list[Element] = []
    parser = expat.ParserCreate(namespace_separator=" ")

    def start(name: str, attributes: dict[str, str]) -> None:
        found.append((_local(name), {_local(key): value for key, value in attributes.items()}))

    def refuse_document_type(*_declaration: object) -> None:
        raise FileRefused(_DAMAGED)

    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = refuse_document_type
    try:
        parser.Parse(content, True)  # noqa: FBT003 — expat takes no keyword
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise FileRefused(_DAMAGED) from error
    return found


def _local(name: str) -> str:
    return name.rpartition(" ")[2]
