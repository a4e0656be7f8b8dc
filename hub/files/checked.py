"""What a check gives back, whatever the file was."""

from dataclasses import dataclass

from hub.files.enums import DocumentKind, ImageKind


@dataclass(frozen=True, kw_only=True)
class CheckedFile:
    """A file that may be kept: ``stem`` and ``title`` come from its name, ``content`` is what to keep."""

    kind: DocumentKind | ImageKind
    stem: str
    title: str
    content: bytes

    @property
    def extension(self) -> str:
        """The extension to keep it under, without dot."""
        return self.kind.value

    @property
    def mime_type(self) -> str:
        """The type to serve it with."""
        return self.kind.mime_type

    @property
    def size(self) -> int:
        """Bytes, as kept."""
        return len(self.content)
