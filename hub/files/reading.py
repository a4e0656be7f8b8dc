"""Reading what was sent, never more than what is taken."""

from django.core.files.base import File

from hub.files.refusal import FileRefused

MEGABYTE = 1024 * 1024


def read_bounded(*, file: File, limit: int) -> bytes:
    """Return the content of a file of at most ``limit`` bytes; the size is looked at before the content.

    Raises:
        FileRefused: for an empty file, and for a larger one.
    """
    if file.size > limit:
        raise too_large(limit=limit)
    file.seek(0)
    content: bytes = file.read(limit + 1)
    # Whoever made the file object may have been told a wrong size.
    if len(content) > limit:
        raise too_large(limit=limit)
    if not content:
        raise FileRefused("Ce fichier est vide : vérifiez qu’il s’ouvre sur votre ordinateur, puis renvoyez-le.")
    return content


def too_large(*, limit: int) -> FileRefused:
    """The refusal of a file of more than ``limit`` bytes."""
    return FileRefused(
        f"Ce fichier est trop lourd : {readable_size(limit)} au plus. Allégez-le, ou mettez-le en ligne ailleurs et "
        "donnez son adresse dans le texte."
    )


def readable_size(size: int) -> str:
    """« 20 Mo »: a limit, in whole megabytes."""
    return f"{size // MEGABYTE} Mo"
